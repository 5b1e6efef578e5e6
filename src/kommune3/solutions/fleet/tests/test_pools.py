# SPDX-License-Identifier: MPL-2.0
"""Pools: made, changed and dissolved on pages and in the API; ways estimated or entered, with their source."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook
from persons import NOW

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet.errors import InvalidRow, InvalidRun
from kommune3.solutions.fleet.models import Base, Plan, PlanKind, Pool, PoolWay, Run, RunGoal, RunStatus, Trip
from kommune3.solutions.fleet.operations import imports, pools
from kommune3.solutions.fleet.planning import problem
from kommune3.solutions.fleet.tests.small_fleet import Read, SmallFleet, csv_of
from kommune3.solutions.fleet.tests.test_optimising import computed, started

PLACES = {"Grenaa": (56.4158, 10.8783), "Auning": (56.4297, 10.3776)}


@pytest.fixture
def placed(fleet: SmallFleet) -> SmallFleet:
    """Both bases on the map."""
    for base in (fleet.own, fleet.other):
        latitude, longitude = PLACES[base.name]
        base.address = Address.objects.create(
            street="Torvet 1", postcode="8500", town=base.name, latitude=latitude, longitude=longitude
        )
        base.save()
    return fleet


def make(fleet: SmallFleet, **more: object) -> Pool:
    return pools.save_pool(
        actor=fleet.manager, now=NOW, pool=Pool(), name="Norddjurs", bases=[fleet.own, fleet.other], **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_the_way_between_two_bases_is_estimated_and_says_who_estimated_it(placed: SmallFleet) -> None:
    (way,) = make(placed).ways.all()
    assert way.kind == "ESTIMATE"
    assert way.source
    assert 25 < way.km < 60
    assert 20 < way.minutes < 90


def test_without_a_place_on_the_map_there_is_no_way_and_the_page_says_what_to_do(
    fleet: SmallFleet, client: Client
) -> None:
    pool = make(fleet)
    assert not pool.ways.exists()
    client.force_login(fleet.persons.fleet_manager)
    page = client.get(f"/fleet/pools/{pool.pk}/").content.decode()
    assert "ikke på kortet" in page


def test_a_way_that_is_entered_is_kept_with_who_entered_it(placed: SmallFleet, client: Client) -> None:
    pool = make(placed)
    client.force_login(placed.persons.fleet_manager)
    here, there = pool.members.order_by("base__name").values_list("base_id", flat=True)
    low, high = sorted((placed.own.pk, placed.other.pk))
    answer = client.post(
        f"/fleet/pools/{pool.pk}/",
        {
            "name": "Norddjurs øst", "bases": [here, there],
            f"ways-minutes_{low}_{high}": "41.5", f"ways-km_{low}_{high}": "33",
        },
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[:2000]
    pool.refresh_from_db()
    assert pool.name == "Norddjurs øst"
    way = PoolWay.objects.get(pool=pool)
    assert (way.minutes, way.km, way.kind) == (Decimal("41.5"), Decimal(33), "ENTERED")
    assert placed.manager.name in way.source
    assert Entry.objects.filter(action="fleet.pool.saved").count() == 2
    again = pools.estimate_ways(actor=placed.manager, now=NOW, pool_id=pool.pk)
    assert again == []
    assert PoolWay.objects.get(pool=pool).kind == "ESTIMATE"


def test_minutes_without_km_are_refused(placed: SmallFleet, client: Client) -> None:
    pool = make(placed)
    client.force_login(placed.persons.fleet_manager)
    low, high = sorted((placed.own.pk, placed.other.pk))
    page = client.post(
        f"/fleet/pools/{pool.pk}/",
        {
            "name": "Norddjurs", "bases": [placed.own.pk, placed.other.pk],
            f"ways-minutes_{low}_{high}": "41", f"ways-km_{low}_{high}": "",
        },
    )  # fmt: skip
    assert page.status_code == 200
    assert "både minutter og km" in page.content.decode()
    assert PoolWay.objects.get(pool=pool).kind == "ESTIMATE"


def test_bases_whose_way_is_emptied_share_nothing(placed: SmallFleet) -> None:
    pool = make(placed)
    low, high = sorted((placed.own.pk, placed.other.pk))
    pools.save_pool(
        actor=placed.manager, now=NOW, pool=pool, name=pool.name, bases=[placed.own, placed.other],
        ways={(low, high): None},
    )  # fmt: skip
    assert not pool.ways.exists()


def test_a_base_is_in_one_pool_and_a_pool_has_two_bases(fleet: SmallFleet) -> None:
    make(fleet)
    third = Base.objects.create(unit=fleet.own.unit, name="Ørum")
    with pytest.raises(InvalidRow) as taken:
        pools.save_pool(actor=fleet.manager, now=NOW, pool=Pool(), name="Ny", bases=[fleet.own, third])
    assert "Grenaa" in taken.value.faults["bases"]
    with pytest.raises(InvalidRow) as alone:
        pools.save_pool(actor=fleet.manager, now=NOW, pool=Pool(), name="Ny", bases=[third])
    assert set(alone.value.faults) == {"bases"}
    with pytest.raises(InvalidRow) as twice:
        pools.save_pool(actor=fleet.manager, now=NOW, pool=Pool(), name="Norddjurs", bases=[third])
    assert set(twice.value.faults) == {"bases", "name"}


def test_a_base_that_leaves_takes_its_ways_along(placed: SmallFleet) -> None:
    pool = make(placed)
    third = Base.objects.create(unit=placed.own.unit, name="Ørum")
    pools.save_pool(actor=placed.manager, now=NOW, pool=pool, name="Norddjurs", bases=[placed.own, third])
    assert not pool.ways.exists()
    assert sorted(member.base.name for member in pool.members.all()) == ["Grenaa", "Ørum"]


def test_the_list_shows_bases_and_vehicles_and_leads_to_a_new_pool(fleet: SmallFleet, client: Client) -> None:
    client.force_login(fleet.persons.fleet_manager)
    assert "Ingen hjemsteder deler køretøjer" in client.get("/fleet/pools/").content.decode()
    answer = client.post("/fleet/pools/new/", {"name": "Norddjurs", "bases": [fleet.own.pk, fleet.other.pk]})
    pool = Pool.objects.get()
    assert answer.headers["Location"] == f"/fleet/pools/{pool.pk}/"
    page = client.get("/fleet/pools/").content.decode()
    assert "Auning, Grenaa" in page
    client.post(f"/fleet/pools/{pool.pk}/dissolve/")
    assert not Pool.objects.exists()


def test_the_api_makes_changes_and_dissolves_pools(fleet: SmallFleet, client: Client) -> None:
    client.force_login(fleet.persons.fleet_manager)
    asked = {"name": "Norddjurs", "bases": [fleet.own.pk, fleet.other.pk]}
    made = client.post("/api/v1/fleet/pools", asked, content_type="application/json")
    assert made.status_code == 201, made.content
    pool = made.json()
    assert pool["bases"] == sorted(asked["bases"])  # type: ignore[type-var]
    way = {"from_base": fleet.other.pk, "to_base": fleet.own.pk, "minutes": "12.5", "km": 9}
    changed = client.put(
        f"/api/v1/fleet/pools/{pool['id']}", asked | {"ways": [way]}, content_type="application/json"
    ).json()
    assert [each["kind"] for each in changed["ways"]] == ["ENTERED"]
    assert client.get("/api/v1/fleet/pools").json() == [changed]
    refused = client.post("/api/v1/fleet/pools", asked | {"name": "To"}, content_type="application/json")
    assert refused.status_code == 422
    assert client.delete(f"/api/v1/fleet/pools/{pool['id']}").status_code == 204
    assert client.get("/api/v1/fleet/pools").json() == []


PETROL_ONLY = """1,,2026-03-02 07:00,2026-03-02 09:00,30,Grenaa
2,,2026-03-02 11:00,2026-03-02 12:00,40,Auning
3,,2026-03-03 12:00,2026-03-03 13:00,20,Auning"""


@pytest.fixture
def trips_of_both(placed: SmallFleet, read: Read) -> SmallFleet:
    """A trip from Grenaa, and two from Auning two hours and a day later."""
    content = csv_of(*PETROL_ONLY.splitlines(), header="trip_id,vehicle,start,end,km,base")
    imports.commit_import(actor=placed.manager, now=NOW, import_id=read(content).pk)
    return placed


def shared_run(fleet: SmallFleet, **more: object) -> Run:
    chosen = {"bases": [fleet.own, fleet.other], "shares_pools": True, "goal": RunGoal.VEHICLES}
    return computed(started(fleet, **(chosen | more)))


def test_bases_of_a_pool_share_a_vehicle_where_the_way_leaves_time(trips_of_both: SmallFleet) -> None:
    make(trips_of_both)
    run = shared_run(trips_of_both)
    plan = Plan.objects.get(run=run, kind=PlanKind.PROPOSED)
    assert run.status == RunStatus.OPTIMAL
    assert run.violations == []
    assert plan.vehicles == 1
    assert plan.transfer_km > 0
    apart = shared_run(trips_of_both, shares_pools=False)
    assert Plan.objects.get(run=apart, kind=PlanKind.PROPOSED).vehicles == 2


def test_the_run_keeps_the_ways_it_counted_with(trips_of_both: SmallFleet) -> None:
    pool = make(trips_of_both)
    run = shared_run(trips_of_both)
    (used,) = run.pools_used
    pools.dissolve_pool(actor=trips_of_both.manager, now=NOW, pool_id=pool.pk)
    run.refresh_from_db()
    assert run.pools_used == [used]
    assert used["name"] == "Norddjurs"
    assert used["ways"][0]["kind"] == "ESTIMATE"


def test_the_result_and_its_exports_show_home_and_ways(trips_of_both: SmallFleet, client: Client) -> None:
    make(trips_of_both)
    run = shared_run(trips_of_both)
    client.force_login(trips_of_both.persons.fleet_manager)
    page = client.get(f"/fleet/runs/{run.pk}/").content.decode()
    assert "Norddjurs" in page
    assert "km om året mellem deres" in page
    trips = b"".join(client.get(f"/fleet/runs/{run.pk}/export/csv/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    heading, *rows = trips.splitlines()
    home = heading.split(";").index("Køretøjets hjemsted")
    assert len({row.split(";")[home] for row in rows}) == 1
    book = client.get(f"/fleet/runs/{run.pk}/export/xlsx/")
    sheet = load_workbook(BytesIO(b"".join(book.streaming_content))).worksheets[0]  # type: ignore[attr-defined]
    names = [str(row[0].value) for row in sheet.rows]
    assert any(name.startswith("Norddjurs: ") for name in names)


def test_the_form_asks_about_pools_only_where_there_are_any(trips_of_both: SmallFleet, client: Client) -> None:
    client.force_login(trips_of_both.persons.fleet_manager)
    assert 'name="shares_pools"' not in client.get("/fleet/runs/new/").content.decode()
    make(trips_of_both)
    page = client.get("/fleet/runs/new/").content.decode()
    assert 'name="shares_pools"' in page
    assert "Norddjurs (Auning, Grenaa)" in page


def test_a_shift_between_bases_is_named(trips_of_both: SmallFleet) -> None:
    make(trips_of_both)
    Trip.objects.update(shift="dag")
    with pytest.raises(InvalidRun, match="dag"):
        problem.prepare(started(trips_of_both, bases=[trips_of_both.own, trips_of_both.other], shares_pools=True))
