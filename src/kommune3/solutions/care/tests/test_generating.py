# SPDX-License-Identifier: MPL-2.0
"""From what has been granted to the visits of each day."""

from datetime import date, time
from typing import Any

import pytest
from persons import NOW, Persons

from kommune3.kernel.access import reach
from kommune3.solutions.care.models import (
    Need,
    NeedLink,
    PartOfDay,
    Plan,
    PlanState,
    SameCarer,
    Stop,
    Visit,
    VisitLink,
    VisitState,
)
from kommune3.solutions.care.operations import visits
from kommune3.solutions.care.operations.visits import Generated
from kommune3.solutions.care.tests.day import Day, at, make_day

START, END = date(2026, 3, 9), date(2026, 3, 23)
DAILY = list(range(7))


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


def grant_need(day: Day, family: str = "Lund", **more: Any) -> Need:
    values = {
        "service": day.visits["morning"].service, "minutes": 20, "valid_from": date(2026, 3, 9), "weekdays": DAILY,
        "part_of_day": PartOfDay.MORNING, "earliest": time(7), "latest": time(9),
    }  # fmt: skip
    return Need.objects.create(citizen=day.citizens[family], **values | more)


def generate(day: Day, start: date = START, end: date = END) -> Generated:
    return visits.generate(actor=day.dispatcher, now=NOW, team_id=day.team.pk, start=start, end=end)


def dates(need: Need) -> list[date]:
    return list(Visit.objects.filter(need=need).order_by("date").values_list("date", flat=True))


def test_a_need_becomes_a_visit_on_each_of_its_days_once(day: Day) -> None:
    need = grant_need(day, weekdays=[0, 3], valid_to=date(2026, 3, 17))
    assert generate(day) == Generated(created=3)
    assert generate(day) == Generated(), "done again, it makes nothing twice"
    assert dates(need) == [date(2026, 3, 9), date(2026, 3, 12), date(2026, 3, 16)]
    first = Visit.objects.filter(need=need).earliest("date")
    assert (first.earliest_at, first.latest_at) == (at("07:00", day=START), at("09:00", day=START))


def test_every_second_week_is_counted_from_the_week_in_which_the_need_begins(day: Day) -> None:
    need = grant_need(day, valid_from=date(2026, 3, 5), weekdays=[1, 4], every_weeks=2)
    generate(day, date(2026, 3, 1), END)
    assert dates(need) == [date(2026, 3, 6), date(2026, 3, 17), date(2026, 3, 20)]


def test_the_hours_after_midnight_belong_to_the_night_that_has_begun(day: Day) -> None:
    before = grant_need(day, part_of_day=PartOfDay.NIGHT, earliest=time(23, 30), latest=time(0, 30), weekdays=[0])
    after = grant_need(day, part_of_day=PartOfDay.NIGHT, earliest=time(3), latest=time(4), weekdays=[0])
    generate(day, START, date(2026, 3, 10))
    tuesday = date(2026, 3, 10)
    windows = {visit.need_id: (visit.earliest_at, visit.latest_at) for visit in Visit.objects.filter(date=START)}
    assert windows[before.pk] == (at("23:30", day=START), at("00:30", day=tuesday))
    assert windows[after.pk] == (at("03:00", day=tuesday), at("04:00", day=tuesday))


def test_a_window_in_the_hour_that_the_clocks_skip_is_still_a_window(day: Day) -> None:
    saturday = date(2026, 3, 28)
    need = grant_need(day, part_of_day=PartOfDay.NIGHT, earliest=time(2, 30), latest=time(3), weekdays=[5])
    generate(day, saturday, date(2026, 3, 29))
    visit = Visit.objects.get(need=need)
    assert visit.earliest_at <= visit.latest_at


def test_a_changed_need_changes_the_visits_that_nobody_has_been_told_of(day: Day) -> None:
    need = grant_need(day, weekdays=[0])
    generate(day)
    announced, other = Visit.objects.filter(need=need).order_by("date")
    plan = Plan.objects.create(
        team=day.team, date=announced.date, origin="SEARCHED", state=PlanState.PUBLISHED, created_at=NOW
    )
    Stop.objects.create(plan=plan, visit=announced, shift=day.shifts["Anna"])
    Need.objects.filter(pk=need.pk).update(minutes=45, earliest=time(8))
    assert generate(day) == Generated(changed=1, announced=1)
    other.refresh_from_db()
    announced.refresh_from_db()
    assert (other.minutes, other.earliest_at) == (45, at("08:00", day=other.date))
    assert announced.minutes == 20, "what has been announced is left to the dispatcher"


def test_a_need_that_ends_takes_its_visits_along_but_not_those_that_were_cancelled_or_acute(day: Day) -> None:
    need = grant_need(day, weekdays=[0, 1])
    generate(day)
    cancelled = Visit.objects.filter(need=need).earliest("date")
    Visit.objects.filter(pk=cancelled.pk).update(state=VisitState.CANCELLED, cancelled_because="Indlagt")
    Need.objects.filter(pk=need.pk).update(valid_to=date(2026, 3, 10))
    single = Visit.objects.filter(need=None).count()
    assert generate(day) == Generated(removed=3)
    assert dates(need) == [cancelled.date]
    assert Visit.objects.filter(need=None).count() == single


def test_visits_hang_together_as_their_needs_do(day: Day) -> None:
    medicine, breakfast = grant_need(day, weekdays=[0, 2]), grant_need(day, weekdays=[0, 4])
    link = NeedLink.objects.create(first=medicine, second=breakfast, least_minutes=20, by=SameCarer.SAME)
    generate(day)
    ties = VisitLink.objects.filter(first__need=medicine)
    assert [tie.first.date for tie in ties.order_by("first__date")] == [date(2026, 3, 9), date(2026, 3, 16)]
    assert {(tie.second.need_id, tie.least_minutes, tie.by) for tie in ties} == {(breakfast.pk, 20, "SAME")}
    NeedLink.objects.filter(pk=link.pk).update(least_minutes=30, by=SameCarer.ANY)
    generate(day)
    assert set(ties.values_list("least_minutes", "by")) == {(30, "ANY")}
    link.delete()
    generate(day)
    assert not ties.all().exists()
    assert VisitLink.objects.count() == 1, "what hangs together by hand stays"


def test_another_unit_cannot_have_the_teams_visits_made(day: Day, persons: Persons) -> None:
    other = make_day(persons, unit=persons.other_unit, name="Teknik")
    with pytest.raises(reach.NotVisible):
        visits.generate(actor=other.dispatcher, now=NOW, team_id=day.team.pk, start=START, end=END)
