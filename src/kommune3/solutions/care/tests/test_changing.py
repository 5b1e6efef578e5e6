# SPDX-License-Identifier: MPL-2.0
"""A plan is changed by hand and by what happens in the day, announced, and taken back."""

from typing import Any

import pytest
from django.db.models import F
from persons import NOW, Persons

from kommune3.kernel.access.actor import actor_of
from kommune3.kernel.access.reach import NotVisible
from kommune3.solutions.care.errors import InvalidPlan, PlanNotReady, PlanStands, RuleBroken, StalePlan
from kommune3.solutions.care.models import Plan, PlanState, Shift, ShiftState, Stop, Visit, VisitLink, WeightSet
from kommune3.solutions.care.operations import changes, plans
from kommune3.solutions.care.operations import day as happenings
from kommune3.solutions.care.operations.changes import Move
from kommune3.solutions.care.tests.day import DAY, Day, at, make_day, make_plan

KEPT = ("pk", "shift_id", "start_at", "end_at", "travel_seconds", "travel_metres", "late_seconds", "is_locked", "why")


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def plan(day: Day) -> Plan:
    return make_plan(day)


def rows(plan: Plan) -> list[tuple[Any, ...]]:
    return list(plan.stops.order_by("pk").values_list(*KEPT))


def stop(plan: Plan, day: Day, name: str, number: int = 0) -> Stop:
    return plan.stops.get(visit=day.visits[name], number=number)


def away(day: Day, plan: Plan, name: str) -> Move:
    """A move of a visit to the end of the day of another carer with a car."""
    moved = stop(plan, day, name)
    other = next(day.shifts[each] for each in ("Anna", "Bent") if day.shifts[each].pk != moved.shift_id)
    last = plan.stops.filter(shift=other).order_by("start_at").last()
    return Move(stop_id=moved.pk, shift_id=other.pk, after_stop_id=last.pk if last else None)


def test_a_preview_costs_what_the_move_costs_and_writes_nothing(day: Day, plan: Plan) -> None:
    before, wanted = rows(plan), away(day, plan, "cleaning")
    seen = changes.preview(actor=day.dispatcher, now=NOW, plan_id=plan.pk, move=wanted)
    assert rows(plan) == before and seen.broken == () and seen.stops
    made = changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=wanted)
    assert (made.cost_before, made.cost_after, made.parts) == (seen.cost_before, seen.cost_after, seen.parts)
    assert made.version == 1
    assert stop(plan, day, "cleaning").shift_id == wanted.shift_id
    assert made.cost == sum(after - before for before, after in made.points.values())


@pytest.mark.parametrize("changed", ["weights", "shift", "visit"])
def test_a_preview_sees_what_somebody_else_has_changed_meanwhile(day: Day, plan: Plan, changed: str) -> None:
    wanted = away(day, plan, "cleaning")
    seen = changes.preview(actor=day.dispatcher, now=NOW, plan_id=plan.pk, move=wanted)
    if changed == "weights":
        WeightSet.objects.update(travel_minute=F("travel_minute") + 7)
    elif changed == "shift":
        Shift.objects.filter(pk=wanted.shift_id).update(state=ShiftState.ABSENT)
    else:
        Visit.objects.filter(pk=day.visits["cleaning"].pk).update(minutes=F("minutes") + 10)
    assert changes.preview(actor=day.dispatcher, now=NOW, plan_id=plan.pk, move=wanted) != seen


def test_undo_restores_exactly(day: Day, plan: Plan) -> None:
    before, figures = rows(plan), plan.figures
    changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=away(day, plan, "cleaning"))
    changes.lock(
        actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=1, stop_ids=[stop(plan, day, "bath").pk], locked=True
    )
    assert rows(plan) != before
    assert changes.undo(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=2) == 3
    assert changes.undo(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=3) == 4
    plan.refresh_from_db()
    assert rows(plan) == before and plan.figures == figures
    with pytest.raises(InvalidPlan):
        changes.undo(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=4)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(day: Day, plan: Plan) -> None:
    wanted = away(day, plan, "cleaning")
    changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=wanted)
    with pytest.raises(StalePlan):
        changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=wanted)


