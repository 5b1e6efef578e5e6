# SPDX-License-Identifier: MPL-2.0
"""What a file of the command line asks: a problem as it stands, or an instance with what the options say of it."""

import argparse
from dataclasses import replace
from pathlib import Path

from fleetplan.codec import decode
from fleetplan.errors import InvalidProblem
from fleetplan.files import read_raw
from fleetplan.instances import as_problem, is_instance
from fleetplan.problem import Goal, Objective, Problem
from fleetplan.spot import read_spot_prices

_ANY = "any"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that change what is asked; the same for every command that reads a problem."""
    asked = parser.add_argument_group("what is asked")
    asked.add_argument(
        "--fleet", choices=("fixed", "free"),
        help="of an instance: the fleet of its settings (default), or any number of every model",
    )  # fmt: skip
    asked.add_argument(
        "--goal", type=Goal, choices=list(Goal), help="minimise this (default: as the file says; an instance: cost)"
    )
    asked.add_argument(
        "--max-unserved", type=_most, metavar="N",
        help="most trips left to own cars, or 'any' (default: as the file says; an instance: any of a fixed fleet, "
        "none of a free one)",
    )  # fmt: skip
    asked.add_argument("--max-co2e-kg", type=float, metavar="KG", help="most CO2e, kg a year")
    asked.add_argument("--max-cash-dkk", type=float, metavar="KR", help="most cash, kroner a year")
    asked.add_argument(
        "--spot-prices", type=Path, metavar="CSV",
        help="of a problem with charging: its prices, from a file of Energi Data Service (with --price-area)",
    )  # fmt: skip
    asked.add_argument("--price-area", choices=("DK1", "DK2"), help="west or east of the Great Belt")


def read_asked(options: argparse.Namespace) -> Problem:
    """The problem of ``options.file``. Raises InvalidProblem with file, field and value, and OSError."""
    raw = read_raw(options.file)
    try:
        if is_instance(raw):
            problem = as_problem(raw, free=options.fleet == "free")
        elif options.fleet is not None:
            raise InvalidProblem(
                "no_instance", "--fleet", options.fleet, "the counts of a problem stand in its classes"
            )
        else:
            problem = decode(Problem, raw)
    except InvalidProblem as error:
        raise error.at(file=str(options.file)) from error
    if options.spot_prices is not None:
        problem = _with_spot_prices(problem, options)
    objective = problem.objective
    for cap in ("max_co2e_kg", "max_cash_dkk"):
        if getattr(options, cap) is not None:
            objective = replace(objective, **{cap: getattr(options, cap)})
    if options.goal is not None:
        objective = replace(objective, stages=Objective.minimise(options.goal).stages)
    if options.max_unserved is not None:
        objective = replace(objective, max_unserved=None if options.max_unserved == _ANY else options.max_unserved)
    return replace(problem, objective=objective)


def _with_spot_prices(problem: Problem, options: argparse.Namespace) -> Problem:
    if problem.charging is None:
        raise InvalidProblem("no_charging", "--spot-prices", str(options.spot_prices), "the problem has no charging")
    if options.price_area is None:
        raise InvalidProblem("missing", "--price-area", None, "must be given with --spot-prices")
    prices = read_spot_prices(options.spot_prices, options.price_area)
    return replace(problem, charging=replace(problem.charging, prices=prices))


def _most(text: str) -> int | str:
    if text == _ANY:
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number of zero or more, or '{_ANY}', not {text!r}")
    return int(text)
