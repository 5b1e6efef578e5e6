# SPDX-License-Identifier: MPL-2.0
"""python -m businesscase solve|simulate|check FILE"""

import argparse
import sys
from pathlib import Path

from businesscase.case import rate_on
from businesscase.check import check
from businesscase.errors import BusinesscaseError, InvalidCase
from businesscase.evaluate import evaluate
from businesscase.files import read_json, read_question, to_json
from businesscase.montecarlo import DRAWS, simulate
from businesscase.portfolio import Choice, choose

_BROKEN_RULES, _WRONG_INPUT = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = the checker found something, 2 = the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m businesscase", description="Business cases and funds, exactly.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("solve", _solve, "a case: its three scenarios; a fund: what to choose"),
        ("simulate", _simulate, "how sure a case's net present value is"),
        ("check", _check, "check a fund's choice against every rule"),
    ):
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("file", type=Path, metavar="FILE", help="question as JSON")
        made.add_argument("--out", type=Path, help="write the answer here instead of to standard output")
        made.set_defaults(run=run)
        if name == "simulate":
            made.add_argument("--draws", type=int, default=DRAWS)
            made.add_argument("--seed", type=int, default=1)
        if name == "check":
            made.add_argument("--answer", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        found: int = options.run(options)
    except (BusinesscaseError, OSError) as error:
        print(error, file=sys.stderr)
        return _WRONG_INPUT
    return found


def _solve(options: argparse.Namespace) -> int:
    question = read_question(options.file)
    if question.fund is not None:
        choice = choose(question.fund)
        _put(choice, options.out)
        return _BROKEN_RULES if check(question.fund, choice) else 0
    assert question.case is not None
    _put(evaluate(question.case, question.rates), options.out)
    return 0


def _simulate(options: argparse.Namespace) -> int:
    question = read_question(options.file)
    if question.case is None:
        raise InvalidCase("not_one", "case", None, "a fund has no scenarios", file=str(options.file))
    rate = rate_on(question.rates, question.case.decision_date)
    _put(simulate(question.case, rate, seed=options.seed, draws=options.draws), options.out)
    return 0


def _check(options: argparse.Namespace) -> int:
    question = read_question(options.file)
    if question.fund is None:
        raise InvalidCase("not_one", "fund", None, "only a fund's choice can be checked", file=str(options.file))
    violations = check(question.fund, read_json(options.answer, Choice))
    for violation in violations:
        print(f"{violation.code}: {violation.message}")
    return _BROKEN_RULES if violations else 0


def _put(answer: object, out: Path | None) -> None:
    text = to_json(answer) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    sys.exit(main())
