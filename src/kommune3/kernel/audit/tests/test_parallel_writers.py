# SPDX-License-Identifier: MPL-2.0
"""Writers in several processes and threads, on a database file and on a real PostgreSQL: the chain stays whole."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

POSTGRESQL = os.environ.get("KOMMUNE3_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
PROCESSES, THREADS, LINES = 3, 2, 15

PREPARE = """
import django; django.setup()
from django.core.management import call_command
from django.db.models.signals import post_migrate
post_migrate.receivers = []  # what others do after a migration needs tables that are not there
call_command("migrate", "audit", verbosity=0)
"""
WRITE = f"""
import django, sys; django.setup()
from concurrent.futures import ThreadPoolExecutor
from django.db import connection, transaction
from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log

def write(thread):
    for step in range({LINES}):
        with transaction.atomic():
            log.record(actor=system(sys.argv[1]), action=f"tests.thread{{thread}}.step{{step}}", now=clock.now())
            if step % 5 == 4:
                transaction.set_rollback(True)
    connection.close()

with ThreadPoolExecutor({THREADS}) as threads:
    list(threads.map(write, range({THREADS})))
"""
VERIFY = """
import django; django.setup()
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry
print(Entry.objects.count(), log.verify())
"""

# Somebody with the keys to the database, and not to the platform, among writers that go on.
TAMPER = """
import django; django.setup()
import json
from concurrent.futures import ThreadPoolExecutor
from django.db import connection, transaction
from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.audit.models import Entry
from written_once import triggers_lifted

def changed():
    Entry.objects.filter(number=5).update(action="tests.else")

def deleted():
    Entry.objects.filter(number=5).delete()

def reordered():
    for number, to in ((5, -1), (6, 5), (-1, 6)):
        Entry.objects.filter(number=number).update(number=to)

def appended():
    last = Entry.objects.order_by("-number").first()
    entry = Entry(number=last.number + 1, at=last.at, action="tests.forged", previous=last.digest, seal=last.seal)
    entry.digest = log._digest(entry)
    entry.save(force_insert=True)

def rewritten():
    previous = Entry.objects.get(number=4).digest
    for entry in Entry.objects.filter(number__gte=5).order_by("number"):
        entry.action, entry.previous = "tests.forged", previous
        entry.digest = previous = log._digest(entry)
        entry.save(force_update=True)

def cut_off():
    Entry.objects.filter(number__gte=5).delete()

def untouched():
    pass

def write(lines):
    for step in range(lines):
        log.record(actor=system("tests"), action=f"tests.step{step}", now=clock.now())
    connection.close()

def tampered_with(how):
    with triggers_lifted():
        Entry.objects.all().delete()
    write(10)
    anchor = log.head()
    with ThreadPoolExecutor(2) as threads:
        writers = [threads.submit(write, 10) for _ in range(2)]
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [log._CHAIN_LOCK])
            with triggers_lifted():
                how()
        for writer in writers:
            writer.result()
    write(10)  # a log that was cut off has grown past the anchor again, whenever the writers wrote
    broken = log.verify(anchors=[anchor])
    return [broken.number, broken.reason] if broken else None

ways = (untouched, changed, deleted, reordered, appended, rewritten, cut_off)
print(json.dumps({how.__name__: tampered_with(how) for how in ways}))
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'audit.sqlite3'}"
        return
    psycopg = pytest.importorskip("psycopg")
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at KOMMUNE3_TEST_POSTGRESQL")
    name = f"k3_audit_{uuid.uuid4().hex[:8]}"
    with server:
        server.execute(f"CREATE DATABASE {name}")
        yield POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def start(code: str, *arguments: str, url: str, folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {
        "KOMMUNE3_DATABASE_URL": url,
        "KOMMUNE3_DATA_DIR": str(folder),
        "PYTHONPATH": str(Path(__file__).resolve().parents[5] / "tests"),
    }
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finished(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=600)
    assert process.returncode == 0, error
    return out


def test_parallel_writers_keep_the_chain_whole(database_url: str, tmp_path: Path) -> None:
    finished(start(PREPARE, url=database_url, folder=tmp_path))
    writers = [start(WRITE, f"writer{number}", url=database_url, folder=tmp_path) for number in range(PROCESSES)]
    for writer in writers:
        finished(writer)
    kept = PROCESSES * THREADS * (LINES - LINES // 5)
    assert finished(start(VERIFY, url=database_url, folder=tmp_path)).strip() == f"{kept} None"


def test_what_is_tampered_with_among_parallel_writers_is_found(database_url: str, tmp_path: Path) -> None:
    finished(start(PREPARE, url=database_url, folder=tmp_path))
    found = json.loads(finished(start(TAMPER, url=database_url, folder=tmp_path)))
    number, reason = found.pop("appended")  # wherever the end was at that instant
    assert number > 10 and reason == "forged"
    assert found == {
        "untouched": None,
        "changed": [5, "changed"],
        "deleted": [5, "missing"],
        "reordered": [5, "changed"],
        "rewritten": [5, "forged"],
        "cut_off": [10, "rewritten"],
    }
