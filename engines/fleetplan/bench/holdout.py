# SPDX-License-Identifier: MPL-2.0
"""Hold-out: a fleet chosen on some weeks of a published instance and tried on the others; and whether intervals hold.

    python engines/fleetplan/bench/holdout.py [--quick]

The second table draws series of weeks whose true mean is known and counts how often the 95 % interval holds it: of
independent weeks, of skewed ones, and of weeks that resemble the week before (autocorrelation 0.4).
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np
from fleetplan import Goal, Objective, hold_out
from fleetplan.bootstrap import estimate
from fleetplan.instances import read_instance

ROOT = Path(__file__).resolve().parents[3]
CASES = (("own10x14.json", 1, True), ("own40x28.json", 2, False))
SERIES = 300


def main(arguments: list[str] | None = None) -> int:
    """Print both tables; 1 where a plan breaks a rule."""
    parser = argparse.ArgumentParser(description="fleets tried on weeks they were not chosen on")
    parser.add_argument("--quick", action="store_true", help="only what takes a second or so")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("KOMMUNE3_SHARED_DATA", ROOT.parent / "shared" / "data")) / "fleet"
    broken = _fleets(data, quick=options.quick) if data.is_dir() else 0
    _coverage((8, 12) if options.quick else (8, 10, 12, 20, 26, 52))
    return 1 if broken else 0


def _fleets(data: Path, *, quick: bool) -> int:
    print("\nhold-out              chosen/tested weeks  vehicles  served %  sizes 95/99/100 %  violations  CPU s")
    broken = 0
    for name, train_weeks, is_quick in CASES:
        if quick and not is_quick:
            continue
        problem = read_instance(data / name, free=True, objective=Objective.minimise(Goal.CASH, max_unserved=0))
        began = time.process_time()
        found = hold_out(problem, train_weeks=train_weeks, seed=3)
        seconds = time.process_time() - began
        sizes = "/".join("-" if size.vehicles is None else str(size.vehicles) for size in found.sizes)
        broken += found.violations
        print(
            f"{name:<22}{train_weeks:>8} / {len(found.tested):<10}{found.choices[0].vehicles:>7}"
            f"{100 * found.service.trips_served.value:>11.2f}{sizes:>16}{found.violations:>15}{seconds:>10.1f}",
            flush=True,
        )
    return broken


def _coverage(weeks: tuple[int, ...]) -> None:
    print("\nhow often the 95 % interval holds the truth, %\nweeks  independent  skewed  alike")
    for count in weeks:
        shares = [_held(kind, count) for kind in ("independent", "skewed", "alike")]
        print(f"{count:>5}  {shares[0]:>11.0f}  {shares[1]:>6.0f}  {shares[2]:>5.0f}", flush=True)


def _held(kind: str, weeks: int) -> float:
    dice = np.random.default_rng(1)
    held = 0
    for seed in range(SERIES):
        values, truth = _series(dice, kind, weeks)
        found = estimate(lambda at, drawn=values: drawn[at].mean(axis=1), weeks, confidence=0.95, seed=seed)  # type: ignore[misc]
        held += found.low is not None and found.high is not None and found.low <= truth <= found.high
    return 100 * held / SERIES


def _series(dice: np.random.Generator, kind: str, weeks: int) -> tuple[np.ndarray, float]:
    if kind == "skewed":
        return dice.lognormal(0.0, 0.8, size=weeks), float(np.exp(0.32))
    values = dice.normal(size=weeks + 50)
    if kind == "alike":
        for at in range(1, len(values)):
            values[at] += 0.4 * values[at - 1]
    return values[50:], 0.0


if __name__ == "__main__":
    raise SystemExit(main())
