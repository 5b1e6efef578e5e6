# SPDX-License-Identifier: MPL-2.0
"""Kill server, workers and copies as often as wanted, on SQLite and where one answers on PostgreSQL."""

import argparse
import sys

from run_tests import POSTGRESQL, postgresql_answers, suite

TEST = "tests/kill/test_kill_run.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, required=True, help="How many times on each database.")
    parser.add_argument("--seed", type=int, default=20260302, help="The same seed chooses the same blows.")
    options = parser.parse_args()
    settings = {"KOMMUNE3_KILLS": str(options.kills), "KOMMUNE3_KILL_SEED": str(options.seed)}
    passed = suite("Killed on SQLite", TEST, processes="0", KOMMUNE3_DATABASE_URL="", **settings)
    if postgresql_answers():
        passed &= suite("Killed on PostgreSQL", TEST, processes="0", KOMMUNE3_DATABASE_URL=POSTGRESQL, **settings)
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
