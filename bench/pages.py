# SPDX-License-Identifier: MPL-2.0
"""Server time and queries of the fleet's pages over 100 000 trips: p50 and p95 beside the budget.

Budget: p95 at most 100 ms of processor time for a list, at most 12 queries a page.
"""

import argparse
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from pagesbench import measuring

TRIPS = 100_000
LISTS = [
    "/fleet/trips/", "/fleet/trips/?page=2", "/fleet/trips/?page=2000", "/fleet/trips/?sort=km",
    "/fleet/trips/?base={base}",
    "/fleet/trips/?vehicle={vehicle}", "/fleet/trips/?base={base}&sort=-km",
    "/fleet/trips/?start_at_after={day}&start_at_before={day}", "/fleet/vehicles/", "/fleet/bases/", "/fleet/imports/",
    "/fleet/runs/", "/fleet/models/",
]  # fmt: skip
PAGES = ["/fleet/", "/fleet/rates/", "/fleet/runs/new/"]
USERS = ("flaade", "leder")


def seed() -> dict[str, Any]:
    """The demo municipality with its trips, and the same trips again in earlier years until there are 100 000."""
    from kommune3.kernel import clock
    from kommune3.kernel.demo import seed as kernel_seed
    from kommune3.solutions.fleet import demo
    from kommune3.solutions.fleet.models import Base, Trip, Vehicle

    now = clock.now()
    kernel_seed.seed(now=now)
    demo.seed(now=now)
    rows = list(Trip._default_manager.all())
    years = 1
    while (missing := TRIPS - Trip._default_manager.count()) > 0:
        back = timedelta(weeks=53 * years)
        copies = rows[:missing]
        for row in copies:
            row.pk, row.start_at, row.end_at = None, row.start_at - back, row.end_at - back
        Trip._default_manager.bulk_create(copies, batch_size=5000)
        rows, years = copies, 1
    base = Base._default_manager.order_by("-pk")[0]
    vehicle = Vehicle._default_manager.filter(base=base)[0]
    return {"base": base.pk, "vehicle": vehicle.pk, "day": f"{clock.municipal_date(now) - timedelta(days=30)}"}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="Four rounds instead of twenty.")
    options = parser.parse_args()
    with measuring.platform():
        values = seed()
        found, over = [], []
        print(measuring.HEADING)
        for user in USERS:
            client = measuring.browser(user)
            for pattern in [*LISTS, *PAGES]:
                page = measuring.measured(
                    client, pattern.format(**values), rounds=4 if options.quick else 20, user=user
                )
                if page is None:
                    continue  # the leader may not open every page
                print(page.line())
                found.append(page)
                is_slow = pattern in LISTS and page.p95_ms > measuring.TARGET_MS
                if is_slow or page.queries > measuring.TARGET_QUERIES:
                    over.append(page.address)
    measuring.write(options.out, "pages", found)
    budget = f"lists p95 {measuring.TARGET_MS:.0f} ms, {measuring.TARGET_QUERIES} queries a page"
    print(f"Budget: {budget}. Over it: {', '.join(over) or 'none'}")
    if over:
        sys.exit(1)


if __name__ == "__main__":
    main()
