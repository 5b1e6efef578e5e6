# SPDX-License-Identifier: MPL-2.0
"""Our plans beside the peer's (OS2fleetoptimiser 2.2) and the reference's recorded ones, ours solved in this very run.

    python engines/fleetplan/bench/run.py [--quick] [--out FOLDER]

Every case runs in a process of its own, so that its CPU seconds (user + system, all threads) are honest: "solve" is
reading the instance and solving it, "process" adds starting Python and loading numpy and HiGHS. The checker's time is
in neither. CPU figures of the peer and the reference were recorded on a loaded machine of two cores.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Case:
    """One instance, one question. ``peer`` and ``reference`` name the recorded runs."""

    name: str
    file: str
    question: str  # fixed, cost, co2e or peak
    peer: str | None
    reference: str | None
    bound: str | None = None  # the reference's relaxed run, where its bound is recorded apart
    quick: bool = True


CASES = [
    Case("S1a, 4 vehicles fixed", "S1a.json", "fixed", "S1a.intelligent", "S1a.fixed_feasible", "S1a.fixed_cost"),
    Case("S1b, 3 vehicles fixed", "S1b.json", "fixed", "S1b.intelligent", "S1b.fixed_feasible", "S1b.fixed_cost"),
    Case(
        "own10x14, 8 vehicles fixed",
        "own10x14.json",
        "fixed",
        "own10x14.intelligent",
        "own10x14.fixed_feasible",
        "own10x14.fixed_cost",
    ),
    Case("own40x28, 32 vehicles fixed", "own40x28.json", "fixed", "own40x28.intelligent", "own40x28.fixed_cost"),
    Case(
        "own150x90, 120 vehicles fixed",
        "own150x90.json.gz",
        "fixed",
        "own150x90.naive",
        "own150x90.fixed_feasible",
        "own150x90.fixed_cost",
        quick=False,
    ),
    Case("os2-298, fewest cars", "os2-298.json", "peak", None, None),
    Case("S1a, free fleet, cost", "S1a.json", "cost", "S1a.ga.p0", "S1a.free_cost", "S1a.free_cost_LB", quick=False),
    Case("S1a, free fleet, CO2e", "S1a.json", "co2e", "S1a.ga.p10", "S1a.free_co2", "S1a.free_co2_LB", quick=False),
    Case(
        "own10x14, free fleet, cost",
        "own10x14.json",
        "cost",
        "own10x14.ga.p0",
        "own10x14.free_cost",
        "own10x14.free_cost_LB",
        quick=False,
    ),
    Case(
        "own10x14, free fleet, CO2e",
        "own10x14.json",
        "co2e",
        "own10x14.ga.p10",
        "own10x14.free_co2",
        "own10x14.free_co2_LB",
        quick=False,
    ),
    Case(
        "own40x28, free fleet, cost",
        "own40x28.json",
        "cost",
        "own40x28.ga.p0",
        "own40x28.free_cost",
        "own40x28.free_cost_LB",
        quick=False,
    ),
    Case(
        "own40x28, free fleet, CO2e",
        "own40x28.json",
        "co2e",
        "own40x28.ga.p10",
        "own40x28.free_co2",
        "own40x28.free_co2_LB",
        quick=False,
    ),
]


@dataclass(frozen=True)
class Row:
    """One line of the table. kr and kg are a year's; bounds are in the unit of the question; seconds are CPU."""

    case: str
    status: str
    vehicles: int
    kr: float
    co2e_kg: float
    unserved: int
    bound: float | None
    gap_percent: float | None
    violations: int
    solve_s: float
    process_s: float
    peer_kr: float | None
    peer_co2e_kg: float | None
    peer_double_bookings: int | None
    peer_s: float | None
    reference_kr: float | None
    reference_co2e_kg: float | None
    reference_bound: float | None
    reference_violations: int | None
    reference_s: float | None


def main() -> int:
    """Run all cases and show them; 1 where one of ours breaks a rule."""
    parser = argparse.ArgumentParser(description="fleetplan beside the peer and the reference")
    parser.add_argument("--quick", action="store_true", help="only the cases that take a second or so")
    parser.add_argument("--out", type=Path, help="folder to write fleetplan.csv to")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = shared_folder()
    if data is None:
        return 0
    if options.case:
        print(json.dumps(solve_case(next(case for case in CASES if case.name == options.case), data)))
        return 0
    peers = json.loads((data / "anchor_results.json").read_text(encoding="utf-8"))
    references = json.loads((data / "exact_results.json").read_text(encoding="utf-8"))
    rows = []
    print(heading())
    for case in CASES:
        if options.quick and not case.quick:
            continue
        command = [sys.executable, __file__, "--case", case.name]
        ours = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        row = Row(case.name, **ours, **peer_figures(case, peers), **reference_figures(case, references))
        rows.append(row)
        print(line(row), flush=True)
    print(FOOTNOTE)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "fleetplan.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(asdict(rows[0])))
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)
    broken = any(row.violations for row in rows)
    out = ["--out", str(options.out)] if options.out else []
    quick = ["--quick"] if options.quick else []
    for name, more in (
        ("cpsat", [*out, *quick]),
        ("dispatch", out),
        ("charging", [*out, *quick]),
        ("pools", [*out, *quick]),
        ("holdout", quick),
    ):
        beside = [sys.executable, str(Path(__file__).with_name(f"{name}.py")), *more]
        broken = subprocess.run(beside).returncode != 0 or broken
    return 1 if broken else 0


