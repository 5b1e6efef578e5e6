# SPDX-License-Identifier: MPL-2.0
"""OR-Tools CP-SAT beside ours on the cases with a fixed fleet, both in this very run.

    python engines/fleetplan/bench/cpsat.py [--quick]

CP-SAT gets the counting model itself (one row per clique and class), the best formulation there is for it, and one
thread. Range and rest are not in it, so its value is not a plan and may lie below ours; its bound is as valid as ours.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from run import CASES, Case, amount, cpu_seconds, number, shared_folder, solve_case

_SECONDS = 60.0
"""Most seconds CP-SAT gets per model."""
_OERE = 100
"""CP-SAT counts in whole numbers: kroner become øre."""


def main() -> int:
    """Show both for every fixed fleet; 1 where CP-SAT's value is below our bound, which would disprove it."""
    parser = argparse.ArgumentParser(description="CP-SAT beside fleetplan")
    parser.add_argument("--quick", action="store_true", help="only the cases that take a second or so")
    parser.add_argument("--out", type=Path, help="folder to write fleetplan_cpsat.csv to")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    data = shared_folder()
    if data is None:
        return 0
    if options.read:
        print(json.dumps(by_cpsat(options.read)))
    elif options.case:
        case = next(case for case in CASES if case.name == options.case)
        print(json.dumps(write_models(case, data, options.write) if options.write else solve_case(case, data)))
    else:
        return 1 if _compared(quick=options.quick, out=options.out) else 0
    return 0


def _compared(*, quick: bool, out: Path | None) -> bool:
    """Print the table and write it to the folder ``out``; whether one of our bounds is disproved."""
    print(f"\n{'':31}{'ours kr':>12}{'bound':>12}{'CPU s':>8}{'CP-SAT kr':>12}{'bound':>12}{'CPU s':>8}")
    disproved = False
    lines = ["case,ours_kr,ours_bound,ours_cpu_s,cpsat_kr,cpsat_bound,cpsat_cpu_s"]
    for case in CASES:
        if case.question != "fixed" or (quick and not case.quick):
            continue
        with tempfile.TemporaryDirectory() as folder:
            ours = _in_own_process("--case", case.name)
            _in_own_process("--case", case.name, "--write", folder)
            theirs = _in_own_process("--read", folder)
        figures = [ours["kr"], ours["bound"], ours["solve_s"], theirs["value"], theirs["bound"], theirs["solve_s"]]
        lines.append(",".join([f'"{case.name}"', *("" if figure is None else f"{figure:.2f}" for figure in figures)]))
        print(
            f"{case.name:31}{amount(ours['kr']):>12}{amount(ours['bound']):>12}{number(ours['solve_s'], 2):>8}"
            f"{amount(theirs['value']):>12}{amount(theirs['bound']):>12}{number(theirs['solve_s'], 2):>8}",
            flush=True,
        )
        disproved |= theirs["is_optimal"] and theirs["value"] < ours["bound"] - 1
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "fleetplan_cpsat.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return disproved


def _in_own_process(*options: str) -> dict[str, Any]:
    """OR-Tools brings a HiGHS of its own that does not load beside highspy's: they never meet in one process."""
    command = [sys.executable, __file__, *options]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def write_models(case: Case, data: Path, folder: Path) -> dict[str, Any]:
    """The counting model of the whole case, one file for each rate of allowance that can be reached."""
    from fleetplan.caps import reachable_tiers
    from fleetplan.counting import CountingModel
    from fleetplan.instances import read_instance
    from fleetplan.jobs import make_jobs

    problem = read_instance(data / case.file)
    jobs = make_jobs(problem)
    counting = CountingModel(problem, jobs)
    for tier in reachable_tiers(problem, jobs.km):
        mip = counting.mip(counting.line(problem.objective.stages[0], tier=tier), [])
        rows = mip.rows
        np.savez(
            folder / f"{tier}.npz",
            cost=np.rint(_OERE * mip.cost),
            offset=mip.offset,
            lower=mip.lower,
            upper=np.minimum(mip.upper, jobs.n),
            start=rows.start,
            index=rows.index,
            value=rows.value,
            row_lower=np.maximum(rows.lower, -1e9),
            row_upper=np.minimum(rows.upper, 1e9),
        )
    return {}


def by_cpsat(folder: Path) -> dict[str, Any]:
    """The least value and bound over the models in the folder, by CP-SAT on one thread."""
    from ortools.sat.python import cp_model

    loaded = cpu_seconds()
    values, bounds, is_optimal = [], [], True
    for file in sorted(folder.glob("*.npz")):
        given = np.load(file)
        cost, start, index, value = given["cost"], given["start"], given["index"], given["value"].astype(int)
        model = cp_model.CpModel()
        x = [
            model.new_int_var(int(low), int(high), "") for low, high in zip(given["lower"], given["upper"], strict=True)
        ]
        for row, (low, high) in enumerate(zip(given["row_lower"], given["row_upper"], strict=True)):
            entries = range(start[row], start[row + 1])
            left = cp_model.LinearExpr.weighted_sum(
                [x[index[at]] for at in entries], [int(value[at]) for at in entries]
            )
            model.add_linear_constraint(left, int(low), int(high))
        model.minimize(cp_model.LinearExpr.weighted_sum(x, [int(of) for of in cost]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = _SECONDS
        status = solver.solve(model)
        is_optimal &= status == cp_model.OPTIMAL
        offset = float(given["offset"])
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            values.append(solver.objective_value / _OERE + offset)
        bounds.append(solver.best_objective_bound / _OERE + offset)
    return {
        "value": min(values, default=None),
        "bound": min(bounds),
        "is_optimal": is_optimal,
        "solve_s": round(cpu_seconds() - loaded, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
