# SPDX-License-Identifier: MPL-2.0
"""Requests a second and p95 of a running platform under eight clients at once, writers among them.

``kommune3 serve`` with two workers and the demo municipality on loopback, on SQLite and, where one answers, on
PostgreSQL. Six clients read pages and API in turn; two write: odometer readings and bookings through the API, and
people looked up, which is on record each time. The first login goes through the form; the other sessions and the API's
keys are made beside it, since a password is slow to check on purpose.

Target: no errors. An error is a status that was not expected, an answer that does not come, or "database is locked" in
the server's log. Times hold for this machine with the clients on it.
"""

import argparse
import csv
import http.client
import json
import os
import random
import re
import secrets
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import psutil
import psycopg
from pagesbench.measuring import p95

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL = os.environ.get("KOMMUNE3_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
READERS, WRITERS = 6, 2
SECONDS, QUICK_SECONDS = 30.0, 8.0
START_SECONDS = 300.0
PAGES = (
    "/", "/fleet/", "/fleet/trips/", "/fleet/trips/?page=40", "/fleet/vehicles/", "/fleet/bases/", "/fleet/runs/",
    "/fleet/dashboards/km/", "/fleet/dashboards/co2e/", "/fleet/bookings/", "/effects/", "/jobs/", "/organisation/",
    "/notifications/", "/account/",
)  # fmt: skip
API = (
    "/api/v1/fleet/trips", "/api/v1/fleet/vehicles", "/api/v1/fleet/bases", "/api/v1/effects/totals/",
    "/api/v1/organisation/units", "/api/v1/people/me", "/api/v1/notifications/",
)  # fmt: skip
USERS = ("flaade", "leder", "medarbejder", "admin")

PREPARE = """
import json, sys
from importlib.util import find_spec
from datetime import timedelta
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from kommune3.kernel import clock
from kommune3.kernel.access import tokens
from kommune3.kernel.access.models import ApiToken
from kommune3.kernel.demo import seed
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.fleet import demo
from kommune3.solutions.fleet.models import Base, Vehicle
now = clock.now()
call_command("migrate", verbosity=0)
call_command("collectstatic", verbosity=0, interactive=False)
seed.seed(now=now)
demo.seed(now=now)
sessions, keys = {}, {}
for username in sys.argv[1].split(","):
    account = Account._default_manager.get(username=username)
    client = Client(headers={"host": "localhost"})
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["assurance"] = {"level": 2, "method": "totp", "at": ""}  # both steps
    session.save()
    sessions[username] = client.cookies["session"].value
    keys[username] = sys.argv[2] + username
    ApiToken._default_manager.create(account=account, name="bench", digest=tokens._digest(keys[username]),
        created_at=now, expires_at=now + timedelta(days=1))
people = [str(pk) for pk in Person._default_manager.order_by("pk").values_list("pk", flat=True)[:200]]
vehicles = list(Vehicle._default_manager.order_by("pk").values_list("pk", flat=True))
bases = list(Base._default_manager.order_by("pk").values_list("pk", flat=True))
print(json.dumps({"sessions": sessions, "keys": keys, "people": people, "vehicles": vehicles, "bases": bases}))
"""


@dataclass
class Tally:
    """What one kind of request took, and what went wrong."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=lambda: defaultdict(int))


@dataclass
class Run:
    """Everything the clients saw. Filled by several threads under ``lock``."""

    tallies: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def database(vendor: str) -> Iterator[str]:
    """The address of an empty database."""
    if vendor == "SQLite":
        yield ""
        return
    server, name = urlsplit(POSTGRESQL), f"kommune3_load_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(server._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[int, psutil.Process]]:
    """The platform with its workers; its port and its topmost process."""
    port = free_port()
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "kommune3", "serve", "--port", str(port), "--workers", "2"],
            cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            until = time.monotonic() + START_SECONDS
            while not answers(port):
                if server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(f"The platform does not answer:\n{log.read_text()[-3000:]}")
                time.sleep(0.3)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()
            try:
                server.wait(40)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def answers(port: int) -> bool:
    try:
        return Caller(port).ask("GET", "/health/ready")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


class Caller:
    """A client that keeps its connection, as browsers do."""

    def __init__(self, port: int, headers: dict[str, str] | None = None) -> None:
        self.port, self.headers = port, headers or {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, method: str, address: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str]:
        sent = None if body is None else body if isinstance(body, str) else json.dumps(body)
        kind = {} if body is None or isinstance(body, str) else {"Content-Type": "application/json"}
        self.connection.request(method, address, sent, {"Host": "localhost", **self.headers, **kind, **(headers or {})})
        response = self.connection.getresponse()
        self.set_cookies = response.headers.get_all("Set-Cookie") or []
        return response.status, response.read().decode(errors="replace")


def log_in_through_the_form(port: int) -> float:
    """A citizen's login as a browser does it; returns the seconds it took."""
    caller = Caller(port)
    started = time.perf_counter()
    _status, page = caller.ask("GET", "/account/login/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    cookies = "; ".join(cookie.split(";")[0] for cookie in caller.set_cookies)
    form = urlencode({"csrfmiddlewaretoken": token[1], "login": "borger", "password": "borger-norddjurs"})
    status, _page = caller.ask(
        "POST", "/account/login/", form,
        {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", "Referer": "http://localhost/"},
    )  # fmt: skip
    assert status == 302, f"the login through the form answered {status}"
    return time.perf_counter() - started


def note(run: Run, kind: str, expected: set[int], caller: Caller, method: str, address: str, body: Any = None) -> None:
    """Ask, and write down how it went."""
    started = time.perf_counter()
    try:
        status, _text = caller.ask(method, address, body)
    except (OSError, http.client.HTTPException) as error:
        with run.lock:
            run.errors.append(f"{kind}: {type(error).__name__}")
        raise
    seconds = time.perf_counter() - started
    with run.lock:
        run.tallies[kind].seconds.append(seconds)
        run.tallies[kind].statuses[status] += 1
        if status not in expected:
            run.errors.append(f"{kind}: {status}")


def open_to(port: int, made: dict[str, Any], user: str) -> tuple[list[str], list[str]]:
    """The pages and operations this user may open, each asked for once, which also compiles its templates."""
    page = Caller(port, {"Cookie": f"session={made['sessions'][user]}"})
    api = Caller(port, {"Authorization": f"Bearer {made['keys'][user]}"})
    found = (
        [address for address in PAGES if page.ask("GET", address)[0] == 200],
        [address for address in API if api.ask("GET", address)[0] == 200],
    )
    assert found[0] and found[1], f"{user} may open nothing"
    return found


def read(run: Run, port: int, made: dict[str, Any], number: int, until: float) -> None:
    """One reader: pages with a session, and every fourth request the API with a key."""
    draw = random.Random(number)
    user = USERS[number % len(USERS)]
    page = Caller(port, {"Cookie": f"session={made['sessions'][user]}"})
    api = Caller(port, {"Authorization": f"Bearer {made['keys'][user]}"})
    pages, operations = made["open"][user]
    while time.monotonic() < until:
        if draw.random() < 0.25:
            address = draw.choice(operations)
            note(run, f"API GET {address}", {200}, api, "GET", address)
        else:
            address = draw.choice(pages)
            note(run, f"GET {address}", {200}, page, "GET", address)


def write(run: Run, port: int, made: dict[str, Any], number: int, until: float) -> None:
    """One writer: odometers, bookings, and people looked up."""
    draw = random.Random(1000 + number)
    fleet = Caller(port, {"Authorization": f"Bearer {made['keys']['flaade']}"})
    admin = Caller(port, {"Cookie": f"session={made['sessions']['admin']}"})
    tomorrow = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while time.monotonic() < until:
        kind = draw.randrange(3)
        if kind == 0:
            day = datetime.now(UTC).date().isoformat()  # of the same day, a reading corrects the one before
            address = f"/api/v1/fleet/vehicles/{draw.choice(made['vehicles'])}/readings"
            told = {"read_on": day, "km": draw.randrange(400_000, 500_000), "source": "bench"}
            note(run, "API POST readings", {201}, fleet, "POST", address, told)
        elif kind == 1:
            start = tomorrow + timedelta(days=draw.randrange(0, 10), minutes=15 * draw.randrange(0, 32))
            wish = {
                "base": draw.choice(made["bases"]), "start_at": start.isoformat(), "km": draw.randrange(1, 80),
                "end_at": (start + timedelta(minutes=45)).isoformat(), "request_key": secrets.token_hex(12),
            }  # fmt: skip
            # 409: no vehicle is free then
            note(run, "API POST bookings", {201, 409}, fleet, "POST", "/api/v1/fleet/bookings", wish)
        else:
            address = f"/people/{draw.choice(made['people'])}/"
            note(run, "GET /people/… (on record)", {200}, admin, "GET", address)


def measure(vendor: str, seconds: float) -> tuple[Run, float, dict[str, float]]:
    """Everything for one kind of database: what was seen, for how long, and processor seconds by process."""
    with tempfile.TemporaryDirectory(prefix="kommune3-load-") as name, database(vendor) as url:
        folder = Path(name)
        environment = os.environ | {
            "KOMMUNE3_DATA_DIR": str(folder), "KOMMUNE3_DATABASE_URL": url, "KOMMUNE3_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "kommune3.settings",
        }  # fmt: skip
        prepared = subprocess.run(
            [sys.executable, "-c", PREPARE, ",".join(USERS), secrets.token_urlsafe(16)],
            cwd=ROOT, env=environment | {"KOMMUNE3_LOG_LEVEL": "ERROR"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if prepared.returncode:
            raise RuntimeError(prepared.stderr[-3000:])
        made = json.loads(prepared.stdout.splitlines()[-1])
        log = folder / "server.log"
        with served(environment, log) as (port, server):
            print(f"{vendor}: login through the form {log_in_through_the_form(port) * 1000:.0f} ms")
            made["open"] = {user: open_to(port, made, user) for user in USERS}
            run, before = Run(), processor_seconds(server)
            until = time.monotonic() + seconds
            doers = [(read, number) for number in range(READERS)] + [(write, number) for number in range(WRITERS)]
            threads = [threading.Thread(target=doer, args=(run, port, made, number, until)) for doer, number in doers]
            started = time.monotonic()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            took = time.monotonic() - started
            after = processor_seconds(server)
        text = log.read_text(errors="replace")
        locked = text.count("database is locked") + text.count("jobs.database.away")
        if locked:
            run.errors.append(f"the log tells {locked} times that the database was locked")
        run.errors += [f"in the log: {line[:200]}" for line in text.splitlines() if '"exception"' in line][:5]
    return run, took, {name: after.get(name, 0.0) - before.get(name, 0.0) for name in after}


def processor_seconds(server: psutil.Process) -> dict[str, float]:
    """Processor time of the web server and of its workers so far."""
    found: dict[str, float] = defaultdict(float)
    for process in server.children(recursive=True):
        times = process.cpu_times()
        found["web" if "uvicorn" in " ".join(process.cmdline()) else "workers"] += times.user + times.system
    return dict(found)


def report(vendor: str, run: Run, took: float, processor: dict[str, float]) -> list[list[Any]]:
    """Print the table of one database, and return it as rows for the CSV."""
    print(f"\n{vendor}: {'request':<50}{'count':>8}{'p50 ms':>9}{'p95 ms':>9}  statuses")
    rows = []
    groups: dict[str, list[float]] = defaultdict(list)
    for kind, tally in sorted(run.tallies.items()):
        p50, high = 1000 * sorted(tally.seconds)[len(tally.seconds) // 2], 1000 * _p95(tally.seconds)
        statuses = " ".join(f"{status}×{count}" for status, count in sorted(tally.statuses.items()))
        print(f"{vendor}: {kind:<50}{len(tally.seconds):>8}{p50:>9.0f}{high:>9.0f}  {statuses}")
        rows.append([vendor, kind, len(tally.seconds), f"{p50:.0f}", f"{high:.0f}", statuses])
        group = "writes" if "POST" in kind or "record" in kind else "API" if kind.startswith("API") else "pages"
        groups[group] += tally.seconds
    every = [seconds for group in groups.values() for seconds in group]
    for name, times in [*sorted(groups.items()), ("all", every)]:
        p50, high = 1000 * sorted(times)[len(times) // 2], 1000 * _p95(times)
        print(f"{vendor}: {name:<8}{len(times) / took:>8.1f} requests/s   p50 {p50:.0f} ms   p95 {high:.0f} ms")
        rows.append([vendor, name, len(times), f"{p50:.0f}", f"{high:.0f}", f"{len(times) / took:.1f} requests/s"])
    spent = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(processor.items()))
    share = 1000 * processor.get("web", 0.0) / max(1, len(every))
    print(f"{vendor}: {len(every)} requests in {took:.0f} s; processor time: {spent}; {share:.0f} ms a request")
    print(f"{vendor}: errors: {len(run.errors)}  {'; '.join(run.errors[:8])}")
    rows.append([vendor, "processor ms a request", len(every), f"{share:.0f}", "", spent])
    rows.append([vendor, "errors", len(run.errors), "", "", ""])
    return rows


def _p95(times: list[float]) -> float:
    return p95(times) if len(times) > 1 else times[0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="Eight seconds instead of thirty.")
    parser.add_argument("--only", choices=("SQLite", "PostgreSQL"))
    options = parser.parse_args()
    vendors = [options.only] if options.only else ["SQLite", "PostgreSQL"]
    if "PostgreSQL" in vendors:
        try:
            psycopg.connect(POSTGRESQL, connect_timeout=2).close()
        except psycopg.OperationalError:
            print(f"PostgreSQL is skipped: {urlsplit(POSTGRESQL).hostname} does not answer")
            vendors.remove("PostgreSQL")
    rows: list[list[Any]] = [["database", "request", "count", "p50_ms", "p95_ms", "note"]]
    errors = 0
    for vendor in vendors:
        run, took, processor = measure(vendor, QUICK_SECONDS if options.quick else SECONDS)
        rows += report(vendor, run, took, processor)
        errors += len(run.errors)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "load.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    print(f"\nTarget: no errors under {READERS + WRITERS} clients. Errors: {errors}")
    if errors:
        sys.exit(1)


if __name__ == "__main__":
    main()
