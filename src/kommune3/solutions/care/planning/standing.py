# SPDX-License-Identifier: MPL-2.0
"""A plan as it stands, ready for questions: kept in the process between them, since a drag asks ten times a second."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

import careroutes
from careroutes import Answer
from msgspec.structs import replace

from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.models import Plan, Shift, Stop, Visit, VisitLink, WeightSet, Wish
from kommune3.solutions.care.planning import moving
from kommune3.solutions.care.planning.counting import Counts, count
from kommune3.solutions.care.planning.problem import Prepared, prepare, stop_key
from kommune3.solutions.care.planning.rows import plan_stops
from kommune3.solutions.care.planning.solving import Solved, placed, read_back
from kommune3.solutions.care.planning.writing import breaks_of

KEPT_PLANS = 12
KEPT_FOR = timedelta(minutes=5)
"""What the version does not see (an address, a competence, road times, whom one has met) is seen after so long."""


@dataclass(frozen=True)
class Standing:
    """A plan with its day. ``solved``: as it is written, with its own times. ``stops`` by the engine's visit."""

    prepared: Prepared
    solved: Solved
    counts: Counts
    stops: dict[str, Stop]

    def key(self, stop_id: int) -> str | None:
        """The engine's visit of a stop."""
        return next((key for key, stop in self.stops.items() if stop.pk == stop_id), None)

    def in_the_day(self, now: datetime, *, free: frozenset[str] = frozenset()) -> Solved:
        """The plan to be changed: on the day itself, what has begun stays and nothing is moved into the past."""
        if self.prepared.rows.date != municipal_date(now):
            return self.solved
        seconds = self.prepared.rows.seconds(now)
        problem = moving.held(self.solved.problem, self.solved.answer, now=seconds, free=free)
        return Solved(problem, self.solved.answer)


_kept: OrderedDict[tuple[int, int, str], tuple[datetime, Standing]] = OrderedDict()
_lock = Lock()


def standing(plan: Plan, *, now: datetime, fresh: bool = False) -> Standing:
    """The plan as it stands. ``fresh``: read anew, for what is going to be written."""
    key = (plan.pk, plan.version, input_version(plan))
    with _lock:
        found = _kept.get(key)
        if found is not None and not fresh and now - found[0] < KEPT_FOR:
            _kept.move_to_end(key)
            return found[1]
    made = _read(plan, now=now)
    with _lock:
        _kept[key] = (now, made)
        while len(_kept) > KEPT_PLANS:
            _kept.popitem(last=False)
    return made


def input_version(plan: Plan) -> str:
    """A digest of the day's visits, shifts, links, wishes and weights: another one when any of them has changed."""
    digest = hashlib.blake2b(digest_size=16)
    visits = Visit.objects.filter(date=plan.date, citizen__team=plan.team_id).order_by("pk")
    shifts = Shift.objects.filter(date=plan.date, carer__team=plan.team_id).order_by("pk")
    links = VisitLink.objects.filter(first__date=plan.date, first__citizen__team=plan.team_id).order_by("pk")
    wishes = Wish.objects.filter(citizen__team=plan.team_id).order_by("pk")
    weights = WeightSet.objects.filter(valid_from__lte=plan.date).order_by("-valid_from")
    for rows in (
        visits.values_list(
            "pk", "citizen_id", "service_id", "channel", "minutes", "carers", "is_strict", "priority", "earliest_at",
            "latest_at", "state",
        ),
        shifts.values_list(
            "pk", "start_at", "end_at", "pause_earliest_at", "pause_latest_at", "pause_minutes", "may_run_over", "state"
        ),
        links.values_list("pk", "first_id", "second_id", "least_minutes", "most_minutes", "by"),
        wishes.values_list("pk", "citizen_id", "carer_id", "kind"),
        weights.values_list()[:1],
    ):  # fmt: skip
        digest.update(repr(list(rows)).encode())
    return digest.hexdigest()


def _read(plan: Plan, *, now: datetime) -> Standing:
    prepared = prepare(team=plan.team, day=plan.date, now=now, plan=plan)
    stops = plan_stops(plan)
    answer = read_back(prepared, stops, breaks_of(prepared, plan))
    solved = as_written(prepared, answer)
    return Standing(prepared, solved, count(prepared, solved), {stop_key(stop): stop for stop in stops})


def as_written(prepared: Prepared, answer: Answer) -> Solved:
    """An answer with its calls in place and its own times, whatever they cost."""
    problem = placed(prepared.problem, answer, prepared.calls)
    return Solved(problem, replace(answer, cost=careroutes.cost_of(problem, answer).total))
