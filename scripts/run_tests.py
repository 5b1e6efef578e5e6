# SPDX-License-Identifier: MPL-2.0
"""Run the test suite on SQLite, and on PostgreSQL where one answers on this machine."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL = os.environ.get("KOMMUNE3_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")
# Engines, contracts, docs and the pages in a browser do not know which database there is: they run once.
ON_EACH_DATABASE = ["src", "tests/matrix", "tests/kill", "tests/upgrade"]
PROCESSES = str(min(4, os.cpu_count() or 1))


def suite(title: str, *paths: str, processes: str = PROCESSES, options: Sequence[str] = (), **settings: str) -> bool:
    """Run pytest in a process of its own, with a data folder of its own; then show the tally of what was killed."""
    print(f"\n=== {title} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="kommune3-test-") as folder:
        tally = Path(folder) / "kill-tally"
        environment = {**os.environ, "KOMMUNE3_DATA_DIR": folder, "KOMMUNE3_KILL_TALLY": str(tally), **settings}
        how = ["-q", "-rR", "-n", processes, "--dist", "loadgroup"]  # R names what was tried twice
        command = [sys.executable, "-m", "pytest", *how, *paths, *options]
        passed = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0
        if tally.exists():
            print(f"\n{tally.read_text(encoding='utf-8')}", flush=True)
        return passed


def postgresql_answers() -> bool:
    try:
        psycopg.connect(POSTGRESQL, connect_timeout=2).close()
    except psycopg.OperationalError as error:
        print(f"\nPostgreSQL is skipped: {POSTGRESQL} does not answer ({str(error).splitlines()[0]})")
        return False
    return True


def main() -> None:
    options = sys.argv[1:]
    passed = suite("Engines, and the platform on SQLite", "engines", "src", "tests", options=options)
    if postgresql_answers():
        passed &= suite(
            "The platform on PostgreSQL", *ON_EACH_DATABASE, options=options, KOMMUNE3_DATABASE_URL=POSTGRESQL
        )
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
