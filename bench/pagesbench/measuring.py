# SPDX-License-Identifier: MPL-2.0
"""A platform of one's own, and the time and queries of its pages.

Pages are judged by processor time, since other work on the machine makes the clock run. On SQLite the database works in
the same process, so nothing is left out; on PostgreSQL look at the wall time too.
"""

import csv
import os
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.test import Client

TARGET_MS = 100.0
TARGET_QUERIES = 12


@contextmanager
def platform(database_url: str = "") -> Iterator[None]:
    """An empty platform in a folder of its own, or in the (empty) database at ``database_url``."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "KOMMUNE3_DATA_DIR": folder, "KOMMUNE3_DATABASE_URL": database_url, "KOMMUNE3_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "kommune3.settings",
        }  # fmt: skip
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        yield


def browser(username: str) -> "Client":
    """Somebody logged in with two steps."""
    from django.test import Client

    from kommune3.kernel.people.models import Account

    client = Client(headers={"host": "localhost"})
    account = Account._default_manager.get(username=username)
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["assurance"] = {"level": 2, "method": "totp", "at": ""}  # both steps
    session.save()
    return client


@dataclass(frozen=True)
class Measured:
    """Milliseconds of each round, and the queries of one."""

    address: str
    user: str
    cpu_ms: Sequence[float]
    wall_ms: Sequence[float]
    queries: int

    @property
    def p50_ms(self) -> float:
        return statistics.median(self.cpu_ms)

    @property
    def p95_ms(self) -> float:
        return p95(self.cpu_ms)

    @property
    def wall_p50_ms(self) -> float:
        return statistics.median(self.wall_ms)

    def line(self) -> str:
        """As it is printed below :data:`HEADING`."""
        figures = f"{self.p50_ms:>8.1f}{self.p95_ms:>8.1f}{self.wall_p50_ms:>8.1f}{self.queries:>9}"
        return f"{self.address:<70}{self.user:<9}{figures}"


HEADING = f"{'page':<70}{'user':<9}{'p50 ms':>8}{'p95 ms':>8}{'wall':>8}{'queries':>9}"


def p95(times: Sequence[float]) -> float:
    """The time that 95 of 100 stay below."""
    return statistics.quantiles(times, n=20)[-1]


def measured(client: "Client", address: str, *, rounds: int, user: str = "") -> Measured | None:
    """Fetch a page again and again, after once to compile its templates; None where it does not answer 200."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    if client.get(address).status_code != 200:
        return None
    own, walls = [], []
    for _round in range(rounds):
        started, ticked = time.perf_counter(), time.process_time()
        client.get(address)
        own.append((time.process_time() - ticked) * 1000)
        walls.append((time.perf_counter() - started) * 1000)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return Measured(address, user, own, walls, len(captured))


def write(out: Path, name: str, found: Sequence[Measured]) -> None:
    """The figures as CSV."""
    out.mkdir(parents=True, exist_ok=True)
    rows: list[Sequence[Any]] = [("page", "user", "p50_cpu_ms", "p95_cpu_ms", "p50_wall_ms", "queries")]
    rows += [
        (m.address, m.user, f"{m.p50_ms:.1f}", f"{m.p95_ms:.1f}", f"{m.wall_p50_ms:.1f}", m.queries) for m in found
    ]
    with (out / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
