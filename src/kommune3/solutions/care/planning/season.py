# SPDX-License-Identifier: MPL-2.0
"""Many days at once, with few faces: days are planned one after the other, each knowing whom the others send.

A citizen's set is those who visit them on the other days. A carer outside the set costs the more, the bigger the set
already is; so the first who come are cheap and the fourth is dear. The price of a face is the weights' own. Whom the
citizen has met in the 28 days before is no unknown face (:mod:`kommune3.solutions.care.planning.rows`), so the longer
period weighs as well. Days are bettered in the same order until a whole round betters none, or the rounds are used up.
Each day stays a whole plan: windows, competences and travel weigh as they do in a single day.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from careroutes import Answer, BrokenStart, SoFar, Visit
from msgspec.structs import replace

from kommune3.solutions.care.planning.problem import POINT, Prepared, keys_of
from kommune3.solutions.care.planning.solving import Solved, search, settle

WANTED_FACES = 3
"""Up to so many carers a citizen's set may grow at the usual price; each beyond costs as many times more."""

Faces = Mapping[int, frozenset[int]]
"""Citizen -> carers who visit them."""

OnProgress = Callable[[float, SoFar], bool]
"""Told the share that is done (0 to 1) and how the day's search is; no stops it."""

OnDay = Callable[[date, Solved | None, int], None]
"""Told each day that a round has gone through: its better plan (none: it stays) and how many rounds are done."""


@dataclass
class Season:
    """The plans by day. ``met``: whom citizens see on days that are not planned here. ``rounds`` done, by day."""

    prepared: dict[date, Prepared]
    met: Faces = field(default_factory=dict)
    solved: dict[date, Solved] = field(default_factory=dict)
    rounds: dict[date, int] = field(default_factory=dict)
    is_stopped: bool = False

    def faces(self, *, without: date | None = None) -> dict[int, frozenset[int]]:
        """Citizen -> carers over all days but one."""
        found = [visitors(self.prepared[day], solved) for day, solved in self.solved.items() if day != without]
        return united([self.met, *found])


def visitors(prepared: Prepared, solved: Solved) -> dict[int, frozenset[int]]:
    """Citizen -> carers on the day."""
    carers = {str(shift.pk): shift.carer_id for shift in prepared.rows.shifts}
    citizens = {visit.pk: visit.citizen_id for visit in prepared.rows.visits}
    return united({citizens[keys_of(each.visit)[0]]: frozenset([carers[each.carer]])} for each in solved.answer.planned)


def united(many: Iterable[Faces]) -> dict[int, frozenset[int]]:
    """All of them together."""
    found: dict[int, set[int]] = {}
    for faces in many:
        for citizen, carers in faces.items():
            found.setdefault(citizen, set()).update(carers)
    return {citizen: frozenset(carers) for citizen, carers in found.items()}


def plan_days(
    days: Sequence[Prepared],
    *,
    seconds: float,
    rounds: int,
    seed: int,
    iterations: int = 0,
    met: Faces | None = None,
    begun: Mapping[date, tuple[int, Answer]] | None = None,
    on_progress: OnProgress | None = None,
    on_day: OnDay | None = None,
) -> Season:
    """Plan the days together. ``seconds``: CPU time for each day and round, or ``iterations`` instead of them.

    ``met``: whom citizens see on days that stay as they are. ``begun``: day -> rounds it has been through, and its
    plan, for work that goes on after an interruption.
    """
    season = Season({prepared.rows.date: prepared for prepared in days}, met or {})
    for day, (done, answer) in (begun or {}).items():
        season.solved[day], season.rounds[day] = _itself(season.prepared[day], answer), done
    for turn in range(rounds):
        is_better = False
        for number, prepared in enumerate(days):
            day = prepared.rows.date
            if season.rounds.get(day, 0) > turn:
                is_better = True  # whether it was, nobody knows any more
                continue
            told = _Told(on_progress, before=turn * len(days) + number, all_of_them=rounds * len(days))
            found = _bettered(
                with_set_cost(prepared, season.faces(without=day)), season.solved.get(day),
                seconds=seconds, seed=seed + turn, iterations=iterations, on_progress=told,
            )  # fmt: skip
            if told.was_stopped:
                season.is_stopped = True
                return season
            if found is not None:
                season.solved[day], is_better = _itself(prepared, found.answer), True
            season.rounds[day] = turn + 1
            if on_day is not None:
                on_day(day, season.solved[day] if found is not None else None, turn + 1)
        if not is_better:
            break
    return season


def _bettered(
    asked: Prepared, former: Solved | None, *, seconds: float, seed: int, iterations: int, on_progress: "_Told"
) -> Solved | None:
    """A plan that is cheaper than the former at the prices of now; none where none was found."""
    made = search(
        asked, seconds=seconds, seed=seed, iterations=iterations, on_progress=on_progress,
        start=former.answer if former else None,
    )  # fmt: skip
    if former is None:
        return made
    try:
        before = settle(asked.problem, former.answer, asked.calls).answer.cost
    except BrokenStart:
        return made
    return made if made.answer.cost < before else None


def _itself(prepared: Prepared, answer: Answer) -> Solved:
    """The day at its own prices, as a plan that is made alone has it."""
    try:
        return settle(prepared.problem, answer, prepared.calls)
    except BrokenStart:
        return Solved(prepared.problem, answer)


class _Told:
    """Passes on how far a day's search is, as a share of the whole."""

    def __init__(self, on_progress: OnProgress | None, *, before: int, all_of_them: int) -> None:
        self.on_progress, self.before, self.all_of_them = on_progress, before, all_of_them
        self.was_stopped = False

    def __call__(self, so_far: SoFar) -> bool:
        if self.on_progress is not None and not self.on_progress(
            (self.before + so_far.share) / self.all_of_them, so_far
        ):
            self.was_stopped = True
        return not self.was_stopped


def with_set_cost(prepared: Prepared, faces: Faces) -> Prepared:
    """The day with the price of a carer whom the citizen does not see on the other days."""
    carers = {str(shift.pk): shift.carer_id for shift in prepared.rows.shifts}
    citizens = {visit.pk: visit.citizen_id for visit in prepared.rows.visits}
    face = prepared.weights.unknown_face * POINT

    def priced(visit: Visit) -> Visit:
        citizen = citizens[keys_of(visit.id)[0]]
        known = faces.get(citizen, frozenset())
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
