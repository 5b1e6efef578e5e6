# SPDX-License-Identifier: MPL-2.0
"""Many days planned together: few faces, each day a draft, nothing published touched, and no work lost on the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from persons import NOW, Persons

from kommune3.kernel import jobs
from kommune3.kernel.jobs.worker import Worker
from kommune3.solutions.care.errors import InvalidPlan
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.models import Plan, PlanState, Shift, Stop, Visit
from kommune3.solutions.care.operations import plans
from kommune3.solutions.care.operations import season as operations
from kommune3.solutions.care.planning import season, solving
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.season_job import ROUND, VERSION
from kommune3.solutions.care.tests.day import Day, make_day, make_plan

DAYS = 3


@pytest.fixture
def day(persons: Persons) -> Day:
    """The small day, and the same on the next two days, without wishes."""
    made = make_day(persons)
    made.citizens["Lund"].wishes.all().delete()
    for number in range(1, DAYS):
        later = timedelta(days=number)
        for shift in made.shifts.values():
            Shift.objects.create(
                carer=shift.carer, date=shift.date + later, start_at=shift.start_at + later, end_at=shift.end_at + later
            )
        for visit in Visit.objects.filter(date=made.date):
            visit.pk, visit._state.adding = None, True
            visit.date += later
            visit.earliest_at, visit.latest_at = visit.earliest_at + later, visit.latest_at + later
            visit.save()
    return made


def dates(day: Day) -> list[date]:
    return [day.date + timedelta(days=number) for number in range(DAYS)]


def start(day: Day, **more: Any) -> list[Plan]:
    return operations.start(
        actor=day.dispatcher, now=NOW, team_id=day.team.pk, first=day.date, **{"days": DAYS, "seconds": 1, **more}
    )


def work() -> None:
    Worker(queues=[QUEUE]).step()


def faces(found: list[Plan]) -> int:
    """Pairs of citizen and carer in the plans."""
    pairs = Stop.objects.filter(plan__in=found).exclude(shift=None).order_by()
    return pairs.values_list("visit__citizen", "shift__carer").distinct().count()


def test_each_day_becomes_a_draft_that_keeps_every_rule(day: Day) -> None:
    made = start(day)
    assert [plan.date for plan in made] == dates(day) and len({plan.job_id for plan in made}) == 1
    work()
    for plan in Plan.objects.all():
        assert (plan.state, plan.violations, plan.figures["left_out"]) == ("DRAFT", [], 0), plan.failure
        assert plan.stops.count() == 9


def test_planned_together_fewer_faces_come_than_day_by_day(day: Day) -> None:
    prepared = [prepare(team=day.team, day=each, now=NOW) for each in dates(day)]
    alone = [
        season.plan_days([each], seconds=0, rounds=1, seed=seed, iterations=300) for seed, each in enumerate(prepared)
    ]
    apart = season.united(each.faces() for each in alone)
    together = season.plan_days(prepared, seconds=0, rounds=2, seed=0, iterations=300).faces()
    assert sum(map(len, together.values())) < sum(map(len, apart.values()))


def test_a_published_day_is_not_touched_and_its_faces_count(day: Day) -> None:
    published = plans.publish(actor=day.dispatcher, now=NOW, plan_id=make_plan(day).pk)
    before = list(published.stops.order_by("pk").values())
    made = start(day)
    assert [plan.date for plan in made] == dates(day)[1:]
    work()
    published.refresh_from_db()
    assert (published.state, list(published.stops.order_by("pk").values())) == ("PUBLISHED", before)
    assert faces([published, *made]) <= faces([published]) + 3


def test_work_that_is_interrupted_goes_on_with_the_day_it_was_at(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(day, rounds=1)
    search, asked = solving.search, []

    def dying(prepared: Any, **more: Any) -> Any:
        asked.append(prepared.rows.date)
        if len(asked) == 2:
            raise KeyboardInterrupt
        return search(prepared, **more)

    monkeypatch.setattr(season, "search", dying)
    with pytest.raises(KeyboardInterrupt):
        work()
    states = [Plan.objects.get(pk=plan.pk).state for plan in made]
    assert states == ["DRAFT", "STARTED", "STARTED"]
    kept = list(made[0].stops.order_by("pk").values())
    jobs.Job.objects.update(lease_until=NOW - timedelta(days=1))
    Worker(queues=[QUEUE]).step()
    assert asked == [dates(day)[0], dates(day)[1], dates(day)[1], dates(day)[2]]
    assert list(made[0].stops.order_by("pk").values()) == kept
    assert set(Plan.objects.values_list("state", flat=True)) == {"DRAFT"}


def test_a_day_that_somebody_has_changed_stays_as_they_have_it(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    made = start(day, rounds=2)
    search, asked = solving.search, []

    def meddled(prepared: Any, **more: Any) -> Any:
        asked.append(prepared.rows.date)
        if len(asked) == DAYS + 1:
            Plan.objects.filter(pk=made[0].pk).update(version=7)
        return search(prepared, **more)

    monkeypatch.setattr(season, "search", meddled)
    work()
    plan = Plan.objects.get(pk=made[0].pk)
    assert (plan.version, plan.figures[VERSION], plan.figures[ROUND]) == (7, 0, 1)


def test_stopped_work_keeps_the_days_it_has_and_gives_up_the_others(day: Day) -> None:
    made = start(day)
    Plan.objects.filter(pk=made[0].pk).update(state=PlanState.DRAFT)
    left = operations.cancel(actor=day.dispatcher, now=NOW, team_id=day.team.pk, first=day.date)
    assert left == 2
    assert [Plan.objects.get(pk=plan.pk).state for plan in made] == ["DRAFT", "FAILED", "FAILED"]
    assert jobs.Job.objects.get().state == "CANCELLED"


def test_throwing_one_day_away_leaves_the_work_on_the_others(day: Day) -> None:
    made = start(day)
    plans.discard(actor=day.dispatcher, now=NOW, plan_id=made[1].pk)
    work()
    assert list(Plan.objects.order_by("date").values_list("date", "state")) == [
        (dates(day)[0], "DRAFT"), (dates(day)[2], "DRAFT"),
    ]  # fmt: skip


def test_two_season_plans_of_the_same_days_are_not_made_at_once(day: Day) -> None:
    start(day)
    with pytest.raises(InvalidPlan):
        start(day)


@pytest.mark.parametrize(
    "wrong", [{"days": 0}, {"days": 29}, {"seconds": 0}, {"seconds": 61}, {"rounds": 0}, {"rounds": 5}]
)
def test_a_season_plan_that_cannot_be_is_refused(day: Day, wrong: dict[str, int]) -> None:
    with pytest.raises(InvalidPlan):
        start(day, **wrong)
    assert not Plan.objects.exists()


def test_days_gone_by_and_days_without_visits_are_refused(day: Day) -> None:
    for first in (date(2020, 1, 6), date(2027, 1, 4)):
        with pytest.raises(InvalidPlan):
            operations.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, first=first)
