# SPDX-License-Identifier: MPL-2.0
"""Server time of the fleet's dashboards over a million trips of 600 vehicles at 80 bases, and of counting them.

Target: p95 at most 100 ms of processor time a picture. ``--database URL`` measures on an empty PostgreSQL database.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pagesbench import measuring

if TYPE_CHECKING:
    from kommune3.solutions.fleet.models import Base, Trip, Vehicle

TRIPS = 1_000_000
QUICK_TRIPS = 150_000
COPIES = 10
MOST_QUERIES = 18
NAMES = ("co2e", "electric", "km", "activity", "lengths", "idle")
YEAR = "first_day={year_ago}&last_day={last_day}"
ADDRESSES = [
    *(f"/fleet/dashboards/{name}/" for name in NAMES),
    *(f"/fleet/dashboards/{name}/?{YEAR}" for name in NAMES),
    *(f"/fleet/dashboards/{name}/?per=BASE" for name in ("co2e", "electric", "km", "idle")),
    "/fleet/dashboards/km/?base={base}&kind=EV", "/fleet/dashboards/km/?per=DAY&weekday=0",
    "/fleet/dashboards/activity/?unit={unit}",
]  # fmt: skip
USERS = ("flaade", "leder")


def seed(wanted: int) -> dict[str, Any]:
    """The demo municipality ten times over: its bases with their vehicles, and their year of trips over and over."""
    from django.db import connection

    from kommune3.kernel import clock
    from kommune3.kernel.demo import seed as kernel_seed
    from kommune3.solutions.fleet import demo
    from kommune3.solutions.fleet.models import Base, Trip, Vehicle

    now = clock.now()
    kernel_seed.seed(now=now)
    demo.seed(now=now)
    bases, vehicles = list(Base._default_manager.all()), list(Vehicle._default_manager.all())
    trips = list(Trip._default_manager.order_by("pk"))
    places = [_copied(bases, vehicles, copy) for copy in range(1, COPIES)]
    Trip._default_manager.bulk_create(_more(trips, places, wanted - len(trips)), batch_size=5000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    last_day = clock.municipal_date(now) - timedelta(days=1)
    return {
        "base": bases[0].pk, "unit": bases[0].unit_id, "last_day": last_day, "year_ago": last_day - timedelta(days=363),
    }  # fmt: skip


def _copied(bases: "list[Base]", vehicles: "list[Vehicle]", copy: int) -> tuple[dict[int, int], dict[int, int]]:
    """Each base and vehicle once more; the new numbers by the old ones."""
    from kommune3.solutions.fleet.models import Base, Vehicle

    base_of = {
        base.pk: Base._default_manager.create(unit_id=base.unit_id, name=f"{base.name} {copy}").pk for base in bases
    }
    vehicle_of = {
        vehicle.pk: Vehicle._default_manager.create(
            base_id=base_of[vehicle.base_id], model_id=vehicle.model_id, valid_from=date(2020, 1, 1),
            registration=f"{vehicle.registration}-{copy}",
        ).pk
        for vehicle in vehicles
    }  # fmt: skip
    return base_of, vehicle_of


def _more(trips: "list[Trip]", places: list[tuple[dict[int, int], dict[int, int]]], wanted: int) -> "Iterator[Trip]":
    """``wanted`` trips: those of the year at every copy of their base, then the same a year earlier, and so on."""
    from kommune3.solutions.fleet.models import Trip

    own = ({}, {})  # type: tuple[dict[int, int], dict[int, int]]
    made, years = 0, 0
    while True:
        back = timedelta(weeks=52 * years)
        for base_of, vehicle_of in places if years == 0 else [own, *places]:
            for trip in trips:
                if made == wanted:
                    return
                made += 1
                yield Trip(
                    base_id=base_of.get(trip.base_id, trip.base_id), km=trip.km, start_at=trip.start_at - back,
                    end_at=trip.end_at - back, vehicle_id=vehicle_of.get(trip.vehicle_id or 0, trip.vehicle_id),
                )  # fmt: skip
        years += 1


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="150 000 trips and four rounds.")
    parser.add_argument("--database", default="", help="The address of an empty PostgreSQL database.")
    options = parser.parse_args()
    with measuring.platform(options.database):
        from kommune3.solutions.fleet.models import DailyUse, Trip
        from kommune3.solutions.fleet.operations import daily

        values = seed(QUICK_TRIPS if options.quick else TRIPS)
        started, ticked = time.perf_counter(), time.process_time()
        daily.mark_everything()
        daily.recount_all()
        print(
            f"{Trip._default_manager.count()} trips counted to {DailyUse._default_manager.count()} daily sums in "
            f"{time.process_time() - ticked:.0f} s CPU, {time.perf_counter() - started:.0f} s"
        )
        found, over = [], []
        print(measuring.HEADING)
        for user in USERS:
            client = measuring.browser(user)
            for pattern in ADDRESSES:
                address = pattern.format(**values)
                page = measuring.measured(client, address, rounds=4 if options.quick else 20, user=user)
                assert page is not None, address
                print(page.line(), flush=True)
                found.append(page)
                if page.p95_ms > measuring.TARGET_MS or page.queries > MOST_QUERIES:
                    over.append(f"{address} ({user})")
    measuring.write(options.out, "dashboards", found)
    print(f"All pictures, p95: {measuring.p95([each for page in found for each in page.cpu_ms]):.1f} ms")
    print(f"Target: p95 {measuring.TARGET_MS:.0f} ms a picture. Over it: {', '.join(over) or 'none'}")
    if over:
        sys.exit(1)


if __name__ == "__main__":
    main()
