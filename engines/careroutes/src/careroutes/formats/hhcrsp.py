# SPDX-License-Identifier: MPL-2.0
"""HHCRSP JSON, as iolab-uniud publishes the instances of Mankowska et al. 2014, of Kummer et al. and of Italian towns.

Objective: (travel + total tardiness + greatest tardiness) / 3. The gap of a sequential pair is between starts. Times
have up to three decimals and become thousandths.
"""

import json
from typing import Any

from careroutes.answer import Answer
from careroutes.problem import Carer, Carers, Link, Problem, Travel, Visit, Weights, Window

SCALE = 1000
NO_END = 10**8


def whole(value: float) -> int:
    return round(float(value) * SCALE)


def read(text: str) -> Problem:
    """Raises KeyError and TypeError where the text lacks what the format asks for."""
    data = json.loads(text)
    visits: list[Visit] = []
    links: list[Link] = []
    for number, patient in enumerate(data["patients"]):
        mine = [_visit(patient, part, number + 1) for part in range(len(patient["required_caregivers"]))]
        visits += mine
        if len(mine) == 2:
            links.append(_link(patient, mine))
    times = tuple(tuple(whole(value) for value in row) for row in data["distances"])
    return Problem(
        visits=tuple(visits),
        links=tuple(links),
        carers=tuple(
            Carer(
                id=carer["id"],
                competences=frozenset(carer["abilities"]),
                shift=Window(0, NO_END),
                from_place=0,
                to_place=0,
            )
            for carer in data["caregivers"]
        ),
        travel=(Travel(name="given", times=times),),
        weights=Weights(travel=1, highest_tardiness=1),
        cost_scale=1 / 3 / SCALE,
    )


def name_of(patient: str, part: int) -> str:
    """A patient's visits are the patient's parts."""
    return f"{patient}/{part}"


def _visit(patient: dict[str, Any], part: int, place: int) -> Visit:
    care = patient["required_caregivers"][part]
    return Visit(
        id=name_of(patient["id"], part),
        group=patient["id"],
        place=place,
        duration=whole(care["duration"]),
        windows=(Window(whole(patient["time_window"][0]), whole(patient["time_window"][1])),),
        competences=frozenset([care["service"]]),
    )


def _link(patient: dict[str, Any], mine: list[Visit]) -> Link:
    kind = patient["synchronization"]
    least, most = (0, 0) if kind["type"] == "simultaneous" else kind["distance"]
    return Link(
        first=mine[0].id,
        second=mine[1].id,
        least_gap=whole(least),
        most_gap=whole(most),
        carers=Carers.DIFFERENT,
    )


def write(problem: Problem, answer: Answer) -> str:
    """A solution as the authors publish theirs: routes with patient, service, arrival and departure."""
    visits = {visit.id: visit for visit in problem.visits}
    routes = answer.routes()
    order = sorted(answer.planned, key=lambda planned: planned.start)
    return json.dumps(
        {
            "routes": [
                {
                    "caregiver_id": carer.id,
                    "locations": [
                        {
                            "patient": planned.visit.rpartition("/")[0],
                            "service": next(iter(visits[planned.visit].competences)),
                            "arrival_time": planned.start / SCALE,
                            "departure_time": (planned.start + visits[planned.visit].duration) / SCALE,
                        }
                        for planned in routes[carer.id]
                    ],
                }
                for carer in problem.carers
                if carer.id in routes  # the authors' validator looks for everybody's first location
            ],
            "global_ordering": list(dict.fromkeys(planned.visit.rpartition("/")[0] for planned in order)),
            "cost": answer.cost * problem.cost_scale,
        },
        indent=1,
    )
