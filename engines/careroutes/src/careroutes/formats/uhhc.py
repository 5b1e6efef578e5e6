# SPDX-License-Identifier: MPL-2.0
"""UHHC JSON: Unified Home Healthcare (Ceschia et al., doi 10.1111/itor.70140).

Weights differ from file to file; the word HARD makes a cost a rule. A window may be meant at the visit's start or end.
A patient with two services has two visits, by different carers, whatever the kind of synchronisation.
"""

import json
from itertools import combinations
from typing import Any

from careroutes.answer import Answer, Planned
from careroutes.check import cost_of
from careroutes.errors import InvalidProblem
from careroutes.formats.hhcrsp import name_of
from careroutes.problem import MANDATORY, Break, Carer, Carers, Late, Link, Problem, Travel, Visit, Weights, Window

KNOWN = {
    "travel_time",
    "total_tardiness",
    "highest_tardiness",
    "total_waiting_time",
    "total_extra_time",
    "max_idle_time",
    "caregiver_preferences",
    "optional_patients",
    "missed_lunch_break",
}
COMPONENTS = {  # as the authors' solutions name them, each already weighted -> as this package does
    "travel_time": "travel",
    "total_tardiness": "tardiness",
    "highest_tardiness": "highest_tardiness",
    "total_waiting_time": "waiting",
    "total_extra_time": "overtime",
    "max_idle_time": "idle",
    "preferences": "preference",
    "unscheduled": "unserved",
    "missed_lunch_break": "missed_breaks",
}
RULES = {"qualification", "incompabilities", "working_time"}  # the authors' spelling; always rules here


def read(text: str) -> Problem:
    """Raises InvalidProblem for a cost this package does not know, KeyError where something is missing."""
    data = json.loads(text)
    costs = data["metadata"]["cost_components"]
    for name, value in costs.items():
        if name not in KNOWN and value and not (name in RULES and value == "HARD"):
            raise InvalidProblem("unknown", f"metadata.cost_components.{name}", value, "a cost that is not known here")
    visits: list[Visit] = []
    links: list[Link] = []
    for patient in data["patients"]:
        mine = [_visit(data, patient, part) for part in range(len(patient["required_services"]))]
        visits += mine
        links += _links(patient, mine)
    return Problem(
        visits=tuple(visits),
        links=tuple(links),
        carers=tuple(_carer(data, carer) for carer in data["caregivers"]),
        travel=(Travel(name="given", times=tuple(tuple(_whole(v) for v in row) for row in data["distances"])),),
        weights=Weights(
            travel=_weight(costs, "travel_time"),
            highest_tardiness=_weight(costs, "highest_tardiness"),
            waiting=_weight(costs, "total_waiting_time"),
            overtime=_weight(costs, "total_extra_time"),
            idle=_weight(costs, "max_idle_time"),
        ),
    )


def _hard(costs: dict[str, Any], name: str) -> bool:
    return isinstance(costs.get(name), str)


def _weight(costs: dict[str, Any], name: str) -> int:
    return 0 if _hard(costs, name) else int(costs.get(name) or 0)


def _price(costs: dict[str, Any], name: str) -> int:
    """What doing without costs: so much that it is never chosen, where the file calls it HARD."""
    return MANDATORY if _hard(costs, name) else _weight(costs, name)


def _whole(value: float) -> int:
    if value != int(value):
        raise InvalidProblem("not_whole", "distances", value, "whole numbers are expected")
    return int(value)


def _visit(data: dict[str, Any], patient: dict[str, Any], part: int) -> Visit:
    costs = data["metadata"]["cost_components"]
    care, services = patient["required_services"][part], len(patient["required_services"])
    preferred = patient.get("preferred_caregivers")
    late = _hard(costs, "total_tardiness") or _hard(costs, "highest_tardiness")
    # An optional patient counts once, however many services are left out with them.
    unserved = _price(costs, "optional_patients") if part == 0 else 0
    return Visit(
        id=name_of(patient["id"], part),
        group=patient["id"] if services > 1 else "",
        place=patient["distance_matrix_index"],
        duration=_whole(care["duration"]),
        windows=tuple(Window(_whole(window["start"]), _whole(window["end"])) for window in patient["time_windows"]),
        late=Late.FORBIDDEN if late else Late.DEAR,
        tardiness_weight=_weight(costs, "total_tardiness"),
        met_at_end=data["metadata"]["time_window_met"] == "at_service_end",
        unserved_cost=unserved if patient.get("optional") else MANDATORY,
        competences=frozenset([care["service"]]),
        preferred=dict.fromkeys(preferred, 0) if preferred else {},
        other_carer_cost=_weight(costs, "caregiver_preferences") if preferred else 0,
        only=frozenset(preferred) if preferred and _hard(costs, "caregiver_preferences") else frozenset(),
        never=frozenset(patient.get("incompatible_caregivers") or ()),
    )


