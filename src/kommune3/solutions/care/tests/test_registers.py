# SPDX-License-Identifier: MPL-2.0
"""Teams, carers, shifts, citizens, needs and weights, through their pages."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from persons import Persons, grant

from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.solutions.care import access
from kommune3.solutions.care.models import (
    Citizen,
    Need,
    NeedLink,
    Plan,
    PlanState,
    Shift,
    ShiftState,
    Stop,
    Team,
    Visit,
    WeightSet,
    Wish,
)
from kommune3.solutions.care.tests.day import DAY, Day, at, make_day

MONDAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def stopped(now: Any) -> Any:
    with clock.stopped(now):
        yield


@pytest.fixture
def day(persons: Persons) -> Day:
    return make_day(persons)


@pytest.fixture
def dispatcher(day: Day, browser_of: Any) -> Client:
    client: Client = browser_of(day.account)
    return client


def need_values(day: Day, **more: Any) -> dict[str, Any]:
    return {
        "service": day.visits["morning"].service_id, "channel": "HOME", "valid_from": "2026-03-02", "valid_to": "",
        "weekdays": ["0", "1", "2"], "every_weeks": 1, "part_of_day": "MORNING", "earliest": "07:00", "latest": "09:00",
        "minutes": "", "carers": 1, "priority": 1, "tasks": "",
    } | more  # fmt: skip


def errors(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_a_team_gets_a_base_with_coordinates(dispatcher: Client, day: Day, persons: Persons) -> None:
    values = {"name": "Øst", "unit": persons.own_team.pk, "street": "Havnen 1", "postcode": "8500", "town": "Grenaa",
              "latitude": "56.41", "longitude": "10.92", "is_active": "on"}  # fmt: skip
    dispatcher.post("/care/teams/new/", values)
    team = Team.objects.get(name="Øst")
    assert team.address is not None and (team.address.street, team.address.latitude) == ("Havnen 1", 56.41)
    answer = dispatcher.post("/care/teams/new/", values)
    assert "name" in errors(answer)
    assert "longitude" in errors(dispatcher.post("/care/teams/new/", values | {"name": "X", "longitude": ""}))


def test_a_citizen_is_entered_and_what_is_granted_becomes_visits(dispatcher: Client, day: Day) -> None:
    values = {"given_name": "Inge", "family_name": "Vestergård", "team": day.team.pk, "street": "Kannikegade 9",
              "postcode": "8500", "town": "Grenaa", "latitude": "56.415", "longitude": "10.88", "access_seconds": 90,
              "note": "", "is_active": "on"}  # fmt: skip
    dispatcher.post("/care/citizens/new/", values | {"cpr": "010130-1234"})
    citizen = Citizen.objects.get(person__family_name="Vestergård")
    assert "cpr" in errors(dispatcher.post("/care/citizens/new/", values | {"cpr": "0101301234"})), (
        "found, not made twice"
    )
    assert "note" in errors(dispatcher.post(f"/care/citizens/{citizen.pk}/edit/", values | {"note": "CPR 010130-1234"}))
    dispatcher.post(f"/care/citizens/{citizen.pk}/needs/new/", need_values(day))
    need = Need.objects.get(citizen=citizen)
    assert need.minutes == 30, "the service's usual minutes"
    assert Visit.objects.filter(need=need).count() == 6, "a fortnight ahead, from today on"
    shown = dispatcher.get(f"/care/citizens/{citizen.pk}/").content.decode()
    assert "07:00–09:00" in shown and "Kannikegade 9" in shown
    assert Entry.objects.filter(action="care.citizen.read", citizen_id=citizen.person_id).exists()
    dispatcher.post(f"/care/citizens/{citizen.pk}/edit/", values | {"is_active": ""})
    ahead = Visit.objects.filter(need=need, date__gt=MONDAY)
    assert not ahead.exists(), "who gets no visits has none ahead"


def test_a_part_of_the_day_proposes_the_times_that_most_needs_have(dispatcher: Client, day: Day) -> None:
    citizen = day.citizens["Lund"]
    address = f"/care/citizens/{citizen.pk}/needs/new/"
    empty = need_values(day, earliest="", latest="")
    assert "earliest" in errors(dispatcher.post(address, empty)), "nobody has a need in this part of the day yet"
    dispatcher.post(address, need_values(day, earliest="07:15", latest="08:45"))
    dispatcher.post(address, empty)
    assert [need.earliest.isoformat("minutes") for need in Need.objects.all()] == ["07:15", "07:15"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"earliest": "10:00"}, "latest"),
        ({"valid_to": "2026-03-02"}, "valid_to"),
        ({"carers": 2, "channel": "PHONE"}, "carers"),
        ({"every_weeks": 60}, "every_weeks"),
        ({"earliest": "07:00", "latest": ""}, "latest"),
    ],
)
def test_a_need_that_cannot_be_is_refused_at_its_field(dispatcher: Client, day: Day, wrong: Any, field: str) -> None:
    answer = dispatcher.post(f"/care/citizens/{day.citizens['Lund'].pk}/needs/new/", need_values(day, **wrong))
    assert field in errors(answer)
    assert not Need.objects.exists()


def test_a_need_is_ended_taken_up_again_and_deleted_only_while_nobody_was_told(dispatcher: Client, day: Day) -> None:
    citizen = day.citizens["Lund"]
    dispatcher.post(
        f"/care/citizens/{citizen.pk}/needs/new/", need_values(day, valid_from="2026-02-20", weekdays=["1"])
    )
    need = Need.objects.get()
    dispatcher.post(f"/care/needs/{need.pk}/end/")
    assert not Visit.objects.filter(need=need).exists()
    dispatcher.post(f"/care/needs/{need.pk}/resume/")
    assert Visit.objects.filter(need=need).count() == 2
    visit = Visit.objects.filter(need=need).earliest("date")
    plan = Plan.objects.create(
        team=day.team, date=DAY, origin="SEARCHED", state=PlanState.PUBLISHED, created_at=at("06:00")
    )
    stop = Stop.objects.create(plan=plan, visit=visit)
    dispatcher.post(f"/care/needs/{need.pk}/remove/")
    assert Need.objects.filter(pk=need.pk).exists(), "a need whose visits were announced is ended instead"
    stop.delete()
    dispatcher.post(f"/care/needs/{need.pk}/remove/")
    assert not Need.objects.exists() and not Visit.objects.filter(pk=visit.pk).exists()


def test_needs_that_would_wait_for_each_other_in_a_ring_are_refused(dispatcher: Client, day: Day) -> None:
    citizen = day.citizens["Lund"]
    for minutes in (10, 20, 30):
        dispatcher.post(f"/care/citizens/{citizen.pk}/needs/new/", need_values(day, minutes=minutes))
    first, second, third = Need.objects.order_by("pk")
    address = f"/care/citizens/{citizen.pk}/links/new/"

    def link(one: Need, other: Need) -> Any:
        return dispatcher.post(
            address, {"first": one.pk, "second": other.pk, "least_minutes": 15, "most_minutes": "", "by": "ANY"}
        )

    assert link(first, second).status_code == 302 and link(second, third).status_code == 302
    assert "second" in errors(link(third, first))
    assert link(second, first).status_code == 302, "straight back turns the link around"
    assert NeedLink.objects.filter(first=second).count() == 2


def test_how_to_get_in_is_sealed_and_shown_for_a_purpose_only(dispatcher: Client, day: Day) -> None:
    citizen = day.citizens["Lund"]
    address = f"/care/citizens/{citizen.pk}/"
    dispatcher.post(f"{address}entry/set/", {"entry": "Nøgleboks K-4711"})
    citizen.refresh_from_db()
    assert b"K-4711" not in bytes(citizen.entry_sealed or b"")
    assert "K-4711" not in dispatcher.get(address).content.decode()
    assert "K-4711" not in dispatcher.post(f"{address}entry/", {"purpose": "x"}).content.decode()
    assert (
        "K-4711" in dispatcher.post(f"{address}entry/", {"purpose": "Akut besøg, borger svarer ikke"}).content.decode()
    )
    line = Entry.objects.get(action="care.entry.read")
    assert (line.citizen_id, line.purpose) == (citizen.person_id, "Akut besøg, borger svarer ikke")


def test_a_new_primary_carer_takes_the_place_of_the_former_one(dispatcher: Client, day: Day) -> None:
    citizen = day.citizens["Lund"]
    dispatcher.post(f"/care/citizens/{citizen.pk}/wishes/new/", {"carer": day.carers["Anna"].pk, "kind": "PRIMARY"})
    wishes = {wish.carer.person.given_name: wish.kind for wish in Wish.objects.filter(citizen=citizen)}
    assert wishes == {"Anna": "PRIMARY", "Bent": "PREFERRED"}


def test_a_night_shift_ends_the_next_morning_and_two_do_not_overlap(dispatcher: Client, day: Day) -> None:
    values = {
        "carer": day.carers["Anna"].pk,
        "date": "2026-03-05",
        "start": "22:00",
        "end": "07:00",
        "pause_minutes": 30,
        "pause_earliest": "01:00",
        "pause_latest": "03:00",
        "may_run_over": "on",
    }
    no_pause = {"pause_minutes": "", "pause_earliest": "", "pause_latest": ""}
    dispatcher.post("/care/shifts/new/", values)
    shift = Shift.objects.get(date=date(2026, 3, 5))
    assert (shift.start_at, shift.end_at) == (at("22:00", day=shift.date), at("07:00", day=date(2026, 3, 6)))
    assert shift.pause_earliest_at == at("01:00", day=date(2026, 3, 6))
    assert "start" in errors(
        dispatcher.post(
            "/care/shifts/new/", values | no_pause | {"date": "2026-03-06", "start": "06:00", "end": "14:00"}
        )
    )
    assert "pause_earliest" in errors(
        dispatcher.post(
            "/care/shifts/new/", values | {"date": "2026-03-09", "pause_earliest": "21:00", "pause_latest": "21:30"}
        )
    )


def test_a_copied_week_keeps_the_hours_of_the_clock_leaves_out_who_is_taken_and_can_be_undone(
    dispatcher: Client, day: Day
) -> None:
    """From the last week of winter time to the first of summer time."""
    winter = date(2026, 3, 24)
    for given in ("Anna", "Bent"):
        Shift.objects.filter(pk=day.shifts[given].pk).update(
            date=winter, start_at=at("07:00", day=winter), end_at=at("15:00", day=winter),
            pause_earliest_at=None, pause_latest_at=None, pause_minutes=None, state=ShiftState.ABSENT,
        )  # fmt: skip
    summer = date(2026, 3, 31)
    taken = Shift.objects.create(
        carer=day.carers["Bent"], date=summer, start_at=at("12:00", day=summer), end_at=at("16:00", day=summer)
    )
    dispatcher.post(f"/care/teams/{day.team.pk}/week/copy/", {"source": "2026-03-25", "target": "2026-04-02"})
    copied = Shift.objects.get(date=summer, carer=day.carers["Anna"])
    assert (copied.start_at, copied.state) == (at("07:00", day=summer), ShiftState.ON)
    assert list(Shift.objects.filter(date=summer, carer=day.carers["Bent"])) == [taken]
    dispatcher.post(f"/care/teams/{day.team.pk}/week/undo/")
    assert list(Shift.objects.filter(date=summer)) == [taken]


def test_a_shift_with_an_announced_route_is_not_deleted(dispatcher: Client, day: Day) -> None:
    shift = day.shifts["Anna"]
    plan = Plan.objects.create(
        team=day.team, date=DAY, origin="SEARCHED", state=PlanState.PUBLISHED, created_at=at("06:00")
    )
    stop = Stop.objects.create(plan=plan, visit=day.visits["morning"], shift=shift)
    dispatcher.post(f"/care/shifts/{shift.pk}/remove/")
    assert Shift.objects.filter(pk=shift.pk).exists()
    stop.delete()
    dispatcher.post(f"/care/shifts/{shift.pk}/remove/")
    assert not Shift.objects.filter(pk=shift.pk).exists()


def test_weights_hold_from_a_day_on_and_what_has_held_is_not_rewritten(
    day: Day, persons: Persons, browser_of: Any
) -> None:
    grant(persons.leader, access.CARE_LEADER)
    leader = browser_of(persons.leader)
    old = WeightSet.objects.get()
    form = leader.get("/care/weights/new/").context["form"]
    values = {name: form[name].value() for name in form.fields} | {"source": "Udvalget, punkt 4"}
    leader.post("/care/weights/new/", values | {"travel_minute": 12})
    new = WeightSet.objects.latest("valid_from")
    assert (new.valid_from, new.travel_minute, new.set_by_name) == (MONDAY, 12, "Lene Prøve")
    assert errors(leader.post(f"/care/weights/{old.pk}/", values | {"valid_from": "2026-03-10"}))
    assert "source" in errors(leader.post("/care/weights/new/", values | {"source": "", "valid_from": "2026-03-12"}))


def test_every_page_of_the_registers_can_be_opened_empty_and_full(
    day: Day, persons: Persons, browser_of: Any, dispatcher: Client
) -> None:
    pages = ["teams", "carers", "shifts", "citizens", "services", "weights"]
    assert [dispatcher.get(f"/care/{name}/").status_code for name in pages] == [200] * 6
    own = [
        f"/care/teams/{day.team.pk}/", f"/care/carers/{day.carers['Anna'].pk}/",
        f"/care/shifts/{day.shifts['Anna'].pk}/",
        f"/care/services/{day.visits['morning'].service_id}/", "/care/carers/new/", "/care/shifts/new/?day=2026-03-09",
        f"/care/citizens/{day.citizens['Lund'].pk}/wishes/new/", f"/care/citizens/{day.citizens['Lund'].pk}/links/new/",
    ]  # fmt: skip
    assert [dispatcher.get(address).status_code for address in own] == [200] * len(own)
    grant(persons.other_leader, access.DISPATCHER, persons.other_unit)
    stranger = browser_of(persons.other_leader)
    assert [stranger.get(f"/care/{name}/").status_code for name in pages] == [200] * 6
    assert {stranger.get(address).status_code for address in own[:3]} == {404}
