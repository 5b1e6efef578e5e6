# SPDX-License-Identifier: MPL-2.0
"""The pages, as the three standing persons and the fleet manager see them."""

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from persons import NOW

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.effects.models import Effect
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.people.models import Account
from kommune3.solutions.fleet.models import Base, Rate, RateSet, Run, RunGoal, Trip, TripImport, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import asked, computed, started

BrowserOf = Callable[[Account | None], Client]
GOOD = csv_of(
    "1,AB12345,2026-03-02 07:00,2026-03-02 09:00,30",
    "2,AB12346,2026-03-02 08:00,2026-03-02 10:00,40",
    "3,CD12345,2026-03-02 08:00,2026-03-02 10:00,40",
)
LISTS = (
    "fleet:overview", "fleet:imports", "fleet:trips", "fleet:vehicles", "fleet:bases", "fleet:models", "fleet:rates",
    "fleet:runs",
)  # fmt: skip
MOST_QUERIES = 12


@pytest.fixture
def imported(fleet: SmallFleet, read: Read) -> TripImport:
    return imports.commit_import(actor=fleet.manager, now=NOW, import_id=read(GOOD).pk)


@pytest.fixture
def manager(fleet: SmallFleet, browser_of: BrowserOf) -> Client:
    return browser_of(fleet.persons.fleet_manager)


def work_off() -> None:
    """Do every job that waits, as a worker does."""
    worker = Worker()
    while worker.step():
        pass


@pytest.mark.parametrize("name", LISTS)
def test_every_list_answers_with_few_queries_also_when_empty(manager: Client, name: str) -> None:
    manager.get(reverse(name))  # the first page of the day also notes that the right is used
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert manager.get(reverse(name)).status_code == 200
    assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_answers_with_as_few_queries_when_there_are_rows(
    fleet: SmallFleet, imported: TripImport, manager: Client, name: str
) -> None:
    computed(started(fleet))
    manager.get(reverse(name))  # the first page of the day also notes that the right is used
    with CaptureQueriesContext(connection) as queries:
        assert manager.get(reverse(name)).status_code == 200
    assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]


def test_a_leader_sees_the_trips_of_the_own_unit_only(
    fleet: SmallFleet, imported: TripImport, browser_of: BrowserOf
) -> None:
    shown = browser_of(fleet.persons.leader).get(reverse("fleet:trips")).content.decode()
    assert "AB12345" in shown
    assert "CD12345" not in shown


