# SPDX-License-Identifier: MPL-2.0
"""The two weeks behind: the first planned by hand, the second by the search, and what carers reported.

Reports come by the door they always come by, in rows: a start that drifts through the day as work and traffic do, a
finish, a door that nobody opened. The same each time.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.demo.teams import chance_for
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Report, Stop, Team
from kommune3.solutions.care.operations import effects
from kommune3.solutions.care.planning import baseline
from kommune3.solutions.care.planning.problem import Prepared, prepare
from kommune3.solutions.care.planning.solving import Solved, search
from kommune3.solutions.care.planning.writing import write_result

ACTOR = system("care.demo")
DAYS_BACK = 14
DAYS_SEARCHED = 7
ITERATIONS = 600
"""Of the search of a day behind: a plan like a dispatcher's who lets the search help for a moment."""

_AT_EIGHT_AT_NIGHT = time(20)
_NOT_HOME = ("Ikke hjemme", "Indlagt", "Ønskede ikke besøg i dag")
_MESSAGES = (
    "Nøgleboksen binder.", "Mangler støttestrømper i str. M.", "Borger er svimmel, ring til datter.",
    "Hund løs i haven.", "Pårørende vil gerne ringes op.",
)  # fmt: skip


def seed_fortnight(*, now: datetime) -> None:
    """Published plans of the days behind, with reports, and what they gained."""
    today = clock.municipal_date(now)
    teams = list(Team.objects.select_related("unit", "address").order_by("name"))
    for number in range(DAYS_BACK, 0, -1):
        _day(teams, today - timedelta(days=number), by_hand=number > DAYS_SEARCHED)
    effects.record_week(actor=ACTOR, now=now, monday=effects.last_finished_week(now))


def _day(teams: list[Team], day: date, *, by_hand: bool) -> None:
    evening_before = datetime.combine(day - timedelta(days=1), _AT_EIGHT_AT_NIGHT, MUNICIPAL_ZONE).astimezone(UTC)
    prepared = [prepare(team=team, day=day, now=evening_before) for team in teams]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(_by_hand if by_hand else _searched, prepared))
    for team, asked, solved in zip(teams, prepared, found, strict=True):
        plan = Plan.objects.create(
            team=team, date=day, origin=PlanOrigin.BASELINE if by_hand else PlanOrigin.SEARCHED,
            created_by_name="Demo", created_at=evening_before,
        )  # fmt: skip
        write_result(plan, asked, solved, now=evening_before)
        if plan.state != PlanState.DRAFT:
            continue
        plan.state, plan.published_at, plan.published_by_name = PlanState.PUBLISHED, evening_before, "Demo"
        plan.save()
        if not by_hand:
            told = effects.compare(plan, now=evening_before, prepared=asked)
            ours = effects.as_it_stands(plan, asked)
            effects.record_plan(actor=ACTOR, now=evening_before, plan=plan, ours=ours, by_hand=told)
        Report.objects.bulk_create(reports_of(plan, until=None), batch_size=1000)


def _by_hand(prepared: Prepared) -> Solved:
    return baseline.laid_by_hand(prepared)


def _searched(prepared: Prepared) -> Solved:
    return search(prepared, seconds=60, seed=prepared.rows.date.toordinal(), iterations=ITERATIONS)


def reports_of(plan: Plan, *, until: datetime | None) -> Iterator[Report]:
    """What the carers of a published plan told, up to ``until``."""
    stops = plan.stops.exclude(shift=None).select_related("shift").order_by("shift_id", "start_at", "id")
    for _shift, route in groupby(stops, key=lambda stop: stop.shift_id):
        yield from _told(list(route), until=until)


def _told(route: list[Stop], *, until: datetime | None) -> Iterator[Report]:
    """A carer's day: each visit takes longer or shorter than planned, and each way too, and that adds up."""
    chance = chance_for("reports", *(stop.visit_id for stop in route[:3]), route[0].start_at)
    free_at: datetime | None = None
    for stop in route:
        assert stop.shift is not None and stop.start_at is not None and stop.end_at is not None
        way = timedelta(seconds=stop.travel_seconds * chance.uniform(0.85, 1.35))
        begun = stop.start_at + timedelta(minutes=chance.gauss(0.5, 2.5))
        begun = begun if free_at is None else max(begun, free_at + way)
        taken = (stop.end_at - stop.start_at) * min(1.6, max(0.6, chance.gauss(1.02, 0.14)))
        finished = begun + taken
        if until is not None and begun > until:
            return
        late = (begun - stop.start_at).total_seconds() / 60
        if late > 15:
            yield _report(stop, Report.Kind.LATE, begun - timedelta(minutes=late / 2), minutes=round(late))
        if chance.random() < 0.008:
            yield _report(stop, Report.Kind.NOT_MADE, begun, text=chance.choice(_NOT_HOME))
            free_at = begun
            continue
        yield _report(stop, Report.Kind.BEGUN, begun)
        if until is None or finished <= until:
            yield _report(stop, Report.Kind.FINISHED, finished)
        if chance.random() < 0.006:
            yield _report(stop, Report.Kind.MESSAGE, finished, text=chance.choice(_MESSAGES))
        free_at = finished


def _report(stop: Stop, kind: Report.Kind, at: datetime, *, minutes: int | None = None, text: str = "") -> Report:
    assert stop.shift is not None
    return Report(
        visit_id=stop.visit_id, carer_id=stop.shift.carer_id, kind=kind, minutes=minutes, text=text, said_at=at,
        received_at=at + timedelta(seconds=4), request_key=f"demo:{stop.pk}:{kind.lower()}",
        seen_at=at + timedelta(minutes=6) if kind in (Report.Kind.MESSAGE, Report.Kind.LATE) else None,
    )  # fmt: skip
