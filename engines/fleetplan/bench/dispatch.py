# SPDX-License-Identifier: MPL-2.0
"""A day of bookings kept best: 200 bookings re-optimised as one comes or goes, beside first come, first served.

    python engines/fleetplan/bench/dispatch.py [--out FOLDER]

Made-up days from fixed seeds: one base and its electric and fuel cars, some with less range left or out of service,
bookings of half an hour to a working day between 6 and 21. "First" is a day allocated from nothing; "again" is the same
day with everybody told, after a booking was cancelled or a new one came, and with what starts within the hour frozen.
CPU seconds are of this process, all threads.
"""

import argparse
import csv
import random
import statistics
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleetplan import Booking, Car, Closed, Day, Fetch, Kind, check_day, first_come_day, optimise_day

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
CASES = ((200, 60, "room for all"), (200, 45, "too few cars"), (60, 15, "a small base"))
DAYS = 4
AGAIN = 8
LIMIT = 2.0


@dataclass(frozen=True)
class Row:
    """One case. Seconds are CPU; ``first_come`` is the naive allocation of the same bookings."""

    case: str
    bookings: int
    cars: int
    first_s: float
    again_median_s: float
    again_p95_s: float
    worst_gap_percent: float
    unserved: int
    unserved_first_come: int
    dkk: float
    dkk_first_come: float
    changes_per_time: float
    violations: int


def main() -> int:
    """Run all cases and show them; 1 where an allocation breaks a rule."""
    parser = argparse.ArgumentParser(description="a day of bookings, re-optimised")
    parser.add_argument("--out", type=Path, help="folder to write dispatch.csv to")
    options = parser.parse_args()
    rows = []
    print(
        f"{'case':<14} {'book.':>5} {'cars':>4} {'first':>6} {'again':>6} {'p95':>6} {'gap %':>7} {'unserved':>8} "
        f"{'naive':>5} {'kr':>7} {'naive':>7} {'moved':>6} {'rules':>5}"
    )
    for bookings, cars, name in CASES:
        row = measured(name, bookings, cars)
        rows.append(row)
        print(
            f"{row.case:<14} {row.bookings:>5} {row.cars:>4} {row.first_s:>6.2f} {row.again_median_s:>6.2f} "
            f"{row.again_p95_s:>6.2f} {row.worst_gap_percent:>7.4f} {row.unserved:>8} {row.unserved_first_come:>5} "
            f"{row.dkk:>7.0f} {row.dkk_first_come:>7.0f} {row.changes_per_time:>6.2f} {row.violations:>5}",
            flush=True,
        )
    print("CPU seconds; kr and unserved are sums over the days; 'moved' is people told another car, per change.")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "dispatch.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(Row.__annotations__))
            writer.writeheader()
            writer.writerows(vars(row) for row in rows)
    return 1 if any(row.violations for row in rows) else 0


def measured(name: str, bookings: int, cars: int) -> Row:
    """A few days of one case: allocated, then changed and allocated again."""
    first, again, gaps, moved = [], [], [0.0], []
    unserved = naive_unserved = violations = 0
    dkk = naive_dkk = 0.0
    for seed in range(DAYS):
        dice = random.Random(seed)
        day = made_up(dice, bookings, cars)
        spent, answer = timed(day)
        first.append(spent)
        naive = first_come_day(day)
        unserved, naive_unserved = unserved + answer.figures.unserved, naive_unserved + naive.figures.unserved
        dkk, naive_dkk = dkk + answer.figures.dkk, naive_dkk + naive.figures.dkk
        violations += len(check_day(day, answer)) + len(check_day(day, naive))
        for _ in range(AGAIN):
            day = changed(dice, day, answer.car_of)
            spent, answer = timed(day)
            again.append(spent)
            gaps.append(100 * answer.gap)
            moved.append(answer.figures.changes)
            violations += len(check_day(day, answer))
    return Row(
        name, bookings, cars, statistics.median(first), statistics.median(again),
        sorted(again)[int(0.95 * len(again))], max(gaps), unserved, naive_unserved, dkk, naive_dkk,
        statistics.mean(moved), violations,
    )  # fmt: skip


def timed(day):
    """CPU seconds and answer."""
    before = time.process_time()
    answer = optimise_day(day, seconds=LIMIT)
    return time.process_time() - before, answer


def made_up(dice: random.Random, bookings: int, cars: int) -> Day:
    """A day nobody has been told anything about."""
    return Day(
        cars=tuple(_car(dice, number) for number in range(cars)),
        bookings=tuple(_booking(dice, number) for number in range(bookings)),
        start=MIDNIGHT, changeover_minutes=5, change_worth=10, own_dkk_per_km=3.94, own_kg_per_km=0.126,
    )  # fmt: skip


def changed(dice: random.Random, day: Day, car_of: dict[str, str | None]) -> Day:
    """The day with everybody told, a booking less or one more, and what starts before an hour from now frozen."""
    now = MIDNIGHT + timedelta(minutes=dice.randrange(5 * 60, 15 * 60))
    told = [
        replace(
            each, told=car_of.get(each.id),
            is_frozen=car_of.get(each.id) is not None and each.start < now + timedelta(hours=1),
        )
        for each in day.bookings
    ]  # fmt: skip
    if dice.random() < 0.5:
        told.pop(dice.randrange(len(told)))
    else:
        told.append(replace(_booking(dice, 0), id=f"new{dice.random()}"))
    return replace(day, bookings=tuple(told))


def _car(dice: random.Random, number: int) -> Car:
    electric = dice.random() < 0.5
    closed = ()
    if dice.random() < 0.1:
        since = MIDNIGHT + timedelta(hours=dice.uniform(6, 14))
        closed = (Closed(since, since + timedelta(hours=2)),)
    return Car(
        id=f"c{number}", kind=Kind.EV if electric else Kind.FOSSIL, bases={"b": Fetch()},
        dkk_per_km=dice.choice((0.34, 0.41)) if electric else dice.choice((0.55, 0.78)),
        kg_per_km=0.014 if electric else 0.12,
        capabilities=frozenset({"towbar"} if dice.random() < 0.2 else ()),
        range_km=250.0 if electric else None, left_km=dice.choice((250.0, 250.0, 250.0, 150.0)) if electric else None,
        charge_km_per_hour=40.0 if electric else 0.0, closed=closed,
    )  # fmt: skip


def _booking(dice: random.Random, number: int) -> Booking:
    start = MIDNIGHT + timedelta(minutes=15 * dice.randrange(24, 72))
    hours = min(21.0 - (start - MIDNIGHT) / timedelta(hours=1), dice.choice((0.5, 1, 1.5, 2, 2, 3, 4, 7)))
    return Booking(
        id=f"b{number}", base="b", start=start, end=start + timedelta(hours=hours),
        km=round(dice.uniform(4, 18) * hours),
        needs=frozenset({"towbar"} if dice.random() < 0.05 else ()),
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