def shared_folder() -> Path | None:
    """The folder of the published instances; None, with a word to the reader, where it is missing."""
    data = Path(os.environ.get("KOMMUNE3_SHARED_DATA", ROOT.parent / "shared" / "data")) / "fleet"
    if data.is_dir():
        return data
    print("Benchmark data not found: set KOMMUNE3_SHARED_DATA to a folder that holds fleet/. Nothing measured.")
    return None


def solve_case(case: Case, data: Path) -> dict[str, Any]:
    """Ours, solved here and now and checked; the peer's plan is put before the same checker."""
    from fleetplan import Goal, Objective, check, solve
    from fleetplan.instances import read_instance, read_peak_instance, read_run

    loaded = cpu_seconds()
    path = data / case.file
    if case.question == "peak":
        problem = read_peak_instance(path)
    elif case.question == "fixed":
        problem = read_instance(path)
    else:
        problem = read_instance(path, free=True, objective=Objective.minimise(Goal(case.question), max_unserved=0))
    answer = solve(problem)
    done = cpu_seconds()
    totals = answer.totals
    assert totals is not None, f"no plan: {answer.status}"
    double_bookings = None
    if case.question == "fixed" and case.peer:
        run = json.loads((data / "anchor_results.json").read_text(encoding="utf-8"))[case.peer]
        if "assignment" in run:
            peer = read_run(data / "anchor_results.json", case.peer, problem)
            double_bookings = sum(violation.code == "double_booking" for violation in check(problem, peer))
    return {
        "status": answer.status.value,
        "vehicles": totals.vehicles,
        "kr": float(totals.total_dkk),
        "co2e_kg": float(totals.co2e_kg),
        "unserved": totals.unserved_trips,
        "bound": None if answer.bound is None else float(answer.bound),
        "gap_percent": None if answer.gap is None else 100 * answer.gap,
        "violations": len(check(problem, answer)),
        "solve_s": round(done - loaded, 2),
        "process_s": round(done, 2),
        "peer_double_bookings": double_bookings,
    }


def cpu_seconds() -> float:
    """User and system seconds of this process since it started."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peer_figures(case: Case, peers: dict[str, Any]) -> dict[str, Any]:
    """The peer's recorded run; of its proposed fleets the best for the question."""
    run = peers.get(case.peer or "", {})
    kr = kg = None
    if "simulation" in run:
        kr, kg = run["simulation"]["total_dkk_year"], run["simulation"]["co2e_kg_year"]
    elif run.get("solutions"):
        key = "simulation_co2e" if case.question == "co2e" else "simulation_expense"
        served = [solution for solution in run["solutions"] if not solution["unallocated"]]
        best = min(served, key=lambda solution: solution[key])
        kr, kg = best["simulation_expense"], best["simulation_co2e"] * 1000
    return {"peer_kr": kr, "peer_co2e_kg": kg, "peer_s": run.get("process_cpu_s")}


def reference_figures(case: Case, references: dict[str, Any]) -> dict[str, Any]:
    """The reference's recorded plan, and the bound of its relaxed run."""
    run = references.get(case.reference or "", {})
    relaxed = references.get(case.bound or case.reference or "", {})
    kg = run.get("co2e_t_year")
    return {
        "reference_kr": run.get("total_dkk_year"),
        "reference_co2e_kg": None if kg is None else 1000 * kg,
        "reference_bound": relaxed.get("lower_bound_valid_for_anchor_rules"),
        "reference_violations": run.get("n_viol"),
        "reference_s": run.get("cpu_s"),
    }


FOOTNOTE = """
kr and kg: of the plan, a year. bound: proven, in the unit of the question (kr or kg).
bad: rules broken, by the checker (ours) or as recorded (reference); peer: double bookings the checker finds.
The reference's CO2e bound includes 0.000001 kg per krone. The peer's fixed plans keep shorter change-overs."""

_WIDTHS = (31, 9, 4, 12, 10, 12, 8, 4, 7, 8, 11, 9, 4, 8, 11, 9, 11, 4, 8)
_TITLES = (
    *("case", "status", "veh", "kr", "kg", "bound", "gap %", "bad", "solve s", "proc. s"),
    *("peer kr", "kg", "bad", "s"),
    *("ref. kr", "kg", "bound", "bad", "s"),
)


def heading() -> str:
    titles = [
        title.ljust(w) if n < 2 else title.rjust(w) for n, (title, w) in enumerate(zip(_TITLES, _WIDTHS, strict=True))
    ]
    return " ".join(titles)


def line(row: Row) -> str:
    cells = (
        *(row.case, row.status, str(row.vehicles), amount(row.kr), amount(row.co2e_kg), amount(row.bound)),
        *(number(row.gap_percent, 4), number(row.violations), number(row.solve_s, 2), number(row.process_s, 2)),
        *(amount(row.peer_kr), amount(row.peer_co2e_kg), number(row.peer_double_bookings), number(row.peer_s, 1)),
        *(amount(row.reference_kr), amount(row.reference_co2e_kg), amount(row.reference_bound)),
        *(number(row.reference_violations), number(row.reference_s, 2)),
    )
    return " ".join(
        cell.ljust(w) if n < 2 else cell.rjust(w) for n, (cell, w) in enumerate(zip(cells, _WIDTHS, strict=True))
    )


def amount(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}".replace(",", " ")


def number(value: float | None, decimals: int = 0) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


if __name__ == "__main__":
    sys.exit(main())
