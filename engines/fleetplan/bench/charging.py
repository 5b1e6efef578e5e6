# SPDX-License-Identifier: MPL-2.0
"""Real charging at the scale of four weeks: all electric, few chargers, a price for every hour.

    python engines/fleetplan/bench/charging.py [--quick] [--out FOLDER] [--write FOLDER]

The trips are made up with a fixed seed (:func:`make_charging`): 370 a week, working days with a morning and an
afternoon peak, some evenings and weekends. Prices follow the day (cheap at night and at noon, dear in the evening) with
chance on top, and a grid tariff by the hour. Every case is solved in a process of its own and put before the checker.
"""

import argparse
import csv
import json
import math
import random
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from fleetplan import (
    COMPATIBLE_2022,
    Battery,
    Charger,
    Charging,
    Energy,
    EnergyPrice,
    Goal,
    Kind,
    Objective,
    Problem,
    Tariff,
    Trip,
    VehicleClass,
    check,
    solve,
    write_problem,
)

TARGET_GAP_PERCENT, TARGET_SECONDS = 1.0, 60.0
_MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
_KWH_PER_KM = 0.18


@dataclass(frozen=True)
class Case:
    """One question. ``usable_kwh`` of the small battery decides how tight it is: the longest trip uses 21.6."""

    name: str
    days: int = 28
    trips_a_week: int = 370
    bases: int = 4
    outlets: int = 2
    kw: float = 11.0
    site_kw: float | None = None
    usable_kwh: float = 40.0
    classes: int = 1
    max_unserved: int | None = 0
    quick: bool = False


CASES = (
    Case("one week, four bases", days=7, quick=True),
    Case("four bases, two outlets each"),
    Case("four bases, two models, weak connection", classes=2, outlets=3, site_kw=15.0),
    Case("one base, six outlets", bases=1, outlets=6),
    Case("one base, two outlets, small batteries", bases=1, outlets=2, usable_kwh=22.4),
    Case("four bases, one outlet, trips may stay", outlets=1, usable_kwh=22.4, max_unserved=None),
)


@dataclass(frozen=True)
class Row:
    """One line of the table: the plan a year and its bound, charging in the period and its bound, CPU seconds."""

    case: str
    status: str
    vehicles: int
    unserved: int
    dkk_year: float
    bound_dkk_year: float
    gap_percent: float
    charging_dkk: float
    charging_bound_dkk: float
    charging_gap_percent: float
    charges: int
    violations: int
    solve_s: float
    process_s: float