def _links(patient: dict[str, Any], mine: list[Visit]) -> list[Link]:
    kind = (patient.get("synchronization") or {}).get("type", "independent")
    gaps: dict[str, int | None] = {"least_gap": None, "most_gap": None}
    if kind == "simultaneous":
        gaps = {"least_gap": 0, "most_gap": 0}
    elif kind == "sequential":
        distance = patient["synchronization"]["distance"]
        least, most = (distance["min"], distance["max"]) if isinstance(distance, dict) else distance
        gaps = {"least_gap": _whole(least), "most_gap": _whole(most)}
    return [
        Link(first=one.id, second=other.id, carers=Carers.DIFFERENT, **gaps) for one, other in combinations(mine, 2)
    ]


def _carer(data: dict[str, Any], carer: dict[str, Any]) -> Carer:
    costs = data["metadata"]["cost_components"]
    places = {point["id"]: point["distance_matrix_index"] for point in data["terminal_points"]}
    lunch = data.get("lunch_breaks")
    shift = carer["working_shift"]
    at_end = data["metadata"]["time_window_met"] == "at_service_end"  # lunch is met as the visits' windows are
    pause = None
    if lunch and carer.get("lunch_break"):
        pause = Break(
            earliest=_whole(lunch["start"]),
            latest=_whole(lunch["end"]) - (_whole(lunch["min_duration"]) if at_end else 0),
            duration=_whole(lunch["min_duration"]),
            missed_cost=_price(costs, "missed_lunch_break"),
        )
    return Carer(
        id=carer["id"],
        competences=frozenset(carer["abilities"]),
        shift=Window(_whole(shift["start"]), _whole(shift["end"])),
        from_place=places.get(carer.get("departing_point")),
        to_place=places.get(carer.get("arrival_point")),
        overtime=not _hard(costs, "total_extra_time") and not _hard(costs, "working_time"),
        pause=pause,
    )


def write(problem: Problem, answer: Answer) -> str:
    """A solution as the authors publish theirs, and as their validator reads it.

    Who has neither a visit nor lunch is not listed, since the validator looks for everybody's first location.
    """
    visits = {visit.id: visit for visit in problem.visits}
    routes, cost = answer.routes(), cost_of(problem, answer)
    order = sorted(answer.planned, key=lambda planned: planned.start)
    listed = []
    for carer in problem.carers:
        route = routes.get(carer.id, [])
        locations: list[dict[str, Any]] = [
            {
                "arrival_time": planned.start,
                "departure_time": planned.start + visits[planned.visit].duration,
                "patient": planned.visit.rpartition("/")[0],
                "service": next(iter(visits[planned.visit].competences)),
            }
            for planned in route
        ]
        locations += _lunch(problem, answer, carer, route, visits)
        if locations:
            listed.append({"caregiver_id": carer.id, "locations": locations})
    return json.dumps(
        {
            "routes": listed,
            "global_ordering": list(dict.fromkeys(planned.visit.rpartition("/")[0] for planned in order)),
            "cost": {"objective": answer.cost, "violations": 0},
            "cost_components": {name: getattr(cost, field) for name, field in COMPONENTS.items()},
        },
        indent=1,
    )


def _lunch(
    problem: Problem, answer: Answer, carer: Carer, route: list[Planned], visits: dict[str, Visit]
) -> list[dict[str, Any]]:
    """Where and when the carer has lunch: at the visit before it, or else at the one after it.

    Who makes no visit has it where the day begins: the authors count everybody's lunch.
    """
    at = answer.breaks.get(carer.id)
    if carer.pause and not route:
        at = max(carer.pause.earliest, carer.shift.start)
    if at is None or carer.pause is None or at > carer.pause.latest:
        return []
    near = next((one for one in reversed(route) if one.start <= at), None)
    after = next((one for one in route if one.start > at), None)
    if near and after:
        way = problem.travel[carer.mode].times[visits[near.visit].place][visits[after.visit].place]
        near = near if at + carer.pause.duration + way <= after.start else after
    return [
        {
            "start_time": at,
            "end_time": at + carer.pause.duration,
            "patient": (near or route[0]).visit.rpartition("/")[0] if route else "depot",
            "service": "lunch_break",
        }
    ]
