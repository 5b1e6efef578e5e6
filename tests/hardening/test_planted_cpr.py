# SPDX-License-Identifier: MPL-2.0
"""CPR numbers planted wherever somebody could put one, and looked for wherever they could have been kept in clear.

A whole platform is set up in a folder of its own, on SQLite and on PostgreSQL, and used through its doors: people with
CPR numbers, searches, addresses, notes, the API, files with bad lines, failures with the number in a local variable,
jobs. Then everything it has written is searched: logs, answers, the database file and its journal, a dump, the folder.
"""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

POSTGRESQL = os.environ.get("KOMMUNE3_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
KEPT, SEARCHED, ADDRESSED, NOTED, SENT, FAILED, IMPORTED, JOBBED = (
    "0101501234", "0202514321", "0303525678", "0404538765", "0505541357", "0606552468", "0707561122", "0808573344",
)  # fmt: skip
PLANTED = [KEPT, SEARCHED, ADDRESSED, NOTED, SENT, FAILED, IMPORTED, JOBBED]

USE = """
import django; django.setup()
import io, json, sys
from datetime import date
from pathlib import Path
from unittest.mock import patch
from django.conf import settings
from django.core.management import CommandError, call_command
call_command("migrate", verbosity=0)
settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
from django.test import Client
from kommune3.kernel import clock
from kommune3.kernel.access import directory, standard
from kommune3.kernel.access.actor import system
from kommune3.kernel.access.models import Grant
from kommune3.kernel.organisation.models import Municipality, Unit
from kommune3.kernel.people.models import Account, Person

KEPT, SEARCHED, ADDRESSED, NOTED, SENT, FAILED, IMPORTED, JOBBED, BAD = sys.argv[1:]
dashed = lambda cpr: f"{cpr[:6]}-{cpr[6:]}"
Municipality.objects.create(name="Prøve Kommune")
root = Unit.objects.create(name="Prøve Kommune", valid_from=date(2020, 1, 1))
account = Account.objects.create(username="ada", person=Person.objects.create(given_name="Ada", family_name="Prøve"))
for role in (standard.ADMINISTRATOR, "fleet_manager"):
    Grant.objects.create(account=account, role=role, valid_from=date(2020, 1, 1))
client = Client(raise_request_exception=False)
client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
session = client.session
session["assurance"] = {"level": 2, "method": "totp", "at": clock.now().isoformat()}
session.save()
answers = []

def ask(method, address, data=None, expected=None, **more):
    response = getattr(client, method)(address, data, **more)
    content = b"".join(response) if response.streaming else response.content
    answers.append(content.decode("utf-8", "replace") + str(dict(response.items())))
    assert expected is None or response.status_code in expected, (method, address, response.status_code, content[:3000])
    return response

# A person with a number, entered on the page.
values = {"given_name": "Bo", "family_name": "Borger", "cpr": dashed(KEPT), "title": "Pedel"}
values["valid_from"] = "2024-01-01"
ask("post", f"/people/new/{root.pk}/", values, expected=[302])
person = Person.objects.get(family_name="Borger")
assert bytes(person.cpr_sealed)
ask("get", f"/people/{person.pk}/", expected=[200])
ask("get", "/people/?export=csv", expected=[200])
# Searches, addresses, notes.
for cpr in (SEARCHED, dashed(SEARCHED)):
    ask("get", "/people/", {"name": cpr}, expected=[303])
    ask("get", "/audit/", {"who": cpr}, expected=[303])
    ask("get", "/account/login/", {"next": f"/people/?name={cpr}"})
for cpr in (ADDRESSED, dashed(ADDRESSED)):
    ask("get", f"/people/{cpr}/", expected=[303])
    ask("get", f"/{cpr}", expected=[303])
    ask("get", f"/api/v1/fleet/bookings/{cpr}", expected=[400])
for cpr in (NOTED, dashed(NOTED)):
    ask("post", f"/people/{person.pk}/cpr/", {"purpose": f"Ringer til {cpr}"}, expected=[200])
    ask("post", "/account/tokens/", {"name": f"til {cpr}", "valid_days": 5})
    ask("post", "/account/login/", {"login": cpr, "password": cpr})
# The API.
for cpr in (SENT, dashed(SENT)):
    for body in ({"purpose": cpr, "base": cpr}, "{" + cpr):
        ask("post", "/api/v1/fleet/bookings", body, content_type="application/json", expected=[400])
    ask("get", f"/api/v1/fleet/bookings?limit={cpr}", expected=[400])
# A failure with the number in a local variable, in the text of the exception and of its cause.
def fails(*args, **kwargs):
    number = FAILED
    try:
        int(dashed(number))
    except ValueError as error:
        raise RuntimeError(f"no such person: {number}") from error
with patch.object(directory, "find_people", fails):
    ask("get", "/people/", expected=[500])
# A file with a bad line: the number of a person twice.
Path(BAD).write_text(
    "given_name;family_name;cpr;unit;title;valid_from\\n"
    f"Bi;Borger;{dashed(IMPORTED)};Ukendt;Pedel;2024-01-01\\nBu;Borger;{IMPORTED}9;Prøve Kommune;Pedel;x\\n",
    encoding="utf-8",
)
try:
    call_command("people_import", BAD, stdout=io.StringIO())
    raise SystemExit("the file was taken")
except CommandError as error:
    answers.append(str(error))
# A job that fails with the number.
from kommune3.kernel.files import tasks
from kommune3.kernel.jobs import enqueue
from kommune3.kernel.jobs.models import Job
from kommune3.kernel.jobs.worker import Worker
with patch("kommune3.kernel.files.sweeping.sweep", side_effect=ValueError(f"cannot sweep {JOBBED}")):
    job = enqueue(tasks.sweep_files, actor=system("tests"), now=clock.now())
    worker = Worker()
    while worker.step():
        pass
job.refresh_from_db()
assert job.error, "the job failed"
ask("get", f"/jobs/{job.pk}/", expected=[200])
print("ANSWERS")
print("\\n".join(answers))
"""


def forms_of(cpr: str) -> list[bytes]:
    return [cpr.encode(), f"{cpr[:6]}-{cpr[6:]}".encode(), cpr.encode("utf-16-le"), f"{cpr[:6]} {cpr[6:]}".encode()]


def found_in(name: str, content: bytes) -> list[str]:
    return [f"{cpr} in {name}" for cpr in PLANTED if any(form in content for form in forms_of(cpr))]


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'data' / 'kommune3.sqlite3'}"
        return
    psycopg = pytest.importorskip("psycopg")
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL answers at KOMMUNE3_TEST_POSTGRESQL")
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is missing: apt-get install postgresql-client")
    name = f"k3_cpr_{uuid.uuid4().hex[:8]}"
    with server:
        server.execute(f"CREATE DATABASE {name}")
        yield POSTGRESQL.rsplit("/", 1)[0] + f"/{name}"
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.slow
def test_planted_cpr_numbers_are_nowhere_in_clear(database_url: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    environment = {**os.environ, "KOMMUNE3_DATA_DIR": str(data), "KOMMUNE3_DATABASE_URL": database_url}
    environment["DJANGO_SETTINGS_MODULE"] = "kommune3.settings"
    used = subprocess.run(
        [sys.executable, "-c", USE, *PLANTED, str(tmp_path / "bad.csv")],
        env=environment, capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert used.returncode == 0, used.stderr[-4000:]
    assert "RuntimeError" in used.stderr, "the failure was logged"
    # A form that refuses what somebody wrote shows them what they wrote; nobody else sees it.
    answers = [told for told in found_in("answers", used.stdout.encode()) if not told.startswith(NOTED)]
    found = found_in("log", used.stderr.encode()) + answers
    files = [path for path in data.rglob("*") if path.is_file()]
    assert files
    for path in files:
        found += found_in(path.name, path.read_bytes())
    if database_url.startswith("postgresql"):
        dump = subprocess.run(["pg_dump", database_url], capture_output=True, check=True, timeout=120).stdout
        assert b"Borger" in dump, "the dump has the person"
        found += found_in("dump", dump)
    else:
        assert any(b"Borger" in path.read_bytes() for path in files), "the database has the person"
    assert "\n".join(found) == ""


def test_what_is_looked_for_is_found() -> None:
    assert found_in("x", b"name=010150-1234") and found_in("x", "0101501234".encode("utf-16-le"))
