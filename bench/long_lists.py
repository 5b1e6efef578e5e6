# SPDX-License-Identifier: MPL-2.0
"""Server time and queries of a list over 100 000 rows: first and deep pages, sorts, filters, and the exports.

Target: p95 of the pages at most 100 ms of processor time, at most 12 queries.
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from pagesbench import measuring

ROWS = 100_000
ROUNDS = 8
ADDRESSES = [
    "", "page=2", "page=2000", "rows=100&page=500", "sort=name", "sort=-name", "sort=app", "sort=-letters",
    "sort=share&page=1500", "text=vehicle", "text=90&sort=-name", "letters_min=20&letters_max=24", "app=people",
    "text=nothing-like-this",
]  # fmt: skip


def seed() -> None:
    """Rows that every installation could have: permissions with made-up names; and somebody who may see them."""
    from django.contrib.auth.models import Permission
    from django.contrib.contenttypes.models import ContentType

    from kommune3.kernel import clock
    from kommune3.kernel.access import standard
    from kommune3.kernel.access.models import Grant
    from kommune3.kernel.people.models import Account

    types = list(ContentType._default_manager.all())
    words = ["vehicle", "trip", "base", "citizen", "visit", "route", "sensor", "effect"]
    Permission._default_manager.bulk_create(
        (
            Permission(
                name=f"Can see {words[number % 8]} {number * 7919 % ROWS}", codename=f"see_{number}",
                content_type=types[number % len(types)],
            )
            for number in range(ROWS)
        ),
        batch_size=5000,
    )  # fmt: skip
    account = Account.objects.create(username="bench", date_joined=clock.now())
    Grant.objects.create(account=account, role=standard.ADMINISTRATOR, valid_from=date(2020, 1, 1))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="Two rounds instead of eight, and no exports.")
    options = parser.parse_args()
    with measuring.platform():
        seed()
        client = measuring.browser("bench")
        print(measuring.HEADING)
        found = []
        for query in ADDRESSES:
            page = measuring.measured(client, f"/design/list/?{query}", rounds=2 if options.quick else ROUNDS)
            assert page is not None, query
            print(page.line())
            found.append(page)
        for form in () if options.quick else ("csv", "xlsx"):
            start = time.perf_counter()
            answer: Any = client.get(f"/design/list/?export={form}")
            size = sum(len(chunk) for chunk in answer.streaming_content)
            print(f"export of {ROWS} rows to {form}: {time.perf_counter() - start:.1f} s, {size / 1e6:.1f} MB")
    measuring.write(options.out, "long_lists", found)
    p95 = measuring.p95([time_ms for page in found for time_ms in page.cpu_ms])
    print(f"All pages, p95: {p95:.1f} ms (target {measuring.TARGET_MS:.0f} ms, {measuring.TARGET_QUERIES} queries)")
    if p95 > measuring.TARGET_MS or any(page.queries > measuring.TARGET_QUERIES for page in found):
        sys.exit("A list is slower than its target.")


if __name__ == "__main__":
    main()
