# SPDX-License-Identifier: MPL-2.0
"""The dashboards' figures, counted by hand: pages, files, API, suppression, and who may see what."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from persons import NOW

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import Limit, Rate, RateSet, Trip, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import daily
from kommune3.solutions.fleet.queries.dashboards import Per, Selection, activity, answer_of
from kommune3.solutions.fleet.queries.dashboards.answers import Answer, State
from kommune3.solutions.fleet.queries.dashboards.selection import reach_of
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

BrowserOf = Callable[[Account | None], Client]
MONDAY = date(2026, 2, 2)
PERIOD = {"first_day": MONDAY.isoformat(), "last_day": (MONDAY + timedelta(days=6)).isoformat()}
NAMES = ("co2e", "electric", "km", "activity", "lengths", "idle")


def drive(vehicle: Vehicle, day: date, hour: float = 8, hours: float = 1, km: float = 10) -> Trip:
    start = clock.day_bounds(day)[0] + timedelta(hours=hour)
    return Trip.objects.create(
        base=vehicle.base, vehicle=vehicle, start_at=start, end_at=start + timedelta(hours=hours), km=km
    )


def counted() -> None:
    daily.mark_everything()
    daily.recount_all()


def more_cars(fleet: SmallFleet, base: Any, model: VehicleModel, count: int) -> list[Vehicle]:
    return [
        Vehicle.objects.create(
            base=base, model=model, registration=f"{base.name[:2].upper()}{model.pk}{n:03}", valid_from=date(2020, 1, 1)
        )
        for n in range(count)
    ]


@pytest.fixture
def week(fleet: SmallFleet) -> SmallFleet:
    """A week in which six electric and six petrol cars of the own base drive 10 km a day, and one of the other base."""
    electric, petrol = (more_cars(fleet, fleet.own, model, 6) for model in (fleet.electric, fleet.petrol))
    lone = Vehicle.objects.get(registration="CD12345")
    for offset in range(7):
        day = MONDAY + timedelta(days=offset)
        for car in (*electric, *petrol) if offset < 5 else electric[:2]:
            drive(car, day)
        drive(lone, day, km=3)
    rates = RateSet.objects.get(is_default=True)
    for kind, value in (("CO2E_ELECTRICITY", "0.1"), ("CO2E_PETROL", "2.5")):
        Rate.objects.filter(rate_set=rates, kind=kind).update(value=value, source="prøve")
    counted()
    return fleet


def asked(actor: Actor, **more: Any) -> Selection:
    values = {"first_day": MONDAY, "end_day": MONDAY + timedelta(days=7), "per": Per.DAY, **more}
    return Selection(reach=reach_of(actor), **values)


def figures(answer: Answer, column: int = 0) -> list[float | str | None]:
    return [
        cell.value if cell.state is State.SHOWN else cell.state.value for cell in (r.cells[column] for r in answer.rows)
    ]


# --- Figures by hand -------------------------------------------------------------------------------------------------


def test_km_are_added_up_by_day_week_and_month(week: SmallFleet) -> None:
    by_day = answer_of("km", asked(week.manager), fewest=1)
    assert figures(by_day) == [123.0] * 5 + [23.0] * 2
    assert by_day.totals[0].value == 661
    assert figures(answer_of("km", asked(week.manager, per=Per.WEEK), fewest=1)) == [661]
    assert figures(answer_of("km", asked(week.manager, per=Per.MONTH), fewest=1)) == [661]


def test_km_are_split_by_base_unit_and_type(week: SmallFleet) -> None:
    by_base = answer_of("km", asked(week.manager, per=Per.BASE), fewest=1)
    assert dict(zip([str(row.label) for row in by_base.rows], figures(by_base), strict=True)) == {
        "Auning": 21.0, "Grenaa": 640.0,
    }  # fmt: skip
    by_kind = answer_of("km", asked(week.manager, per=Per.KIND, kind=""), fewest=1)
    assert [value for value in figures(by_kind) if value] == [361.0, 300.0]
    assert sum(value for value in figures(answer_of("km", asked(week.manager, per=Per.UNIT), fewest=1)) if value) == 661  # type: ignore[misc]


def test_filters_narrow_the_figures(week: SmallFleet) -> None:
    one_base = asked(week.manager, base_id=week.other.pk)
    assert answer_of("km", one_base, fewest=1).totals[0].value == 21
    assert answer_of("km", asked(week.manager, kind="FOSSIL"), fewest=1).totals[0].value == 300
    assert answer_of("km", asked(week.manager, weekday=5), fewest=1).totals[0].value == 23
    assert answer_of("km", asked(week.manager, unit_id=str(week.persons.own_unit.pk)), fewest=1).totals[0].value == 640


def test_the_period_before_is_the_same_length_just_before(week: SmallFleet) -> None:
    car = Vehicle.objects.get(registration="AB12346")
    drive(car, MONDAY - timedelta(days=7), km=50)
    drive(car, MONDAY - timedelta(days=8), km=900)
    counted()
    for per in (Per.DAY, Per.BASE):
        assert answer_of("km", asked(week.manager, per=per), fewest=1).before[0].value == 50


def test_co2e_is_km_by_consumption_by_the_factor_of_the_day(week: SmallFleet) -> None:
    rates = RateSet.objects.get(is_default=True)
    changed = MONDAY + timedelta(days=3)
    Rate.objects.filter(rate_set=rates, kind="CO2E_PETROL").update(valid_to=changed)
    Rate.objects.create(rate_set=rates, kind="CO2E_PETROL", value="5", valid_from=changed, source="ny")
    electric_a_day, petrol_a_day = 63 * 0.16 * 0.1, 60 * 0.05
    expected = [electric_a_day + petrol_a_day * (2.5 if offset < 3 else 5) for offset in range(5)]
    by_day = answer_of("co2e", asked(week.manager), fewest=1)
    assert figures(by_day)[:5] == pytest.approx(expected)
    total = sum(expected) + 2 * 23 * 0.016
    assert by_day.totals[0].value == pytest.approx(total)
    by_base = answer_of("co2e", asked(week.manager, per=Per.BASE), fewest=1)
    assert by_base.totals[0].value == pytest.approx(total)
    assert [each.value for each in by_day.parameters] == ["0,1", "2,5", "5", "0,05", "0,16"] or len(
        by_day.parameters
    ) == 5
    assert {each.source for each in by_day.parameters} == {"prøve", "ny"}


def test_what_nobody_has_told_leaves_the_figure_empty_and_says_what_is_missing(week: SmallFleet) -> None:
    week.petrol.energy_per_km = None
    week.petrol.save()
    found = answer_of("co2e", asked(week.manager), fewest=1)
    assert figures(found)[:5] == ["UNKNOWN"] * 5
    assert figures(found)[5] == pytest.approx(23 * 0.016)
    assert [(str(each.what), each.km.value) for each in found.missing] == [("Forbrug for Benzinbil", 300.0)]
    known = answer_of("co2e", asked(week.manager, known_only=True), fewest=1)
    assert figures(known)[0] == pytest.approx(63 * 0.016)


def test_the_electric_share_counts_cars_only(week: SmallFleet) -> None:
    bike = VehicleModel.objects.create(name="Cykel", kind="BIKE", energy="NONE")
    for car in more_cars(week, week.own, bike, 5):
        drive(car, MONDAY, km=500)
    counted()
    found = answer_of("electric", asked(week.manager), fewest=1)
    assert figures(found)[0] == pytest.approx(100 * 63 / 123)
    assert figures(found, 1)[0] == pytest.approx(100 * 7 / 13)
    assert figures(found, 2)[0] == pytest.approx(100 * 8 / 16)


def test_trip_lengths_are_counted_in_bands(week: SmallFleet) -> None:
    found = answer_of("lengths", asked(week.manager), fewest=1)
    assert figures(found) == [0.0, 7.0, 0.0, 64.0, 0.0, 0.0, 0.0, 0.0]


def test_idle_vehicles_are_those_that_stand_less_those_out_at_once(week: SmallFleet) -> None:
    found = answer_of("idle", asked(week.manager, base_id=week.own.pk), fewest=1)
    assert figures(found) == [2.0] * 5 + [12.0] * 2  # 14 stand there, 12 are out
    by_base = answer_of("idle", asked(week.manager, per=Per.BASE), fewest=1)
    assert figures(by_base) == [1.0, 2.0]
    assert by_base.totals[0].value == 3


def test_a_vehicle_that_moved_stood_where_it_stood(week: SmallFleet) -> None:
    from kommune3.solutions.fleet.models.register import Stay

    moved = Vehicle.objects.get(registration="CD12346")
    Stay.objects.create(vehicle=moved, base=week.own, valid_from=date(2020, 1, 1), valid_to=MONDAY + timedelta(days=1))
    found = answer_of("idle", asked(week.manager, base_id=week.own.pk), fewest=1)
    assert figures(found, 2)[:2] == [15.0, 14.0]


def test_the_week_hour_by_hour_is_the_average_of_vehicles_out(week: SmallFleet) -> None:
    drive(Vehicle.objects.get(registration="AB12345"), MONDAY, hour=9, hours=0.5)
    counted()
    found = activity(asked(week.manager), 1)
    assert [found.cells[8][weekday].value for weekday in range(7)] == [13.0] * 5 + [3.0] * 2
    assert found.cells[9][0].value == 0.5
    two_weeks = activity(asked(week.manager, first_day=MONDAY - timedelta(days=7)), 1)
    assert two_weeks.cells[8][0].value == 6.5


def test_the_missing_hour_of_spring_and_the_double_one_of_autumn_have_their_own_length(fleet: SmallFleet) -> None:
    car = Vehicle.objects.get(registration="AB12345")
    autumn = date(2025, 10, 26)
    start, end = clock.day_bounds(autumn)
    Trip.objects.create(base=fleet.own, vehicle=car, start_at=start, end_at=end, km=1)
    counted()
    found = activity(asked(fleet.manager, first_day=autumn, end_day=autumn + timedelta(days=1)), 1)
    assert [found.cells[hour][6].value for hour in (1, 2, 3)] == [1.0, 1.0, 1.0]


# --- Small numbers ---------------------------------------------------------------------------------------------------


def test_a_base_with_one_car_is_hidden_and_the_total_does_not_tell_it(week: SmallFleet) -> None:
    by_base = answer_of("km", asked(week.manager, per=Per.BASE), fewest=5)
    assert figures(by_base) == ["FEW", "FEW"]
    assert by_base.totals[0].value == 661
    one = answer_of("km", asked(week.manager, base_id=week.other.pk), fewest=5)
    assert set(figures(one)) == {"FEW"}
    assert one.totals[0].state is State.FEW


def test_everything_but_one_car_is_hidden_since_the_whole_minus_it_would_tell(week: SmallFleet) -> None:
    rest = answer_of("km", asked(week.manager, base_id=week.own.pk), fewest=5)
    assert figures(rest)[0] == "FEW"
    # The leader of the own unit cannot see the other base, so the own one's figures tell nothing of it.
    assert answer_of("km", asked(week.leader, base_id=week.own.pk), fewest=5).totals[0].value == 640


def test_a_weekend_of_two_cars_is_hidden_with_one_more_day(week: SmallFleet) -> None:
    found = answer_of("km", asked(week.leader), fewest=5)
    assert figures(found).count("FEW") == 3
    assert figures(found)[5:] == ["FEW", "FEW"]
    assert found.totals[0].value == 640


def test_a_share_is_hidden_where_the_electric_cars_are_few(week: SmallFleet) -> None:
    assert answer_of("electric", asked(week.leader), fewest=5).rows[0].cells[0].state is State.SHOWN
    found = answer_of("electric", asked(week.leader), fewest=7)
    assert found.rows[0].cells[0].state is State.FEW


def test_an_hour_with_few_vehicles_is_hidden_in_the_heat_map(week: SmallFleet) -> None:
    found = activity(asked(week.leader), 5)
    assert found.cells[8][0].value == 12.0
    assert found.cells[8][5].state is State.FEW
    assert found.cells[3][5].value == 0


def test_the_limit_in_force_decides_and_is_explained_on_the_page(week: SmallFleet, browser_of: BrowserOf) -> None:
    address, by_base = reverse("fleet:dashboard", args=["km"]), {**PERIOD, "per": "BASE"}
    browser = browser_of(week.persons.fleet_manager)
    page = browser.get(address, by_base).content.decode()
    assert "færre end 5" in page
    assert "kan pege på én person" in page
    Limit.objects.create(kind="SMALL_NUMBER", value=None, valid_from=date(2026, 3, 1), reason="besluttet")
    page = browser.get(address, by_base).content.decode()
    assert "færre end" not in page
    assert "640" in page


# --- Pages, files and API --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_dashboard_answers_with_and_without_trips(fleet: SmallFleet, browser_of: BrowserOf, name: str) -> None:
    address = reverse("fleet:dashboard", args=[name])
    browser = browser_of(fleet.persons.fleet_manager)
    empty = browser.get(address).content.decode()
    # Where the register alone can tell something, it does.
    assert ("Der er ikke noget at vise" in empty) == (name not in ("electric", "idle"))
    for car in (*more_cars(fleet, fleet.own, fleet.electric, 6), *more_cars(fleet, fleet.own, fleet.petrol, 6)):
        drive(car, MONDAY)
    counted()
    page = browser.get(address, {**PERIOD}).content.decode()
    assert "Vis tallene" in page
    assert f"{reverse('fleet:trips')}?" in page


def test_a_figure_leads_to_its_trips(week: SmallFleet, browser_of: BrowserOf) -> None:
    browser = browser_of(week.persons.fleet_manager)
    for extra, expected in (({"weekday": "0"}, 13), ({"kind": "FOSSIL"}, 30), ({"base": str(week.other.pk)}, 7)):
        found = answer_of(
            "km",
            asked(week.manager, per=Per.WEEK, weekday=0 if "weekday" in extra else None, kind=extra.get("kind", ""),
                  base_id=int(extra["base"]) if "base" in extra else None),
            fewest=1,
        )  # fmt: skip
        lines = browser.get(reverse("fleet:trips"), {**found.rows[0].query, "export": "csv"})
        assert b"".join(lines.streaming_content).count(b"\r\n") - 1 == expected == found.rows[0].cells[1].value  # type: ignore[attr-defined]
    band = answer_of("lengths", asked(week.manager), fewest=1).rows[1]
    lines = browser.get(reverse("fleet:trips"), {**band.query, "export": "csv"})
    assert b"".join(lines.streaming_content).count(b"\r\n") - 1 == 7  # type: ignore[attr-defined]


def test_figures_are_exported_as_they_are_shown(week: SmallFleet, browser_of: BrowserOf) -> None:
    browser = browser_of(week.persons.leader)
    address = reverse("fleet:dashboard", args=["km"])
    lines = browser.get(address, {**PERIOD, "per": "DAY", "export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Dag;Første dag;Sidste dag;Km, km;Ture"
    assert "04.02.2026;04-02-2026;04-02-2026;120;12" in lines
    assert lines[6].endswith("færre end 5;færre end 5")
    answer = browser.get(reverse("fleet:dashboard", args=["co2e"]), {**PERIOD, "export": "xlsx"})
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book.sheetnames == ["CO2e", "Grundlag"]
    assert any(row[2].value == "prøve" for row in book["Grundlag"].iter_rows() if len(row) > 2)
    assert Entry.objects.filter(action="fleet.dashboard.exported").count() == 2


def test_the_api_gives_the_same_figures_with_the_same_left_out(week: SmallFleet, browser_of: BrowserOf) -> None:
    leader = browser_of(week.persons.leader)
    told = leader.get(reverse("api-fleet:dashboard", args=["km"]), {**PERIOD, "per": "DAY"}).json()
    assert [row["figures"][0]["state"] for row in told["rows"]].count("FEW") == 3
    assert told["total"][0]["value"] == 640
    assert [each["name"] for each in leader.get(reverse("api-fleet:dashboards")).json()] == list(NAMES[:3]) + [
        "activity", "lengths", "idle",
    ]  # fmt: skip
    assert leader.get(reverse("api-fleet:dashboard", args=["nothing"])).status_code == 404
    backwards = leader.get(
        reverse("api-fleet:dashboard", args=["km"]), {"first_day": "2026-02-02", "last_day": "2026-01-01"}
    )
    assert (backwards.status_code, backwards.json()["code"]) == (409, "InvalidPeriod")


def test_daily_figures_come_in_pages_with_small_numbers_left_out(week: SmallFleet, browser_of: BrowserOf) -> None:
    manager = browser_of(week.persons.fleet_manager)
    address = reverse("api-fleet:daily")
    told = manager.get(address, {"first_day": "2026-01-10", "last_day": "2026-02-08"}).json()
    assert told["next_first_day"] is None
    first = manager.get(address, {"first_day": "2026-01-01", "last_day": "2026-02-08"}).json()
    assert (first["items"], first["next_first_day"]) == ([], "2026-02-01")
    rest = manager.get(address, {"first_day": first["next_first_day"], "last_day": "2026-02-08"}).json()
    assert rest["items"] == told["items"]
    monday = [row for row in told["items"] if row["day"] == "2026-02-02"]
    assert [(row["base"], row["kind"], row["km"]) for row in monday if row["base"] == "Auning"] == [
        ("Auning", "EV", None)
    ]
    assert sum(row["is_hidden"] for row in monday) == 2
    lines = manager.get(reverse("api-fleet:daily_file"), PERIOD)
    assert "udeladt" in b"".join(lines.streaming_content).decode().casefold()  # type: ignore[attr-defined]


def test_trips_are_taken_out_as_files_and_that_is_on_record(week: SmallFleet, browser_of: BrowserOf) -> None:
    leader = browser_of(week.persons.leader)
    lines = leader.get(reverse("api-fleet:trips_file"), PERIOD)
    assert b"".join(lines.streaming_content).count(b"\r\n") == 65  # type: ignore[attr-defined]
    workbook = leader.get(reverse("api-fleet:trips_file"), {**PERIOD, "form": "xlsx"})
    book = load_workbook(BytesIO(b"".join(workbook.streaming_content)))  # type: ignore[attr-defined]
    assert book.worksheets[0].max_row == 65
    assert Entry.objects.filter(action="fleet.trips.exported").count() == 2
    page = leader.get(reverse("fleet:data"), PERIOD).content.decode()
    assert "form=xlsx" in page and reverse("api-fleet:daily") in page


def test_a_leader_sees_figures_of_the_own_unit_only(week: SmallFleet, browser_of: BrowserOf) -> None:
    other = browser_of(week.persons.other_leader)
    told = other.get(reverse("api-fleet:dashboard", args=["km"]), PERIOD).json()
    assert told["total"][0]["state"] == "FEW"
    page = other.get(reverse("fleet:dashboard", args=["km"]), PERIOD).content.decode()
    assert "Grenaa" not in page
    elsewhere = other.get(reverse("api-fleet:dashboard", args=["km"]), {**PERIOD, "base": str(week.own.pk)})
    assert elsewhere.status_code == 409
    assert browser_of(week.persons.citizen).get(reverse("fleet:dashboard", args=["km"])).status_code == 403


def test_figures_that_are_being_counted_say_so(week: SmallFleet, browser_of: BrowserOf) -> None:
    daily.trips_changed(Trip.objects.all(), now=NOW)
    page = browser_of(week.persons.fleet_manager).get(reverse("fleet:dashboard", args=["km"])).content.decode()
    assert "deres dage tælles nu op" in page
