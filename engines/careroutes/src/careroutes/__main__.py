# SPDX-License-Identifier: MPL-2.0
"""python -m careroutes solve|check|explain FILE"""

import argparse
import sys
from pathlib import Path

from careroutes.check import check, cost_of
from careroutes.errors import CareroutesError
from careroutes.explain import explain
from careroutes.formats import FORMATS, read_answer, read_problem, write_answer
from careroutes.problem import Problem
from careroutes.solve import Limits, SoFar, solve

_BROKEN_RULES, _WRONG_INPUT = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = the checker found something, 2 = the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m careroutes", description="Home-care routes.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, text in (
        ("solve", _solve, "plan a day"),
        ("check", _check, "check a plan against every rule, and say what it costs"),
        ("explain", _explain, "why visits are in no route: what removes each carer"),
    ):
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("file", type=Path, metavar="FILE", help=", ".join(each.title for each in FORMATS.values()))
        made.add_argument("--format", choices=FORMATS, help="only where the file does not show it")
        made.add_argument("--convention", choices=["dimacs", "exact"], default="dimacs", help="Solomon text: distances")
        made.add_argument("--vehicles", type=int, help="Solomon text: fewer vehicles than the file has")
        made.set_defaults(run=run)
        if name == "solve":
            made.add_argument("--seconds", type=float, default=10.0, help="CPU seconds of each thread")
            made.add_argument("--iterations", type=int, default=0, help="stop after so many: the same plan everywhere")
            made.add_argument("--seed", type=int, default=1)
            made.add_argument("--threads", type=int, default=1, help="one seed each, the cheapest plan wins")
            made.add_argument("--start", type=Path, help="a plan to better, in this package's own JSON")
            made.add_argument("--out", type=Path, help="write the plan here instead of to standard output")
            made.add_argument(
                "--as", dest="kind", choices=FORMATS, help="format of the plan; as the problem's if not given"
            )
            made.add_argument("--quiet", action="store_true", help="no progress on standard error")
        else:
            made.add_argument("answer", type=Path, metavar="ANSWER", help="a plan in this package's own JSON")
    options = parser.parse_args(arguments)
    try:
        found: int = options.run(options)
    except (CareroutesError, OSError) as error:
        print(error, file=sys.stderr)
        return _WRONG_INPUT
    return found


def _problem(options: argparse.Namespace) -> tuple[Problem, str]:
    text_format = options.format or ("solomon" if options.file.suffix.lower() == ".txt" else None)
    how = {"convention": options.convention, "vehicles": options.vehicles} if text_format == "solomon" else {}
    return read_problem(options.file, kind=text_format, **how)


def _solve(options: argparse.Namespace) -> int:
    problem, kind = _problem(options)

    def say(so_far: SoFar) -> bool:
        if not options.quiet:
            cost = so_far.cost * problem.cost_scale
            print(f"{so_far.share:5.0%} cost {cost:.3f} unserved {so_far.unserved}", file=sys.stderr)
        return True

    limits = Limits(
        cpu_seconds=0 if options.iterations else options.seconds,
        iterations=options.iterations,
        seed=options.seed,
        threads=options.threads,
    )
    start = read_answer(options.start) if options.start else None
    answer = solve(problem, limits=limits, start=start, on_progress=say)
    violations = check(problem, answer)
    for violation in violations:
        print(f"{violation.code}: {violation.visit} {violation.carer}: {violation.message}", file=sys.stderr)
    text = write_answer(problem, answer, kind=options.kind or kind)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    print(
        f"cost {answer.cost * problem.cost_scale:.4f}, {len(answer.unserved)} unserved, "
        f"{answer.iterations} iterations, {answer.cpu_seconds:.1f} CPU s",
        file=sys.stderr,
    )
    return _BROKEN_RULES if violations else 0


def _check(options: argparse.Namespace) -> int:
    problem, _ = _problem(options)
    answer = read_answer(options.answer)
    violations = check(problem, answer)
    for violation in violations:
        print(f"{violation.code}: {violation.visit} {violation.carer}: {violation.message}")
    cost = cost_of(problem, answer)
    for part in cost.__struct_fields__:
        print(f"{part:18} {getattr(cost, part) * problem.cost_scale:14.3f}")
    print(f"{'total':18} {cost.total * problem.cost_scale:14.3f}   unserved {len(answer.unserved)}")
    return _BROKEN_RULES if violations else 0


def _explain(options: argparse.Namespace) -> int:
    problem, _ = _problem(options)
    for left_out in explain(problem, read_answer(options.answer)):
        missing = f" (nobody has {', '.join(sorted(left_out.missing))})" if left_out.missing else ""
        print(f"{left_out.visit}{missing}")
        for carer, reason in left_out.removed.items():
            print(f"  {carer}: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
