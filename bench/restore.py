# SPDX-License-Identifier: MPL-2.0
"""The restore drill: how long it takes from a fresh folder to a platform that serves, for the demo municipality.

A sealed copy is taken while the platform serves. Then, in a folder with nothing but the keys: ``kommune3 restore``, the
static files, ``kommune3 serve``, until the login page answers. On SQLite, and on PostgreSQL where one answers at
KOMMUNE3_TEST_POSTGRESQL. Budget: 5 minutes.
"""

import argparse
import csv
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

POSTGRESQL = os.environ.get("KOMMUNE3_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
BUDGET_SECONDS = 300.0
PATIENCE_SECONDS = 900.0


class Platform:
    """A data folder and a database of its own."""

    def __init__(self, folder: Path, database_url: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.environment = os.environ | {
            "KOMMUNE3_DATA_DIR": str(folder), "KOMMUNE3_DATABASE_URL": database_url, "KOMMUNE3_DEMO": "1",
            "KOMMUNE3_LOG_LEVEL": "ERROR",
        }  # fmt: skip

    def run(self, *arguments: str) -> float:
        """Run ``kommune3 …``; returns the seconds it took."""
        began = time.monotonic()
        command = [sys.executable, "-m", "kommune3", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"kommune3 {arguments[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
        return time.monotonic() - began

    @contextmanager
    def serving(self) -> Iterator[float]:
        """While ``kommune3 serve`` runs; gives the seconds until its login page answered."""
        began = time.monotonic()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "kommune3", "serve", "--port", str(port), "--workers", "1"]
        server = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while not _answers(f"http://127.0.0.1:{port}/account/login/"):
                if server.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                    sys.exit("kommune3 serve does not answer.")
                time.sleep(0.05)
            yield time.monotonic() - began
        finally:
            server.terminate()
            server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


def drill(name: str, old_url: str, new_url: str) -> dict[str, str | float]:
    """The figures of one drill: seconds, and the size of the copy in MB."""
    with tempfile.TemporaryDirectory(prefix="kommune3-restore-") as temporary:
        folder = Path(temporary)
        key, copy = folder / "backup.key", folder / "copy"
        key.write_text(secrets.token_hex(32))
        old, new = Platform(folder / "old", old_url), Platform(folder / "new", new_url)
        old.run("demo")
        with old.serving():
            backup = old.run("backup", str(copy), "--key-file", str(key))
        shutil.copytree(old.folder / "secrets", new.folder / "secrets")
        restore = new.run("restore", str(copy), "--key-file", str(key))
        static = new.run("collectstatic", "--noinput", "-v0")
        with new.serving() as start:
            total = restore + static + start
        return {
            "database": name, "copy_mb": round(copy.stat().st_size / 1e6, 1), "backup_seconds": round(backup, 1),
            "restore_seconds": round(restore, 1), "static_seconds": round(static, 1),
            "start_seconds": round(start, 1), "total_seconds": round(total, 1),
        }  # fmt: skip


@contextmanager
def two_databases() -> Iterator[tuple[str, str]]:
    """The addresses of two empty databases on the PostgreSQL server."""
    names = [f"k3_restore_{secrets.token_hex(4)}" for _ in range(2)]
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        try:
            one, other = (urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/{name}")) for name in names)
            yield one, other
        finally:
            for name in names:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="Folder for restore.csv.")
    parser.add_argument("--quick", action="store_true", help="On SQLite alone.")
    options = parser.parse_args()
    found = [drill("SQLite", "", "")]
    if not options.quick:
        try:
            psycopg.connect(POSTGRESQL, connect_timeout=5).close()
        except psycopg.OperationalError:
            print(f"PostgreSQL is skipped: {POSTGRESQL} does not answer")
        else:
            with two_databases() as (old_url, new_url):
                found.append(drill("PostgreSQL", old_url, new_url))
    for row in found:
        print(
            f"{row['database']}: fresh folder to serving in {row['total_seconds']} s (restore {row['restore_seconds']},"
            f" static files {row['static_seconds']}, start {row['start_seconds']}); the sealed copy of"
            f" {row['copy_mb']} MB was taken in {row['backup_seconds']} s while it served"
        )
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "restore.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    late = [row for row in found if float(row["total_seconds"]) > BUDGET_SECONDS]
    print(f"Budget: {BUDGET_SECONDS:.0f} s. Over it: {', '.join(str(row['database']) for row in late) or 'none'}")
    if late:
        sys.exit(1)


if __name__ == "__main__":
    main()
