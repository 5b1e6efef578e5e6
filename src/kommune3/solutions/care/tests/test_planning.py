# SPDX-License-Identifier: MPL-2.0
"""A day is planned: what the plan keeps, what it leaves out and says why."""

from datetime import timedelta
from random import Random
from typing import Any

import careroutes
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from persons import NOW, Persons

from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.places import travel
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.models import Plan, SameCarer, Shift, ShiftState, Stop, VisitLink, Wish, WishKind
from kommune3.solutions.care.operations import plans
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.planning.standing import standing
from kommune3.solutions.care.tests.day import Day, at, make_day, make_plan


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


def stop(plan: Plan, visit: Any, number: int = 0) -> Stop:
    return plan.stops.select_related("shift__carer").get(visit=visit, number=number)


def told(plan: Plan) -> dict[int | None, str]:
    return {each["visit_id"]: each["rule"] for each in plan.problems}


def test_a_started_plan_is_made_by_its_job_and_checked(day: Day) -> None:
    plan = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=day.date, seconds=1)
    Worker(queues=[QUEUE]).step()
    plan.refresh_from_db()
    assert (plan.state, plan.violations, plan.problems) == ("DRAFT", [], [])
    assert plan.stops.count() == 9
    assert plan.figures["left_out"] == 0 and plan.figures["travel_seconds"] > 0


def test_two_carers_meet_and_windows_competences_and_wishes_hold(day: Day) -> None:
    plan = make_plan(day)
    one, other = stop(plan, day.visits["lift"]), stop(plan, day.visits["lift"], 1)
    assert one.start_at == other.start_at and one.shift != other.shift
    assert stop(plan, day.visits["medicine"]).shift == day.shifts["Anna"]
    assert stop(plan, day.visits["morning"]).shift == day.shifts["Bent"]
    for each in plan.stops.select_related("visit"):
        assert each.visit.earliest_at <= each.start_at <= each.visit.latest_at, each.visit.pk
    gap = stop(plan, day.visits["breakfast"]).start_at - stop(plan, day.visits["medicine"]).start_at
    assert timedelta(minutes=20) <= gap <= timedelta(minutes=60)


def test_nobody_travels_for_a_call_nor_for_less_than_the_way_after_it(day: Day) -> None:
    plan = make_plan(day)
    call = stop(plan, day.visits["call"])
    assert (call.travel_seconds, call.travel_metres) == (0, 0)
    route = list(plan.stops.filter(shift=call.shift).order_by("start_at"))
    for one, other in zip(route, route[1:], strict=False):
        assert one.end_at + timedelta(seconds=other.travel_seconds) <= other.start_at


def test_the_baseline_is_laid_by_the_same_rules(day: Day) -> None:
    plan = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=day.date, origin="BASELINE")
    Worker(queues=[QUEUE]).step()
    plan.refresh_from_db()
    assert (plan.state, plan.violations) == ("DRAFT", [])


def test_a_stopped_plan_is_not_made(day: Day) -> None:
    plan = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=day.date)
    plans.cancel(actor=day.dispatcher, now=NOW, plan_id=plan.pk)
    assert not Worker(queues=[QUEUE]).step()
    plan.refresh_from_db()
    assert (plan.state, plan.stops.count()) == ("FAILED", 0)


def test_a_day_without_weights_says_so(day: Day) -> None:
    day.weights.delete()
    plan = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=day.date, seconds=1)
    Worker(queues=[QUEUE]).step()
    plan.refresh_from_db()
    assert (plan.state, plan.stops.count()) == ("FAILED", 0)
    assert plan.failure


# --- Bad input --------------------------------------------------------------------------------------------------------


def test_a_competence_that_nobody_on_duty_has_is_named(day: Day) -> None:
    day.shifts["Anna"].delete()
    plan = make_plan(day)
    assert told(plan) == {day.visits["medicine"].pk: "competence"}
    assert "Medicin" in plan.problems[0]["text"]
    assert stop(plan, day.visits["medicine"]).why == [plan.problems[0]["text"]]
    assert plan.figures["left_out"] == 1


def test_a_two_carer_visit_with_one_carer_on_duty_is_named(day: Day) -> None:
    Shift.objects.exclude(pk=day.shifts["Anna"].pk).delete()
    plan = make_plan(day)
    assert told(plan) == {day.visits["lift"].pk: "two_carers"}
    assert plan.stops.filter(visit=day.visits["lift"], shift=None).count() == 2


def test_nobody_on_duty_leaves_all_out(day: Day) -> None:
    Shift.objects.update(state=ShiftState.ABSENT)
    plan = make_plan(day)
    assert told(plan)[None] == "nobody" and plan.stops.filter(shift=None).count() == 9


@pytest.mark.parametrize(
    ("latitude", "longitude", "rule"),
    [(10.88, 56.41, "swapped"), (48.85, 2.35, "outside"), (None, None, "no_coordinates")],
)
def test_an_address_that_cannot_be_is_named(
    day: Day, latitude: float | None, longitude: float | None, rule: str
) -> None:
    address = day.citizens["Munk"].person.address
    address.latitude, address.longitude = latitude, longitude
    address.save()
    assert told(make_plan(day)) == {day.visits["bath"].pk: rule}


