# SPDX-License-Identifier: MPL-2.0
import pytest
from persons import NOW, Persons

from kommune3.kernel.access.actor import system
from kommune3.kernel.effects.models import LIVE, Effect, Kind
from kommune3.solutions.care.models import Plan
from kommune3.solutions.care.operations import effects, plans
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.tests.day import make_day, make_plan

pytestmark = pytest.mark.django_db


def prove(plan: Plan) -> None:
    prepared = prepare(team=plan.team, day=plan.date, now=NOW)
    by_hand = effects.compare(plan, now=NOW, prepared=prepared)
    ours = effects.as_it_stands(plan, prepared)
    effects.record_plan(actor=system("test"), now=NOW, plan=plan, ours=ours, by_hand=by_hand)


def test_a_published_plan_enters_its_gain_once_and_its_successor_takes_the_place(persons: Persons):
    day = make_day(persons)
    first = plans.publish(actor=day.dispatcher, now=NOW, plan_id=make_plan(day).pk)
    prove(first)
    prove(first)
    rows = Effect.objects.filter(LIVE, solution="care")
    assert {row.indicator for row in rows} == {"travel_minutes", "travel_km", "late_minutes", "faces"}
    assert {row.kind for row in rows} == {Kind.PROVEN}
    assert all(f"/care/plans/{first.pk}/" in str(row.evidence) for row in rows)
    copied = plans.copy(actor=day.dispatcher, now=NOW, plan_id=first.pk)
    second = plans.publish(actor=day.dispatcher, now=NOW, plan_id=copied.pk)
    prove(second)
    assert Effect.objects.filter(LIVE, solution="care").count() == 4
    prove(first)
    assert effects.KEPT_AS in Plan.objects.get(pk=second.pk).figures


def test_a_plan_that_was_not_published_has_no_gain(persons: Persons):
    day = make_day(persons)
    prove(make_plan(day))
    assert not Effect.objects.filter(solution="care").exists()
