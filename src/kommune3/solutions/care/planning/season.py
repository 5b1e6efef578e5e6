# SPDX-License-Identifier: MPL-2.0
"""A fortnight at once, with few faces: days are planned one after the other, each knowing whom the others send.

A citizen's set is those who visit them on the other days. A carer outside the set costs the more, the bigger the set
already is; so the first who come are cheap and the fourth is dear. Days are planned again and again, in the same order,
until a round no longer lowers the number of faces, or the rounds are used up. Each day stays a whole plan: windows,
competences and travel weigh as they do in a single day.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from careroutes import Visit
from msgspec.structs import replace

from kommune3.solutions.care.planning.counting import count
from kommune3.solutions.care.planning.problem import POINT, Prepared, keys_of
from kommune3.solutions.care.planning.solving import Solved, search

WANTED_FACES = 3
"""Up to so many carers a citizen's set may grow at the usual price; each beyond costs as many times more."""

OnProgress = Callable[[float], bool]


@dataclass
class Fortnight:
    """The plans by day, in order of the days. ``faces``: citizen -> carers who visit them, over all days."""

    prepared: dict[date, Prepared]
    solved: dict[date, Solved] = field(default_factory=dict)
    is_stopped: bool = False

    @property
    def faces(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {}
        for day in self.solved:
            for citizen, carers in visitors(self.prepared[day], self.solved[day]).items():
                found.setdefault(citizen, set()).update(carers)
        return found


def visitors(prepared: Prepared, solved: Solved) -> dict[int, Counter[int]]:
    """Citizen -> carer -> how many visits of the day."""
    carers = {str(shift.pk): shift.carer_id for shift in prepared.rows.shifts}
    citizens = {visit.pk: visit.citizen_id for visit in prepared.rows.visits}
    found: dict[int, Counter[int]] = {}
    for planned in solved.answer.planned:
        found.setdefault(citizens[keys_of(planned.visit)[0]], Counter())[carers[planned.carer]] += 1
    return found


def plan_days(
    days: Sequence[Prepared],
    *,
    seconds: float,
    rounds: int,
    seed: int,
    iterations: int = 0,
    on_progress: OnProgress | None = None,
) -> Fortnight:
    """Plan the days together. ``seconds``: CPU time for each day and round, or ``iterations`` instead of them."""
    found = Fortnight({prepared.rows.date: prepared for prepared in days})
    best: tuple[int, dict[date, Solved]] | None = None
    for turn in range(rounds):
        for number, prepared in enumerate(days):
            day = prepared.rows.date
            others = _sets(found, without=day)
            asked = with_set_cost(prepared, others)
            start = found.solved.get(day)
            made = search(
                asked, seconds=seconds, seed=seed + turn, iterations=iterations, start=start.answer if start else None
            )
            found.solved[day] = made
            share = (turn * len(days) + number + 1) / (rounds * len(days))
            if on_progress is not None and not on_progress(share):
                found.is_stopped = True
                return found
        total = sum(len(carers) for carers in found.faces.values())
        if best is not None and total >= best[0]:
            found.solved = best[1]
            break
        best = total, dict(found.solved)
    return found


def with_set_cost(prepared: Prepared, sets: dict[int, set[int]]) -> Prepared:
    """The day with the price of a carer whom the citizen does not see on the other days."""
    carers = {str(shift.pk): shift.carer_id for shift in prepared.rows.shifts}
    citizens = {visit.pk: visit.citizen_id for visit in prepared.rows.visits}
    face = prepared.weights.unknown_face * POINT

    def priced(visit: Visit) -> Visit:
        citizen = citizens[keys_of(visit.id)[0]]
        known = sets.get(citizen, set())
        extra = face * max(1, len(known) - WANTED_FACES + 2) if known else 0
        costs = {
            shift: visit.preferred.get(shift, visit.other_carer_cost)
            + (extra if carer not in known and (citizen, carer) not in prepared.rows.wanted else 0)
            for shift, carer in carers.items()
        }
        dearest = max(costs.values(), default=0)
        return replace(
            visit,
            preferred={shift: cost for shift, cost in costs.items() if cost < dearest},
            other_carer_cost=dearest,
        )

    problem = replace(prepared.problem, visits=tuple(priced(visit) for visit in prepared.problem.visits))
    return Prepared(
        rows=prepared.rows,
        diagnosis=prepared.diagnosis,
        weights=prepared.weights,
        problem=problem,
        calls=prepared.calls,
    )


def figures_of_days(found: Fortnight) -> dict[str, float]:
    """What the fortnight comes to: seconds of travel and lateness, visits left out, and faces by citizen on average."""
    total: Counter[str] = Counter()
    for day, solved in found.solved.items():
        parts = count(found.prepared[day], solved).parts
        total.update({name: parts[name] for name in ("travel_seconds", "late_seconds", "left_out")})
    faces = found.faces
    return {
        **total,
        "citizens": len(faces),
        "faces": round(sum(len(carers) for carers in faces.values()) / max(1, len(faces)), 2),
        "most_faces": max((len(carers) for carers in faces.values()), default=0),
    }


def _sets(found: Fortnight, *, without: date) -> dict[int, set[int]]:
    sets: dict[int, set[int]] = {}
    for day, solved in found.solved.items():
        if day != without:
            for citizen, carers in visitors(found.prepared[day], solved).items():
                sets.setdefault(citizen, set()).update(carers)
    return sets