def test_a_move_to_somebody_without_the_competence_is_refused_and_says_so(day: Day, plan: Plan) -> None:
    wanted = Move(stop_id=stop(plan, day, "medicine").pk, shift_id=day.shifts["Bent"].pk)
    seen = changes.preview(actor=day.dispatcher, now=NOW, plan_id=plan.pk, move=wanted)
    assert [each.rule for each in seen.broken] == ["competence"] and seen.cost == 0
    with pytest.raises(RuleBroken, match="Medicin"):
        changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=wanted)


def test_a_visit_whose_window_must_be_kept_cannot_come_late(day: Day) -> None:
    VisitLink.objects.all().delete()
    plan = make_plan(day)
    anna, bath = day.shifts["Anna"], stop(plan, day, "bath")
    if bath.shift_id != anna.pk:
        last = plan.stops.filter(shift=anna).order_by("start_at").last()
        assert last is not None
        first = Move(stop_id=bath.pk, shift_id=anna.pk, after_stop_id=last.pk)
        changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=first)
    wanted = Move(stop_id=stop(plan, day, "medicine").pk, shift_id=anna.pk, after_stop_id=bath.pk)
    seen = changes.preview(actor=day.dispatcher, now=NOW, plan_id=plan.pk, move=wanted)
    assert [(each.rule, each.visit_id) for each in seen.broken] == [("late", day.visits["medicine"].pk)]


def test_one_half_of_a_visit_takes_the_other_with_it(day: Day, plan: Plan) -> None:
    halves = [stop(plan, day, "lift", number) for number in (0, 1)]
    out = changes.move(
        actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, move=Move(stop_id=halves[0].pk, shift_id=None)
    )
    assert out.parts["left_out"] == (0, 1)
    assert plan.stops.filter(visit=day.visits["lift"], shift=None).count() == 2
    offered = changes.places(actor=day.dispatcher, now=NOW, plan_id=plan.pk, visit_id=day.visits["lift"].pk)
    back = Move(stop_id=halves[0].pk, shift_id=offered[0].shift_id, after_stop_id=offered[0].after_stop_id)
    changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=1, move=back)
    one, other = (stop(plan, day, "lift", number) for number in (0, 1))
    assert one.start_at == other.start_at and None not in (one.shift_id, other.shift_id)
    assert one.shift_id != other.shift_id


def test_an_acute_visit_is_left_out_until_it_gets_the_cheapest_place(day: Day, plan: Plan) -> None:
    visit = happenings.add_visit(
        actor=day.dispatcher, now=NOW, citizen_id=day.citizens["Munk"].pk, service_id=day.visits["bath"].service_id,
        earliest_at=at("09:00"), latest_at=at("12:00"), minutes=15,
    )  # fmt: skip
    waiting = plan.stops.get(visit=visit)
    assert waiting.shift is None and waiting.why
    plan.refresh_from_db()
    offered = changes.places(actor=day.dispatcher, now=NOW, plan_id=plan.pk, visit_id=visit.pk)
    assert offered and [each.cost for each in offered] == sorted(each.cost for each in offered)
    best = Move(stop_id=waiting.pk, shift_id=offered[0].shift_id, after_stop_id=offered[0].after_stop_id)
    changes.move(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=plan.version, move=best)
    waiting.refresh_from_db()
    assert (waiting.shift_id, waiting.start_at, waiting.why) == (offered[0].shift_id, offered[0].start_at, [])


def test_a_cancelled_visit_leaves_the_drafts_and_stays_in_what_was_announced(day: Day, plan: Plan) -> None:
    plans.publish(actor=day.dispatcher, now=NOW, plan_id=plan.pk)
    draft = plans.copy(actor=day.dispatcher, now=NOW, plan_id=plan.pk)
    happenings.cancel_visit(actor=day.dispatcher, now=NOW, visit_id=day.visits["bath"].pk, because="Indlagt")
    assert not draft.stops.filter(visit=day.visits["bath"]).exists()
    assert plan.stops.filter(visit=day.visits["bath"]).exists()


