# SPDX-License-Identifier: MPL-2.0
"""python -m fleetplan holdout|whatif FILE: fleets tried on other weeks, and under other conditions."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from fleetplan.answer import Answer, Limits, Totals
from fleetplan.asking import read_asked
from fleetplan.bootstrap import Estimate
from fleetplan.check import check
from fleetplan.codec import encode
from fleetplan.halves import Halves, move_twice
from fleetplan.holdout import HOLDOUT_LIMITS, Holdout, hold_out
from fleetplan.pools import Transfer
from fleetplan.problem import Problem
from fleetplan.solve import solve
from fleetplan.splits import Split
from fleetplan.whatif import Changed, base_closed, electrified, grown, shared

_BROKEN_RULES = 1
Command = Callable[[str, Any, str], argparse.ArgumentParser]


def add_commands(command: Command) -> None:
    """``command``: makes a subcommand that reads FILE."""
    made = command("holdout", _holdout, "choose a fleet on some weeks, try it on the others")
    made.add_argument("--train-weeks", type=int, default=2, metavar="K", help="weeks to choose on (default: 2)")
    splits = [split.value for split in Split if split is not Split.GIVEN]
    made.add_argument("--split", choices=splits, default=Split.RANDOM.value, help="which weeks (default: random)")
    made.add_argument("--seed", type=int, default=1, metavar="N", help="for the draws (default: 1)")
    made.add_argument(
        "--levels", type=_levels, default=(0.95, 0.99, 1.0), help="per cent of trips (default: 95,99,100)"
    )
    made.add_argument("--confidence", type=float, default=95.0, help="per cent, of the intervals (default: 95)")
    _add_seconds_and_out(made, HOLDOUT_LIMITS)
    made = command("whatif", _whatif, "what would change if …, beside the unchanged problem")
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument("--electrify", action="store_true", help="only electric cars and bikes")
    which.add_argument("--close", metavar="BASE", help="close a base; its trips move to the base --to")
    which.add_argument("--share", metavar="BASE", help="this base and the base --to share their vehicles")
    which.add_argument("--move-twice", action="store_true", help="vehicles change base in April and October")
    which.add_argument("--grow", type=float, metavar="PERCENT", help="so many per cent more trips, drawn with --seed")
    made.add_argument("--to", metavar="BASE", help="the other base")
    made.add_argument("--minutes", type=float, default=0.0, help="between the two bases, one way")
    made.add_argument("--km", type=float, default=0.0, help="between the two bases, one way")
    made.add_argument("--move-dkk", type=float, help="what moving one vehicle once costs")
    made.add_argument("--seed", type=int, default=1, metavar="N")
    _add_seconds_and_out(made, Limits())


def _add_seconds_and_out(made: argparse.ArgumentParser, limits: Limits) -> None:
    made.add_argument("--seconds", type=float, default=limits.solver_seconds, help="for each call of the solver")
    made.add_argument("--out", type=Path, help="write the result as JSON here")


def _levels(text: str) -> tuple[float, ...]:
    levels = tuple(float(part) / 100 for part in text.split(",") if part)
    if not all(0 < level <= 1 for level in levels):
        raise argparse.ArgumentTypeError("levels are per cent above 0 and at most 100")
    return levels


def _holdout(options: argparse.Namespace) -> int:
    found = hold_out(
        read_asked(options),
        train_weeks=options.train_weeks,
        split=Split(options.split),
        seed=options.seed,
        levels=options.levels,
        confidence=options.confidence / 100,
        limits=replace(HOLDOUT_LIMITS, solver_seconds=options.seconds),
        on_progress=lambda done, step: print(f"{100 * done:.0f} % {step}", file=sys.stderr),
    )
    _show_holdout(found)
    if options.out:
        _write(options.out, found)
    return _BROKEN_RULES if found.violations else 0


def _show_holdout(found: Holdout) -> None:
    days = {week.number: week.first_day.isoformat() for week in found.weeks}
    for choice in found.choices:
        fleet = ", ".join(f"{entry.count} {entry.class_id}" for entry in choice.fleet if entry.count)
        print(f"chosen on weeks {' '.join(days[week] for week in choice.fold.train)}: {fleet}")
        print(f"  value {choice.value}, proven bound {choice.bound}")
    today = {week.week: week for week in found.today}
    for week in found.tested:
        beside = f"; today's fleet {len(today[week.week].unserved)}" if week.week in today else ""
        print(f"week {days[week.week]}: {len(week.unserved)} of {week.trips} trips unserved{beside}")
    print(f"trips served: {_percent(found.service.trips_served)}")
    print(f"km served: {_percent(found.service.km_served)}")
    print(f"weeks fully served: {_percent(found.service.weeks_fully_served)}")
    if found.saving is not None:
        # Two figures and CO2e: cash and social cost are never added up.
        print(f"saved, cash kr/year: {_amount(found.saving.cash_dkk)}")
        print(f"saved, social cost kr/year: {_amount(found.saving.social_dkk)}")
        print(f"saved, kg CO2e/year: {_amount(found.saving.co2e_kg)}")
    for size in found.sizes:
        what = "no fleet tried reaches it" if size.vehicles is None else f"{size.vehicles} vehicles"
        span = "too few weeks for an interval"
        if size.vehicles_low is not None:
            span = f"interval {size.vehicles_low} to {size.vehicles_high or 'more than were tried'}"
        print(
            f"{100 * size.level:g} % of trips: {what}; {span}; {size.weeks_fully_served} of {size.weeks} weeks in full"
        )
    print(f"violations: {found.violations}")


def _percent(found: Estimate) -> str:
    return _spanned(found, lambda share: f"{100 * share:.2f} %")


def _amount(found: Estimate) -> str:
    return _spanned(found, lambda value: f"{value:.0f}")


def _spanned(found: Estimate, shown: Callable[[float], str]) -> str:
    if found.low is None or found.high is None:
        return f"{shown(found.value)} ({found.weeks} weeks: too few weeks for an interval)"
    return f"{shown(found.value)} ({shown(found.low)} to {shown(found.high)}; {found.weeks} weeks)"


def _whatif(options: argparse.Namespace) -> int:
    problem, limits = read_asked(options), Limits(solver_seconds=options.seconds)
    base = solve(problem, limits=limits)
    _show_plan("as it is", base.totals, base.value, base.bound)
    broken = len(check(problem, base))
    after: Answer | Halves
    if options.move_twice:
        after = move_twice(problem, move_dkk=options.move_dkk, limits=limits)
        _show_plan("what if", after.totals, after.value, after.bound)
        print(f"  {after.moves} vehicles change base twice a year, kr/year: {after.moving_dkk or 'not told'}")
        broken += after.violations
    else:
        changed = _changed(problem, options)
        after = solve(changed.problem, limits=limits)
        _show_plan("what if", after.totals, after.value, after.bound)
        for lost in changed.impossible:
            print(f"  trip {lost.trip_id}: no vehicle may take it ({lost.obstacle.value})")
        broken += len(check(changed.problem, after))
    if options.out:
        _write(options.out, {"base": base, "changed": after})
    return _BROKEN_RULES if broken else 0


def _changed(problem: Problem, options: argparse.Namespace) -> Changed:
    if options.electrify:
        return electrified(problem)
    if options.grow is not None:
        return Changed(grown(problem, options.grow, seed=options.seed))
    to = options.to or ""
    if options.close:
        return base_closed(problem, options.close, to=to, minutes=options.minutes, km=options.km)
    return shared(problem, [Transfer(options.share, to, options.minutes, options.km)])


def _show_plan(name: str, totals: Totals | None, value: Decimal | None, bound: Decimal | None) -> None:
    if totals is None:
        print(f"{name}: no plan")
        return
    print(
        f"{name}: {totals.vehicles} vehicles, cash {totals.cash_dkk} kr/year, social {totals.social_dkk} kr/year, "
        f"{totals.co2e_kg} kg CO2e/year, {totals.unserved_trips} unserved; value {value}, proven bound {bound}"
    )


def _write(path: Path, found: object) -> None:
    path.write_text(json.dumps(encode(found), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
