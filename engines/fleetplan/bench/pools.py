# SPDX-License-Identifier: MPL-2.0
"""Pools at the scale of a large municipality: 20 pools of three bases, 1 000 vehicles, 200 000 trips in a quarter.

    python engines/fleetplan/bench/pools.py [--quick] [--free] [--workers 2] [--out FOLDER] [--write FILE]

The trips are made up with a fixed seed (:func:`make_pools`): working days with a morning and an afternoon peak, some
evenings and weekends, home care and administration apart, and a vehicle for each trip, so that the fleet of 1 000 is
known to be enough. Two questions: who drives what with these vehicles, and how few of them are enough.
"""

import argparse
import csv
import os
import random
import resource
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fleetplan import (
    COMPATIBLE_2022,
    Energy,
    Goal,
    Kind,
    Limits,
    Objective,
    Pool,
    Problem,
    Transfer,
    Trip,
    Vehicle,
    VehicleClass,
    check,
    write_problem,
)
from fleetplan.fanout import solve_in_parallel
from fleetplan.parts import independent_parts

POOLS, VEHICLES, TRIPS, WEEKS = 20, 50, 10_000, 13
"""Vehicles and trips are those of one pool."""
TARGET_SECONDS = 300.0
LIMITS = Limits(rounds=0, refine=False)
"""No second look at what range and rest broke: it finds next to nothing here and takes five times as long."""
_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_BASES = ("north", "town", "south")
_MODELS = (
    # name, kind, energy, per km, kr/year, range km, capabilities, share of the vehicles
    ("small electric", Kind.EV, Energy.ELECTRICITY, 0.145, 41_000.0, 230.0, frozenset[str](), 0.44),
    ("electric van", Kind.EV, Energy.ELECTRICITY, 0.230, 62_000.0, 260.0, frozenset({"lift"}), 0.14),
    ("petrol", Kind.FOSSIL, Energy.PETROL, 1 / 21, 35_000.0, None, frozenset[str](), 0.30),
    ("bike", Kind.BIKE, Energy.NONE, 0.0, 2_400.0, 20.0, frozenset[str](), 0.12),
)


def make_pools(*, pools: int = POOLS, seed: int = 2026, fixed: bool = True) -> Problem:
    """The same problem for the same arguments. ``fixed``: all vehicles stay; else as many of them as pay."""
    trips: list[Trip] = []
    classes: list[VehicleClass] = []
    vehicles: list[Vehicle] = []
    shared: list[Pool] = []
    for number in range(pools):
        draw = random.Random(f"{seed}/{number}")
        names = [f"p{number:02d}-{base}" for base in _BASES]
        shared.append(_pool(f"p{number:02d}", names, draw))
        homes = [(home, model) for home, model in _homes(names)]
        for home in names:
            for model, *rest in _MODELS:
                count = homes.count((home, model))
                classes.append(_class(f"{home} {model}", home, (model, *rest), count, fixed=fixed))
        work = [_days(draw, model) for _, model in homes]
        chosen = _thinned(draw, [(car, one) for car, days in enumerate(work) for one in days])
        vehicles += [Vehicle(f"p{number:02d}-{car:02d}", f"{home} {model}") for car, (home, model) in enumerate(homes)]
        for car, (start, end, km) in chosen:
            home, model = homes[car]
            needs = frozenset({"lift"}) if model == "electric van" and draw.random() < 0.6 else frozenset()
            name = f"p{number:02d}-{len(trips):06d}"
            trips.append(Trip(name, home, start, end, km, needs=needs, vehicle=f"p{number:02d}-{car:02d}"))
    return Problem(
        tuple(trips),
        tuple(classes),
        COMPATIBLE_2022,
        objective=Objective.minimise(Goal.CASH, max_unserved=0),
        vehicles=tuple(vehicles),
        period_days=7.0 * WEEKS,
        pools=tuple(shared),
    )


def _pool(name: str, bases: Sequence[str], draw: random.Random) -> Pool:
    ways = ((bases[0], bases[1]), (bases[1], bases[2]), (bases[0], bases[2]))
    minutes = [draw.uniform(6, 14), draw.uniform(6, 14), draw.uniform(14, 25)]
    transfers = (
        Transfer(here, there, round(m), round(m * 0.85, 1)) for (here, there), m in zip(ways, minutes, strict=True)
    )
    return Pool(name, frozenset(bases), tuple(transfers))