def test_around_a_sick_carer_the_others_keep_their_visits(day: Day, plan: Plan) -> None:
    plans.publish(actor=day.dispatcher, now=NOW, plan_id=plan.pk)
    sick = stop(plan, day, "cleaning").shift
    assert sick is not None and sick != day.shifts["Anna"]
    happenings.carer_absent(actor=day.dispatcher, now=NOW, shift_id=sick.pk)
    made = happenings.replan(actor=day.dispatcher, now=NOW, plan_id=plan.pk, seconds=1)
    assert (made.state, made.violations, made.based_on_id) == (PlanState.DRAFT, [], plan.pk)
    assert not made.stops.filter(shift=sick).exists()
    kept = {(each.visit_id, each.number): each.shift_id for each in plan.stops.exclude(shift=sick)}
    after = {(each.visit_id, each.number): each.shift_id for each in made.stops.all()}
    alone = [key for key in kept if key[0] != day.visits["lift"].pk]
    assert sum(kept[key] != after[key] for key in alone) <= 1
    assert made.stops.filter(visit=day.visits["cleaning"]).exclude(shift=None).exists()


def test_a_locked_visit_stays_when_the_day_is_planned_anew(day: Day, plan: Plan) -> None:
    locked = stop(plan, day, "bath")
    changes.lock(actor=day.dispatcher, now=NOW, plan_id=plan.pk, version=0, stop_ids=[locked.pk], locked=True)
    happenings.add_visit(
        actor=day.dispatcher, now=NOW, citizen_id=day.citizens["Lund"].pk, service_id=day.visits["bath"].service_id,
        earliest_at=locked.start_at, latest_at=locked.start_at, minutes=30,
    )  # fmt: skip
    made = happenings.replan(actor=day.dispatcher, now=NOW, plan_id=plan.pk, seconds=1)
    kept = stop(made, day, "bath")
    assert (kept.shift_id, kept.start_at, kept.is_locked) == (locked.shift_id, locked.start_at, True)


def test_in_the_middle_of_the_day_what_has_begun_stays(day: Day, plan: Plan) -> None:
    noon = at("09:40")
    begun = {each.pk: (each.visit_id, each.number, each.shift_id, each.start_at) for each in plan.stops.all()}
    begun = {pk: each for pk, each in begun.items() if each[3] is not None and each[3] < noon}
    made = happenings.replan(actor=day.dispatcher, now=noon, plan_id=plan.pk, seconds=1)
    for visit, number, shift, start in begun.values():
        after = made.stops.get(visit=visit, number=number)
        assert (after.shift_id, after.start_at) == (shift, start)
    rest = made.stops.exclude(visit__in=[each[0] for each in begun.values()])
    assert begun and all(each.start_at is None or each.start_at >= noon for each in rest)


def test_one_plan_of_a_day_is_announced_and_then_stands(day: Day, plan: Plan) -> None:
    other = make_plan(day)
    plans.publish(actor=day.dispatcher, now=NOW, plan_id=plan.pk)
    plans.publish(actor=day.dispatcher, now=NOW, plan_id=other.pk)
    plan.refresh_from_db()
    other.refresh_from_db()
    assert (plan.state, other.state, other.published_at) == (PlanState.REPLACED, PlanState.PUBLISHED, NOW)
    with pytest.raises(PlanStands):
        changes.move(actor=day.dispatcher, now=NOW, plan_id=other.pk, version=0, move=away(day, other, "cleaning"))
    with pytest.raises(PlanStands):
        plans.discard(actor=day.dispatcher, now=NOW, plan_id=plan.pk)


def test_a_plan_that_sends_somebody_who_is_away_is_not_announced(day: Day, plan: Plan) -> None:
    shift = day.shifts["Anna"]
    shift.state = "ABSENT"
    shift.save()
    with pytest.raises(InvalidPlan):
        plans.publish(actor=day.dispatcher, now=NOW, plan_id=plan.pk)


def test_a_plan_that_is_not_made_yet_cannot_be_changed(day: Day) -> None:
    waiting = plans.start(actor=day.dispatcher, now=NOW, team_id=day.team.pk, date=DAY)
    with pytest.raises(PlanNotReady):
        plans.publish(actor=day.dispatcher, now=NOW, plan_id=waiting.pk)
    plans.discard(actor=day.dispatcher, now=NOW, plan_id=waiting.pk)
    assert not Plan.objects.exists()


def test_another_units_plan_is_not_found(day: Day, plan: Plan, persons: Persons) -> None:
    stranger = make_day(persons, unit=persons.other_unit, name="Auning").dispatcher
    with pytest.raises(NotVisible):
        changes.preview(actor=stranger, now=NOW, plan_id=plan.pk, move=away(day, plan, "cleaning"))
    with pytest.raises(NotVisible):
        plans.publish(actor=actor_of(persons.employee, now=NOW), now=NOW, plan_id=plan.pk)
