# SPDX-License-Identifier: MPL-2.0
"""A municipality that has run an earlier release starts today's, and finds everything it had."""

import gzip
import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from scripts import release_snapshot

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SNAPSHOTS = sorted(release_snapshot.FOLDER.glob("*.json.gz"))
GIT = shutil.which("git")

# Tables that have fewer rows after an upgrade, and why. Nothing is lost that is not named here.
FEWER_ROWS: dict[str, str] = {}


def newest_tag() -> str:
    """The last release before what is checked out; empty where there is none, or no history."""
    if GIT is None or not (ROOT / ".git").exists():
        return ""
    told = subprocess.run(
        [GIT, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*"], cwd=ROOT, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return told.stdout.strip() if told.returncode == 0 else ""


@pytest.fixture
def database_url(tmp_path: Path) -> Iterator[str]:
    """An empty database like the one the suite runs on; on PostgreSQL one of its own on the same server."""
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield f"sqlite:///{tmp_path / 'kommune3.sqlite3'}"
        return
    server = urlsplit(os.environ["KOMMUNE3_DATABASE_URL"])
    name = f"kommune3_upgrade_{uuid.uuid4().hex}"
    with psycopg.connect(urlunsplit(server), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(server._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def today(database_url: str, folder: Path, *arguments: str) -> str:
    """Run the upgrade with the code that is checked out."""
    environment = release_snapshot.environment(folder) | {
        "KOMMUNE3_DATABASE_URL": database_url, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }  # fmt: skip
    command = [sys.executable, str(HERE / "upgrading.py"), *arguments]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=folder)
    assert told.returncode == 0, told.stderr[-4000:]
    return told.stdout


def assert_all_is_there(found: dict[str, Any]) -> None:
    """Rows, the audit log and the pages."""
    fewer = {
        table: (rows, found["after"].get(table, 0)) for table, rows in found["before"].items()
        if found["after"].get(table, 0) < rows and table not in FEWER_ROWS
    }  # fmt: skip
    assert fewer == {}
    assert found["audit"] is None and found["audit_lines"] > 0 and found["unguarded"] == []
    assert {page: status for page, status in found["pages"].items() if status != 200} == {}


@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda path: path.name.removesuffix(".json.gz"))
def test_rows_of_a_release_come_through_every_migration_since(
    snapshot: Path, database_url: str, tmp_path: Path
) -> None:
    today(database_url, tmp_path, "load", str(snapshot))
    found = json.loads(today(database_url, tmp_path, "check").splitlines()[-1])
    rows = json.loads(gzip.decompress(snapshot.read_bytes()))["rows"]
    assert found["before"]["people_person"] == sum(row["model"] == "people.person" for row in rows) > 0
    assert found["before"]["fleet_trip"] > 0 and found["before"]["effects_effect"] > 0
    assert_all_is_there(found)


def test_there_is_a_snapshot_of_every_release() -> None:
    """The newest tag's is made with ``make release-snapshot`` before it is tagged."""
    names = {path.name.removesuffix(".json.gz") for path in SNAPSHOTS}
    assert "0.1.0" in names
    if tag := newest_tag():
        assert tag.removeprefix("v") in names


def test_a_database_of_the_last_release_s_own_code_comes_through(tmp_path: Path) -> None:
    """That release's code makes and fills the database; today's code takes it over. SQLite."""
    release = os.environ.get("KOMMUNE3_UPGRADE_FROM") or newest_tag()
    if not release:
        pytest.skip("no release is tagged yet, or there is no git history; KOMMUNE3_UPGRADE_FROM names any commit")
    if "postgresql" in settings.DATABASES["default"]["ENGINE"]:
        pytest.skip("the snapshots cover PostgreSQL")
    assert GIT is not None
    code, folder = tmp_path / "code", tmp_path / "data"
    folder.mkdir()
    subprocess.run([GIT, "worktree", "add", "--detach", str(code), release], cwd=ROOT, check=True, capture_output=True)
    try:
        sources = [code / "src", *(code / "engines").glob("*/src")]
        environment = release_snapshot.environment(folder) | {"PYTHONPATH": ":".join(map(str, sources))}
        seed = (
            "import django; django.setup()\n"
            "from django.core.management import call_command\n"
            "from kommune3.kernel import clock\n"
            "from kommune3.kernel.demo import seed\n"
            "from kommune3.kernel.demo.management.commands.demo import _demo_modules\n"
            "call_command('migrate', verbosity=0)\n"
            "seed.seed(now=clock.now())\n"
            "[module.seed(now=clock.now()) for module in _demo_modules()]\n"
        )
        told = subprocess.run(
            [sys.executable, "-c", seed], cwd=code, env=environment, capture_output=True, text=True, check=False
        )
        assert told.returncode == 0, told.stderr[-4000:]
    finally:
        subprocess.run([GIT, "worktree", "remove", "--force", str(code)], cwd=ROOT, check=True, capture_output=True)
    found = json.loads(today("", folder, "check").splitlines()[-1])
    assert found["before"]["fleet_trip"] > 10_000
    assert_all_is_there(found)
