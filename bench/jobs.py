# SPDX-License-Identifier: MPL-2.0
"""How fast durable jobs are, beside a peer: ``python bench/jobs.py --out FOLDER [--quick]``.

Measures, on a new SQLite database with WAL and synchronous=FULL:
- enqueued per second, one transaction each (what a page does) and 100 to a transaction;
- small jobs claimed and completed per second by one worker process, and by two. The target is 1 000;
- milliseconds from commit to start in an otherwise idle worker, 50th and 95th percentile;
- the same for the peer django-tasks-db on the same kind of database.

The small job writes one row, so that a completed job is a real effect on disk.
"""

import argparse
import csv
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
FIELDS = ["subject", "figure", "value", "unit"]


def rows_of(output: str) -> list[dict[str, str]]:
    """The figures a measuring process printed."""
    return [dict(zip(FIELDS, line.split(",", 3), strict=True)) for line in output.splitlines() if line.count(",") == 3]


def measure(module: str, jobs: int, folder: Path) -> list[dict[str, str]]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE),
        "DJANGO_SETTINGS_MODULE": f"jobsbench.{module}_settings",
        "KOMMUNE3_DATA_DIR": str(folder),
        "KOMMUNE3_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite3'}",
        "KOMMUNE3_LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", f"jobsbench.{module}", str(jobs)]
    ended = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if ended.returncode:
        print(f"{module}: could not be measured (exit code {ended.returncode})", file=sys.stderr)
    return rows_of(ended.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="Folder for jobs.csv.")
    parser.add_argument("--quick", action="store_true", help="1 000 jobs instead of 5 000.")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    began = time.monotonic()
    rows: list[dict[str, str]] = []
    for module in ("ours", "peer"):
        with tempfile.TemporaryDirectory() as folder:
            rows += measure(module, 1000 if options.quick else 5000, Path(folder))
    for row in rows:
        print(f"{row['subject']:18} {row['figure']:52} {float(row['value']):10.1f} {row['unit']}")
    print(f"measured in {time.monotonic() - began:.0f} s")
    with (options.out / "jobs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