def test_an_address_without_a_way_is_named(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    real, island = travel.table, day.citizens["Munk"].person.address

    def table(*, points: Any, mode: travel.Mode, now: Any) -> travel.Table:
        found = real(points=points, mode=mode, now=now)
        cut = [point.latitude == island.latitude for point in points]
        seconds = tuple(
            tuple(None if cut[i] != cut[j] else way for j, way in enumerate(row)) for i, row in enumerate(found.seconds)
        )
        return travel.Table(seconds, found.metres, found.is_estimate, found.source)

    monkeypatch.setattr(travel, "table", table)
    plan = make_plan(day)
    assert told(plan) == {day.visits["bath"].pk: "unreachable"}
    assert (plan.state, plan.figures["left_out"]) == ("DRAFT", 1)


def test_visits_each_after_the_other_are_named(day: Day) -> None:
    one, other = day.visits["bath"], day.visits["wound"]
    VisitLink.objects.create(first=one, second=other, least_minutes=10)
    VisitLink.objects.create(first=other, second=one, least_minutes=10)
    assert told(make_plan(day)) == {one.pk: "order"}


def test_a_gap_that_the_windows_do_not_allow_is_named(day: Day) -> None:
    late = day.visits["wound"]
    late.is_strict = True
    late.save()
    VisitLink.objects.create(first=day.visits["cleaning"], second=late, least_minutes=10)
    assert told(make_plan(day)) == {late.pk: "gap"}


def test_one_carer_who_is_to_be_in_two_places_is_named(day: Day) -> None:
    VisitLink.objects.create(
        first=day.visits["bath"], second=day.visits["wound"], least_minutes=0, most_minutes=5, by=SameCarer.SAME
    )
    assert told(make_plan(day)) == {day.visits["wound"].pk: "same"}


def test_a_visit_longer_than_any_shift_is_named(day: Day) -> None:
    visit = day.visits["bath"]
    visit.minutes = 9 * 60
    visit.save()
    assert told(make_plan(day)) == {visit.pk: "too_long"}


def test_a_citizen_who_rules_all_out_is_named(day: Day) -> None:
    for carer in day.carers.values():
        Wish.objects.create(citizen=day.citizens["Munk"], carer=carer, kind=WishKind.AVOIDED)
    assert told(make_plan(day)) == {day.visits["bath"].pk: "avoided"}


def test_of_more_addresses_than_a_plan_holds_the_least_important_are_left_out(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kommune3.solutions.care.planning.diagnosis.MOST_PLACES", 5)
    assert told(make_plan(day)) == {day.visits["cleaning"].pk: "too_many"}


def test_what_is_left_out_for_want_of_room_says_which_rules_stand_in_the_way(day: Day) -> None:
    for shift in day.shifts.values():
        shift.may_run_over = False
        shift.end_at = at("10:00")
        shift.pause_earliest_at = shift.pause_latest_at = shift.pause_minutes = None
        shift.save()
    plan = make_plan(day)
    left = plan.stops.get(visit=day.visits["cleaning"])
    assert left.shift is None and left.why and "3" in left.why[0]


# --- At any size ------------------------------------------------------------------------------------------------------


def test_a_larger_day_takes_no_more_queries(day: Day) -> None:
    with CaptureQueriesContext(connection) as few:
        prepare(team=day.team, day=day.date, now=NOW)
    for visit in list(day.visits.values()):
        for _copy in range(5):
            visit.pk, visit._state.adding = None, True
            visit.save()
    with CaptureQueriesContext(connection) as many:
        prepared = prepare(team=day.team, day=day.date, now=NOW)
    assert len(prepared.problem.visits) > 40
    assert len(many) == len(few)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_random_day_keeps_every_rule_from_rows_to_rows(persons: Persons, seed: int) -> None:
    random = Random(seed)
    day = make_day(persons)
    for visit in day.visits.values():
        start = at("07:00") + timedelta(minutes=random.randrange(0, 360))
        visit.earliest_at, visit.latest_at = start, start + timedelta(minutes=random.randrange(0, 120))
        visit.minutes, visit.carers = random.randrange(5, 60), random.choice([1, 1, 2])
        visit.is_strict, visit.priority = random.random() < 0.4, random.randrange(3)
        visit.save()
    plan = make_plan(day)
    assert (plan.state, plan.violations) == ("DRAFT", [])
    stands = standing(plan, now=NOW)
    assert careroutes.check(stands.solved.problem, stands.solved.answer) == []
    assert stands.counts.cost == plan.figures["cost"]
    for shift in day.shifts.values():
        route = list(plan.stops.filter(shift=shift).order_by("start_at"))
        for one, other in zip(route, route[1:], strict=False):
            assert one.end_at + timedelta(seconds=other.travel_seconds) <= other.start_at