def test_a_citizen_sees_nothing_of_the_fleet(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    for name in LISTS:
        assert browser_of(fleet.persons.citizen).get(reverse(name)).status_code == 403


def test_what_belongs_to_another_unit_does_not_exist(
    fleet: SmallFleet, imported: TripImport, browser_of: BrowserOf
) -> None:
    run = computed(started(fleet))
    other = browser_of(fleet.persons.other_leader)
    for address in (
        reverse("fleet:run", args=[run.pk]),
        reverse("fleet:run_trips", args=[run.pk]),
        reverse("fleet:run_export", args=[run.pk, "xlsx"]),
        reverse("fleet:import", args=[imported.pk]),
    ):
        assert other.get(address).status_code == 404, address


def test_trips_are_filtered_by_base_vehicle_and_period(
    fleet: SmallFleet, imported: TripImport, manager: Client
) -> None:
    car = Vehicle.objects.get(registration="AB12345")
    for query, expected in (
        (f"base={fleet.other.pk}", ["CD12345"]),
        (f"vehicle={car.pk}", ["AB12345"]),
        ("start_at_after=2026-03-03", []),
    ):
        lines = b"".join(manager.get(f"{reverse('fleet:trips')}?{query}&export=csv").streaming_content)  # type: ignore[attr-defined]
        assert [plate for plate in ("AB12345", "AB12346", "CD12345") if plate in lines.decode()] == expected
    assert Entry.objects.filter(action="fleet.trips.exported").count() == 3


# --- Import by page -----------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_read_looked_at_and_imported(fleet: SmallFleet, manager: Client) -> None:
    content = GOOD + "4,AB12345,2026-03-02 12:00,2026-03-02 11:00,5\n"
    answer = manager.post(reverse("fleet:import_new"), {"file": SimpleUploadedFile("ture.csv", content.encode())})
    found = TripImport.objects.get()
    assert answer["Location"] == reverse("fleet:import", args=[found.pk])
    assert "Læser filen" in manager.get(answer["Location"]).content.decode()
    work_off()
    page = manager.get(answer["Location"]).content.decode()
    assert "Turen slutter, før den begynder" in page
    assert Trip.objects.count() == 0
    manager.post(reverse("fleet:import_commit", args=[found.pk]))
    assert Trip.objects.count() == 0
    manager.post(reverse("fleet:import_commit", args=[found.pk]), {"keep_good": "on"})
    assert Trip.objects.count() == 3
    manager.post(reverse("fleet:import_undo", args=[found.pk]))
    assert Trip.objects.count() == 0


def test_the_problems_are_exported_with_what_to_do(fleet: SmallFleet, read: Read, manager: Client) -> None:
    staged = read(csv_of("1,AB12345,2026-03-02 12:00,2026-03-02 11:00,5"))
    address = reverse("fleet:import_problems", args=[staged.pk])
    lines = b"".join(manager.get(f"{address}?export=csv").streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].startswith("2;end;2026-03-02 11:00;Turen slutter")


def test_a_refused_file_says_what_to_do(fleet: SmallFleet, read: Read, manager: Client) -> None:
    staged = read(b"\x89PNG\r\n\x1a\n" + bytes(50))
    page = manager.get(reverse("fleet:import", args=[staged.pk])).content.decode()
    assert "et billede" in page
    assert "Intet er importeret" in page


# --- Optimise by page ---------------------------------------------------------------------------------------------


def test_an_optimisation_is_asked_for_computed_and_accepted(
    fleet: SmallFleet, imported: TripImport, manager: Client
) -> None:
    answer = manager.post(
        reverse("fleet:run_new"),
        {
            "title": "", "bases": [fleet.own.pk], "period_start": "2026-03-02", "period_last": "2026-03-08",
            "goal": "VEHICLES", "fleet_mode": "FREE", "rate_set": RateSet.objects.get(is_fixed=True).pk,
            "max_unserved": "0", "changeover_minutes": "5", "bike_max_trip_km": "15", "bike_from": "07:00",
            "bike_to": "15:30", "bike_share": "100",
        },
    )  # fmt: skip
    run = Run.objects.get()
    assert answer["Location"] == reverse("fleet:run", args=[run.pk])
    assert "Du kan godt forlade siden" in manager.get(answer["Location"]).content.decode()
    work_off()
    page = manager.get(answer["Location"]).content.decode()
    assert "2 biler er nok." in page
    assert "mandag d. 2. marts 2026 kl. 08.00–09.05 er 2 ture i gang samtidig" in page
    assert Effect.objects.count() == 0
    manager.post(reverse("fleet:run_accept", args=[run.pk]))
    assert Effect.objects.count() == 4
    assert "effektregnskabet" in manager.get(answer["Location"]).content.decode()


def test_a_run_that_cannot_be_computed_says_why(fleet: SmallFleet, imported: TripImport, manager: Client) -> None:
    from kommune3.solutions.fleet import tasks

    run = tasks.start_run(
        actor=fleet.manager, now=NOW, asked=asked(fleet, period_start=date(2025, 1, 1), period_end=date(2025, 2, 1))
    )
    work_off()
    page = manager.get(reverse("fleet:run", args=[run.pk])).content.decode()
    assert "Der er ingen ture på de valgte hjemsteder" in page


def test_a_run_is_stopped_before_it_begins(fleet: SmallFleet, imported: TripImport, manager: Client) -> None:
    from kommune3.solutions.fleet import tasks

    run = tasks.start_run(actor=fleet.manager, now=NOW, asked=asked(fleet))
    manager.post(reverse("fleet:run_cancel", args=[run.pk]))
    work_off()
    run.refresh_from_db()
    assert (run.state, Job.objects.get(pk=run.job_id).state) == ("STARTED", "CANCELLED")
    assert "Annulleret" in manager.get(reverse("fleet:runs")).content.decode()


def test_a_result_is_exported_as_a_workbook_with_all_its_parts(
    fleet: SmallFleet, imported: TripImport, manager: Client
) -> None:
    run = computed(started(fleet, goal=RunGoal.CASH, with_front=True))
    answer = manager.get(reverse("fleet:run_export", args=[run.pk, "xlsx"]))
    book = load_workbook(BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    sheets = {"Overblik", "Flåde", "Fordeling", "Alternativer", "Ikke-tildelte ture", "Brugte satser"}
    assert sheets < set(book.sheetnames)
    assert len(book.sheetnames) == 12
    assert book["Fordeling"].max_row == 3
    lines = b"".join(manager.get(reverse("fleet:run_export", args=[run.pk, "csv"])).streaming_content)  # type: ignore[attr-defined]
    assert lines.decode("utf-8-sig").count("\r\n") == 3


def test_a_driving_book_lists_the_trips_of_its_vehicle(
    fleet: SmallFleet, imported: TripImport, manager: Client
) -> None:
    run = computed(started(fleet))
    vehicle = run.plans.get(kind="PROPOSED").plan_vehicles.filter(trips=1).first()
    assert vehicle is not None
    page = manager.get(reverse("fleet:run_vehicle", args=[run.pk, vehicle.pk])).content.decode()
    assert page.count("<tr>") - 1 == 1


# --- Vehicles, bases, models and rates ----------------------------------------------------------------------------


def test_bases_models_vehicles_and_rates_are_created_and_edited(fleet: SmallFleet, manager: Client) -> None:
    manager.post(
        reverse("fleet:base_new"),
        {"name": "Ørsted", "unit": fleet.persons.own_team.pk, "street": "Skolegade 1", "postcode": "8950",
         "town": "Ørsted", "latitude": "56.499", "longitude": "10.333"},
    )  # fmt: skip
    base = Base.objects.get(name="Ørsted")
    assert base.address is not None and base.address.latitude == 56.499
    manager.post(
        reverse("fleet:model_new"),
        {"name": "Elcykel", "kind": "E_BIKE", "energy": "NONE", "rest_hours": "0", "capabilities": "kurv, lås"},
    )
    model = VehicleModel.objects.get(name="Elcykel")
    assert model.capabilities == ["kurv", "lås"]
    manager.post(
        reverse("fleet:vehicle_new"),
        {"registration": "EC1", "model": model.pk, "base": base.pk, "valid_from": "2026-01-01"},
    )
    assert Vehicle.objects.get(registration="EC1").base == base
    rate = Rate.objects.get(rate_set__is_default=True, kind="PRICE_PETROL")
    manager.post(reverse("fleet:rate", args=[rate.pk]), {"kind": "PRICE_PETROL", "value": "14.25", "source": "Faktura"})
    rate.refresh_from_db()
    assert str(rate.value) == "14.25000"


def test_a_rate_without_a_source_and_a_fixed_rate_are_not_saved(fleet: SmallFleet, manager: Client) -> None:
    rate = Rate.objects.get(rate_set__is_default=True, kind="PRICE_PETROL")
    manager.post(reverse("fleet:rate", args=[rate.pk]), {"kind": "PRICE_PETROL", "value": "14,25", "source": ""})
    fixed = Rate.objects.get(rate_set__is_fixed=True, kind="PRICE_PETROL")
    manager.post(reverse("fleet:rate", args=[fixed.pk]), {"kind": "PRICE_PETROL", "value": "1", "source": "x"})
    rate.refresh_from_db()
    fixed.refresh_from_db()
    assert (rate.value, str(fixed.value)) == (None, "12.33000")


def test_missing_rates_are_shown_as_missing(fleet: SmallFleet, manager: Client) -> None:
    assert "Mangler" in manager.get(reverse("fleet:rates")).content.decode()


def test_a_leader_edits_neither_vehicles_nor_rates(fleet: SmallFleet, browser_of: BrowserOf) -> None:
    leader = browser_of(fleet.persons.leader)
    for name in ("fleet:vehicle_new", "fleet:base_new", "fleet:model_new", "fleet:import_new"):
        assert leader.get(reverse(name)).status_code == 403
