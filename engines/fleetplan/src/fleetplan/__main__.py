# SPDX-License-Identifier: MPL-2.0
"""python -m fleetplan solve|check|explain|front|minimum|replay|problem|roundtrips|holdout|whatif FILE"""

import argparse
import json
import sys
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from fleetplan.answer import Answer, Limits, Progress
from fleetplan.asking import add_options, read_asked
from fleetplan.check import check
from fleetplan.codec import encode
from fleetplan.compare import replay
from fleetplan.errors import FleetplanError
from fleetplan.explain import in_words
from fleetplan.files import read_answer, write_answer, write_problem, write_trips_csv
from fleetplan.instances import read_run
from fleetplan.pareto import FRONT_LIMITS, front
from fleetplan.problem import Goal
from fleetplan.solve import solve
from fleetplan.tracks import ParkingPoint, Place, measure, prepare, read_tracks, suggest, try_point
from fleetplan.tracks.figures import Figures
from fleetplan.trying import add_commands
from fleetplan.witness import minimum_vehicles

_WRONG_INPUT, _BROKEN_RULES = 2, 1
_STANDARD_OUTPUT = Path("-")


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = the checker found something, 2 = the input is wrong."""
    options = _parser().parse_args(arguments)
    try:
        found: int = options.run(options)
    except (FleetplanError, OSError) as error:
        print(error, file=sys.stderr)
        return _WRONG_INPUT
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fleetplan", description="Plan a fleet of vehicles, with proof.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        made.add_argument("file", type=Path, metavar="FILE", help="problem or instance as JSON, also packed as .gz")
        made.set_defaults(run=run)
        if run is not _roundtrips:
            add_options(made)
        return made

    for made in (
        command("solve", _solve, "find the best fleet and who drives what"),
        command("front", _front, "money against CO2e, point by point"),
    ):
        made.add_argument("--seconds", type=float, default=Limits().solver_seconds, help="for each call of the solver")
        made.add_argument("--out", type=Path, help="write the answer as JSON here ('-': to standard output)")
        if made.prog.endswith("front"):
            made.add_argument("--points", type=int, default=7)
            made.add_argument("--money", type=Goal, choices=[goal for goal in Goal if goal.is_money], default=Goal.CASH)
    made = command("check", _check, "check an answer against every rule")
    made.add_argument("--answer", type=Path, required=True, help="answer as JSON")
    made.add_argument(
        "--run", dest="recorded", metavar="NAME", help="the answer file holds recorded runs; check this one"
    )
    command("explain", _explain, "why the wishes cannot be met: which trips, when, and why").add_argument(
        "--answer", type=Path, help="answer as JSON; without it the problem is solved first"
    )
    command("problem", _problem, "write what is asked as a problem, in the documented format").add_argument(
        "--out", type=Path, required=True, help="write the problem as JSON here"
    )
    command("minimum", _minimum, "how many vehicles are needed at once, and when")
    command("replay", _replay, "what today's fleet costs").add_argument(
        "--out", type=Path, help="write the answer here"
    )
    made = command(
        "roundtrips", _roundtrips, "round trips from GPS points or legs (tracks as JSON), and their precision"
    )
    made.add_argument("--out", type=Path, help="write the round trips as CSV here, as the other commands read them")
    made.add_argument(
        "--try", dest="tried", type=_point, action="append", default=[], metavar="BASE,LATITUDE,LONGITUDE,METRES",
        help="show what one more parking point would give",
    )  # fmt: skip
    made.add_argument("--suggest", action="store_true", help="look for parking points that would raise the precision")
    add_commands(command)
    return parser


def _solve(options: argparse.Namespace) -> int:
    problem = read_asked(options)
    answer = solve(problem, limits=Limits(solver_seconds=options.seconds), on_progress=_report)
    with _aside(options.out):
        _show(answer)
        broken = _violations(problem, answer)
    if options.out == _STANDARD_OUTPUT:
        print(json.dumps(encode(answer), ensure_ascii=False))
    elif options.out:
        write_answer(options.out, answer)
    return broken


def _front(options: argparse.Namespace) -> int:
    problem = read_asked(options)
    points = front(
        problem,
        points=options.points,
        money=options.money,
        limits=replace(FRONT_LIMITS, solver_seconds=options.seconds),
        on_progress=_report,
    )
    with _aside(options.out):
        for point in points:
            totals = point.answer.totals
            assert totals is not None
            print(f"{totals.co2e_kg:>14} kg/year {point.answer.value:>14} kr/year  bound {point.answer.bound}")
    text = json.dumps([encode(point) for point in points], ensure_ascii=False, indent=1)
    if options.out == _STANDARD_OUTPUT:
        print(text)
    elif options.out:
        options.out.write_text(text + "\n", encoding="utf-8")
    return 0


def _check(options: argparse.Namespace) -> int:
    problem = read_asked(options)
    if options.recorded:
        return _violations(problem, read_run(options.answer, options.recorded, problem))
    return _violations(problem, read_answer(options.answer))


def _explain(options: argparse.Namespace) -> int:
    problem = read_asked(options)
    answer = read_answer(options.answer) if options.answer else solve(problem, on_progress=_report)
    print("\n".join(in_words(problem, answer)))
    return 0


def _problem(options: argparse.Namespace) -> int:
    write_problem(options.out, read_asked(options))
    return 0


def _minimum(options: argparse.Namespace) -> int:
    witness = minimum_vehicles(read_asked(options))
    print(f"{witness.vehicles_needed} vehicles, {witness.starts_at.isoformat()} to {witness.ends_at.isoformat()}:")
    print(" ".join(witness.trip_ids))
    return 0


def _replay(options: argparse.Namespace) -> int:
    answer = replay(read_asked(options))
    _show(answer)
    if options.out:
        write_answer(options.out, answer)
    return 0


def _point(text: str) -> ParkingPoint:
    try:
        base, latitude, longitude, metres = text.rsplit(",", 3)
        return ParkingPoint(base, Place(float(latitude), float(longitude)), float(metres))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"not BASE,LATITUDE,LONGITUDE,METRES: {text} ({error})") from error


def _roundtrips(options: argparse.Namespace) -> int:
    tracks = read_tracks(options.file)
    prepared = prepare(tracks.all_legs(), points=tracks.points, bases=tracks.bases)
    bases = sorted({driving.base for driving in prepared.vehicles.values()})
    for base in bases:
        own = [name for name, driving in prepared.vehicles.items() if driving.base == base]
        print(f"{base}: {_figures(measure(prepared, vehicles=own))}")
    print(f"all: {_figures(measure(prepared))}")
    if prepared.strangers:
        print(f"{len(prepared.strangers)} legs of vehicles without a base: not used")
    for point in options.tried:
        trial = try_point(prepared, point)
        print(f"with {_told(point)}: {_share(trial.after.precision)}, before {_share(trial.before.precision)}")
    if options.suggest:
        for base in bases:
            for found in suggest(prepared, base):
                trial = found.trial
                print(f"worth trying: {_told(trial.point)}: {_share(trial.after.precision)} ({found.days} days)")
    if options.out:
        write_trips_csv(options.out, prepared.round_trips())
    return 0


def _told(point: ParkingPoint) -> str:
    return f"{point.base},{point.place.latitude},{point.place.longitude},{point.radius_m:g}"


def _share(precision: float | None) -> str:
    return "nothing driven" if precision is None else f"{precision:.1%}"


def _figures(found: Figures) -> str:
    aside = "".join(f", {count} {fault.value}" for fault, count in sorted(found.faults.items()))
    broken = "".join(f", {count} {kind.value}" for kind, count in sorted(found.incomplete.items()))
    told = f"precision {_share(found.precision)}: {found.round_trips} round trips"
    kept = f"{found.km_complete:.1f} of {found.km:.1f} km complete{broken}"
    return f"{told}, {kept}; {found.legs} legs{aside}, {found.unplaced} without a fix, {found.jumps} jumps"


def _aside(out: Path | None) -> AbstractContextManager[Any]:
    """Standard output belongs to the JSON where that was asked for; what people read then goes to standard error."""
    return redirect_stdout(sys.stderr) if out == _STANDARD_OUTPUT else nullcontext()


def _violations(problem: Any, answer: Answer) -> int:
    violations = check(problem, answer)
    for violation in violations:
        where = f"{violation.class_id} {violation.number}" if violation.class_id else ""
        print(f"{violation.code}: {where} {' '.join(violation.trip_ids)}: {violation.message}")
    return _BROKEN_RULES if violations else 0


def _show(answer: Answer) -> None:
    print(f"status {answer.status.value}" + (f" ({answer.reason.value})" if answer.reason else ""))
    for stage in answer.stages:
        goals = " + ".join(goal.value if weight == 1 else f"{weight} {goal.value}" for goal, weight in stage.goals)
        print(f"{goals}: {stage.value}, proven bound {stage.bound if stage.bound is not None else 'none'}")
    if answer.totals is not None:
        for name, value in encode(answer.totals).items():
            print(f"  {name}: {value}")
        print("fleet: " + ", ".join(f"{entry.count} {entry.class_id}" for entry in answer.fleet if entry.count))
    if answer.charging is not None:
        told = answer.charging
        bound = "" if told.bound_dkk is None else f", proven bound {told.bound_dkk}"
        print(f"charging in the period: {told.kwh:.1f} kWh in {len(answer.charges)} charges, {told.dkk} kr.{bound}")
    if answer.witness is not None:
        seen = answer.witness
        span = f"{seen.starts_at.isoformat()} to {seen.ends_at.isoformat()}"
        print(f"{span}: {seen.vehicles_needed} vehicles at once, trips {' '.join(seen.trip_ids)}")


def _report(progress: Progress) -> None:
    print(f"{progress.step}: value {progress.value}, bound {progress.bound}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