def make_charging(case: Case, *, seed: int = 2026) -> Problem:
    """The same problem for the same arguments."""
    chance = random.Random(seed)
    trips = []
    for number in range(case.trips_a_week * case.days // 7):
        day = chance.randrange(case.days)
        if day % 7 >= 5 and chance.random() < 0.6:
            day = day - day % 7 + chance.randrange(5)
        hour = chance.uniform(14.5, 19) if chance.random() < 0.25 else chance.uniform(6, 11)
        km = round(min(120.0, max(3.0, chance.lognormvariate(3.2, 0.6))), 1)
        minutes = round(60 * max(0.4, min(8.0, km / 35 + chance.uniform(0.3, 4))))
        start = _MONDAY + timedelta(days=day, minutes=int(60 * hour))
        base = f"base {chance.randrange(case.bases) + 1}"
        trips.append(Trip(f"trip {number}", base, start, start + timedelta(minutes=minutes), km))
    models = (("small electric", _KWH_PER_KM, 38_000.0, 1.0), ("electric van", 0.24, 52_000.0, 1.6))[: case.classes]
    return Problem(
        tuple(trips),
        tuple(
            VehicleClass(name, name, Kind.EV, Energy.ELECTRICITY, per_km, dkk) for name, per_km, dkk, _size in models
        ),
        COMPATIBLE_2022,
        objective=Objective.minimise(Goal.CASH, max_unserved=case.max_unserved),
        period_days=float(case.days),
        charging=Charging(
            starts_at=_MONDAY,
            ends_at=_MONDAY + timedelta(days=case.days, hours=12),
            batteries=tuple(Battery(name, case.usable_kwh / 0.8 * size, 11.0, 0.8) for name, _, _, size in models),
            chargers=tuple(
                Charger(f"charger {n + 1}", f"base {n + 1}", case.outlets, case.kw) for n in range(case.bases)
            ),
            prices=_prices(chance, 24 * case.days + 12),
            tariffs=(Tariff("grid", 0.12), Tariff("grid, evening", 0.45, time(17), time(21))),
            site_kw={} if case.site_kw is None else {f"base {n + 1}": case.site_kw for n in range(case.bases)},
        ),
    )


def _prices(chance: random.Random, hours: int) -> tuple[EnergyPrice, ...]:
    found = []
    weather = 0.0
    for number in range(hours):
        clock = number % 24
        weather = 0.98 * weather + chance.gauss(0, 0.04)
        shape = 0.35 * math.exp(-(((clock - 18) / 2) ** 2)) - 0.2 * math.exp(-(((clock - 3) / 3) ** 2))
        starts_at = _MONDAY + timedelta(hours=number)
        price = round(0.55 + shape + weather + chance.gauss(0, 0.05), 5)
        found.append(EnergyPrice(starts_at, starts_at + timedelta(hours=1), price))
    return tuple(found)


def main() -> int:
    """Run all cases and show them; 1 where a rule is broken."""
    parser = argparse.ArgumentParser(description="fleetplan with real charging")
    parser.add_argument("--quick", action="store_true", help="only the case that takes a second")
    parser.add_argument("--out", type=Path, help="folder to write charging.csv to")
    parser.add_argument("--write", type=Path, help="folder to write the problems to as JSON, and solve nothing")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.case:
        print(json.dumps(asdict(solve_case(next(case for case in CASES if case.name == options.case)))))
        return 0
    chosen = [case for case in CASES if case.quick or not options.quick]
    if options.write:
        options.write.mkdir(parents=True, exist_ok=True)
        for case in chosen:
            write_problem(options.write / f"{case.name}.json", make_charging(case))
        return 0
    print(
        f"\nReal charging, {CASES[-1].trips_a_week} trips a week; target {TARGET_GAP_PERCENT} % in {TARGET_SECONDS} s"
    )
    print(_line(("case", "vehicles", "kr/year", "bound", "gap %", "charging kr", "gap %", "bad", "solve s", "proc. s")))
    rows = []
    for case in chosen:
        command = [sys.executable, __file__, "--case", case.name]
        row = Row(**json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        rows.append(row)
        print(_line(_cells(row)), flush=True)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "charging.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(asdict(rows[0])))
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)
    return 1 if any(row.violations for row in rows) else 0


def solve_case(case: Case) -> Row:
    """One case, solved here and now and checked."""
    problem = make_charging(case)
    loaded = _cpu_seconds()
    answer = solve(problem)
    done = _cpu_seconds()
    totals, charging = answer.totals, answer.charging
    if totals is None or charging is None or answer.value is None or answer.bound is None:
        raise SystemExit(f"{case.name}: no plan, {answer.status.value}")
    cheapest = charging.dkk if charging.bound_dkk is None else charging.bound_dkk
    return Row(
        case=case.name,
        status=answer.status.value,
        vehicles=totals.vehicles,
        unserved=totals.unserved_trips,
        dkk_year=float(answer.value),
        bound_dkk_year=float(answer.bound),
        gap_percent=100 * (answer.gap or 0.0),
        charging_dkk=float(charging.dkk),
        charging_bound_dkk=float(cheapest),
        charging_gap_percent=100 * float((charging.dkk - cheapest) / charging.dkk),
        charges=len(answer.charges),
        violations=len(check(problem, answer)),
        solve_s=round(done - loaded, 2),
        process_s=round(done, 2),
    )


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.case,
        str(row.vehicles),
        f"{row.dkk_year:,.0f}".replace(",", " "),
        f"{row.bound_dkk_year:,.0f}".replace(",", " "),
        f"{row.gap_percent:.4f}",
        f"{row.charging_dkk:,.0f}".replace(",", " "),
        f"{row.charging_gap_percent:.3f}",
        str(row.violations),
        f"{row.solve_s:.1f}",
        f"{row.process_s:.1f}",
    )


def _line(cells: tuple[Any, ...]) -> str:
    return " ".join(
        str(cell).ljust(42) if not n else str(cell).rjust(width)
        for n, (cell, width) in enumerate(zip(cells, (42, 8, 12, 12, 8, 12, 8, 4, 8, 8), strict=True))
    )


if __name__ == "__main__":
    sys.exit(main())