def _homes(bases: Sequence[str]) -> list[tuple[str, str]]:
    """Where each vehicle of a pool stands: half of them in the town."""
    homes: list[tuple[str, str]] = []
    for model, *_, share in _MODELS:
        count = round(share * VEHICLES)
        places = [bases[1]] * (count - 2 * (count // 4)) + [bases[0]] * (count // 4) + [bases[2]] * (count // 4)
        homes += [(place, model) for place in places]
    return homes


def _class(name: str, home: str, model: tuple[object, ...], count: int, *, fixed: bool) -> VehicleClass:
    title, kind, energy, per_km, fixed_dkk, range_km, capabilities, _ = model
    return VehicleClass(
        name, str(title), kind, energy, per_km, fixed_dkk, range_km,  # type: ignore[arg-type]
        rest_hours=7.0 if kind is Kind.EV else 0.0,
        capabilities=capabilities,  # type: ignore[arg-type]
        min_count=count if fixed else 0,
        max_count=count,
        home=home,
    )  # fmt: skip


def _days(draw: random.Random, model: str) -> list[tuple[datetime, datetime, float]]:
    """What one vehicle could have driven in the quarter, trip after trip with time to change over."""
    found: list[tuple[datetime, datetime, float]] = []
    is_bike, is_care = model == "bike", draw.random() < 0.4
    for day in range(7 * WEEKS):
        weekend = day % 7 >= 5
        if draw.random() < (0.75 if weekend and not is_care else 0.08):
            continue
        clock = draw.gauss(7.6, 0.5)
        left = 20.0 if is_bike else 190.0
        until = 14.3 if is_bike else draw.choice((15.5, 16.5, 22.0 if is_care else 17.0))
        while True:
            clock += draw.uniform(0.12, 0.5) if draw.random() < 0.65 else draw.uniform(0.5, 2.2)
            hours = min(max(draw.lognormvariate(0.0 if is_care else 0.35, 0.55), 0.3), 6.0)
            km = round(
                min(draw.lognormvariate(0.9 if is_bike else 2.6, 0.5), 12.0 * hours if is_bike else 60.0 * hours), 1
            )
            if clock + hours > until or km > left or (is_bike and km >= 14):
                break
            start = _MONDAY + timedelta(days=day, minutes=round(60 * (max(clock, 6.1))))
            end = start + timedelta(minutes=round(60 * hours))
            found.append((start, end, km))
            clock = max(clock, 6.1) + hours
            left -= km
    return found


def _thinned(
    draw: random.Random, work: list[tuple[int, tuple[datetime, datetime, float]]]
) -> list[tuple[int, tuple[datetime, datetime, float]]]:
    """As many of the trips as a pool has, in order of start."""
    if len(work) < TRIPS:
        raise ValueError(f"{len(work)} trips drawn, {TRIPS} are wanted")
    return sorted(draw.sample(work, TRIPS), key=lambda one: (one[1][0], one[0]))


def main(arguments: Sequence[str] | None = None) -> int:
    """Solve both questions and show what they took; 1 where the checker finds something."""
    parser = argparse.ArgumentParser(description="fleetplan over many pools")
    parser.add_argument("--quick", action="store_true", help="two pools instead of twenty")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--free", action="store_true", help="also ask how few vehicles are enough (some minutes more)")
    parser.add_argument("--out", type=Path, help="folder to write fleetplan_pools.csv to")
    parser.add_argument("--write", type=Path, help="write the problem as JSON here, and solve nothing")
    options = parser.parse_args(arguments)
    pools = 2 if options.quick else POOLS
    if options.write:
        write_problem(options.write, make_pools(pools=pools))
        return 0
    print(f"Pools: {pools} of three bases, {pools * VEHICLES:,} vehicles, {pools * TRIPS:,} trips in {WEEKS} weeks;")
    print(
        f"one process per pool on {options.workers} of {os.cpu_count()} cores. Target for 20: {TARGET_SECONDS:.0f} s."
    )
    print(
        f"{'question':<26} {'parts':>5} {'status':<9} {'vehicles':>8} {'kr/year':>12} {'bound':>12} {'gap %':>7} "
        f"{'transfer km':>11} {'bad':>4} {'wall s':>7} {'CPU s':>7}"
    )
    worst = 0
    rows = []
    for title, fixed in (("who drives what", True), ("how few are enough", False))[: 2 if options.free else 1]:
        problem = make_pools(pools=pools, fixed=fixed)
        parts = len(independent_parts(problem))
        wall, cpu = time.perf_counter(), _cpu()
        answer = solve_in_parallel(problem, workers=options.workers, limits=LIMITS)
        wall, cpu = time.perf_counter() - wall, _cpu() - cpu
        bad = len(check(problem, answer))
        worst = max(worst, bad)
        rows.append((title, answer.status.value, answer.value, answer.bound, bad, round(wall, 1), round(cpu, 1)))
        totals, gap = answer.totals, answer.gap
        print(
            f"{title:<26} {parts:>5} {answer.status.value:<9} "
            f"{totals.vehicles if totals else 0:>8} {answer.value or 0:>12.0f} {answer.bound or 0:>12.0f} "
            f"{100 * gap if gap is not None else float('nan'):>7.3f} "
            f"{totals.transfer_km if totals else 0:>11.0f} {bad:>4} {wall:>7.1f} {cpu:>7.1f}",
            flush=True,
        )
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "fleetplan_pools.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["question", "status", "value", "bound", "violations", "wall_s", "cpu_s"])
            writer.writerows(rows)
    return 1 if worst else 0


def _cpu() -> float:
    """User and system seconds of this process and of those it has waited for."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


if __name__ == "__main__":
    sys.exit(main())
