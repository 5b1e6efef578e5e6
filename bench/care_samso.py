# SPDX-License-Identifier: MPL-2.0
"""A home-care day on the real addresses and roads of Samsø: laid by hand beside the search. Needs the island's map.

The map is read where it lies (``KOMMUNE3_SHARED_DATA``, otherwise ``../shared/data``); without it the bench says so and
ends. Whatever is made of it carries "© OpenStreetMap contributors" (Open Database License).
"""

import argparse
import csv
import os
import sys
import tempfile
import time
from pathlib import Path

from pagesbench import measuring

ROOT = Path(__file__).resolve().parent.parent
MAP = "osm/samsoe-2020-03-09.osm.pbf"
SECONDS, QUICK_SECONDS = 20, 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="3 s of search instead of 20.")
    options = parser.parse_args()
    osm = Path(os.environ.get("KOMMUNE3_SHARED_DATA", ROOT.parent / "shared" / "data")) / MAP
    if not osm.exists():
        print(f"Skipped: there is no map at {osm}. Set KOMMUNE3_SHARED_DATA to the folder that has {MAP}.")
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KOMMUNE3_ROADS_FILE"] = str(Path(folder) / "roads.ttg")
        with measuring.platform():
            rows = measured(osm.resolve(), QUICK_SECONDS if options.quick else SECONDS)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "care_samso.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["figure", "by_hand", "ours"])
        writer.writerows(rows)


def measured(osm: Path, seconds: int) -> list[tuple[str, object, object]]:
    """The figures of both plans, as the command prints them. Ends with an error where a plan breaks a rule."""
    from django.core.management import call_command

    from kommune3.solutions.care.models import Plan, PlanOrigin

    began, ticked = time.perf_counter(), time.process_time()
    call_command("care_samso", osm=osm, seconds=seconds)
    took, cpu = time.perf_counter() - began, time.process_time() - ticked
    print(f"Roads, a fortnight behind, both plans: {took:.0f} s, {cpu:.0f} s of CPU")
    latest = Plan._default_manager.order_by("-pk")
    by_hand = latest.filter(origin=PlanOrigin.BASELINE)[0]
    ours = latest.filter(origin=PlanOrigin.SEARCHED)[0]
    if by_hand.violations or ours.violations or by_hand.date != ours.date:
        sys.exit("A plan breaks a rule.")
    names = ("visits", "travel_seconds", "travel_metres", "late_seconds", "left_out", "unknown_faces")
    return [(name, by_hand.figures[name], ours.figures[name]) for name in names]


if __name__ == "__main__":
    main()
