# SPDX-License-Identifier: MPL-2.0
"""The demo's home-care day laid by hand and by the search; an acute visit and a sick carer on a day of 400 visits.

Targets: an acute visit in 50 ms of processor time (five best places); a sick carer planned around in 2 s of search with
at most 10 % of the other visits at another carer. Every plan is looked through by the independent checker; one that
breaks a rule ends the bench with an error.
"""

import argparse
import csv
import statistics
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pagesbench import measuring

if TYPE_CHECKING:
    from kommune3.solutions.care.models import Plan, Team
    from kommune3.solutions.care.planning.problem import Prepared
    from kommune3.solutions.care.planning.solving import Solved

TARGET_MS, TARGET_CHANGED = 50.0, 10.0
SECONDS, QUICK_SECONDS = 20.0, 3.0
REPLAN_SECONDS = 2
COLUMNS = ("team", "method", "visits", "travel_min", "travel_km", "late_min", "unknown_faces", "left_out", "cpu_s")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="3 s of search for each team instead of 20.")
    options = parser.parse_args()
    seconds = QUICK_SECONDS if options.quick else SECONDS
    with measuring.platform():
        from kommune3.kernel import clock
        from kommune3.kernel.demo import seed as kernel_seed
        from kommune3.solutions.care.demo import seeding
        from kommune3.solutions.care.models import Team

        now = clock.now()
        kernel_seed.seed(now=now)
        seeding.seed(now=now)
        today = clock.municipal_date(now)
        teams = list(Team._default_manager.select_related("unit", "address").order_by("name"))
        rows = [row for team in teams for row in both(team, today, now, seconds)]
        print(" ".join(f"{column:>14}" for column in COLUMNS))
        for row in rows:
            print(" ".join(f"{row[column]!s:>14.14}" for column in COLUMNS))
        big = together(teams)
        acute_ms, visits = acute(big, today, now, seconds)
        sick_seconds, changed = sick(big, today, now, seconds)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "care_day.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    print(f"Acute visit, five best places at {visits} visits: {acute_ms:.1f} ms CPU (target {TARGET_MS:.0f})")
    print(
        f"Sick carer: {sick_seconds:.1f} s CPU with reading and writing (search {REPLAN_SECONDS} s), {changed:.1f} % "
        f"of other visits moved (target {TARGET_CHANGED:.0f})"
    )


def both(team: "Team", day: date, now: Any, seconds: float) -> list[dict[str, Any]]:
    """The team's day by hand, and searched."""
    from kommune3.solutions.care.planning import baseline
    from kommune3.solutions.care.planning.problem import prepare
    from kommune3.solutions.care.planning.solving import search

    prepared = prepare(team=team, day=day, now=now)
    began = time.process_time()
    by_hand = baseline.laid_by_hand(prepared)
    between = time.process_time()
    ours = search(prepared, seconds=seconds, seed=1)
    ended = time.process_time()
    return [
        figures(team.name, "by hand", prepared, by_hand, between - began),
        figures(team.name, "ours", prepared, ours, ended - between),
    ]


def figures(team: str, method: str, prepared: "Prepared", solved: "Solved", cpu: float) -> dict[str, Any]:
    from kommune3.solutions.care.planning.writing import figures_of, violations_of

    if broken := violations_of(solved):
        sys.exit(f"{team}, {method}: the plan breaks {len(broken)} rules, first {broken[0]}")
    found = figures_of(prepared, solved)
    values = (
        found["visits"], found["travel_seconds"] // 60, found["travel_metres"] // 1000, found["late_seconds"] // 60,
        found["unknown_faces"], found["left_out"], round(cpu, 2),
    )  # fmt: skip
    return dict(zip(COLUMNS, (team, method, *values), strict=True))


def together(teams: "list[Team]") -> "Team":
    """All of the demo's carers and citizens as one team."""
    from kommune3.solutions.care.models import Carer, Citizen, Plan

    Plan._default_manager.all().delete()
    Carer._default_manager.update(team=teams[0])
    Citizen._default_manager.update(team=teams[0])
    return teams[0]


def published(team: "Team", day: date, now: Any, seconds: float) -> "Plan":
    """The big team's day, searched and published."""
    from kommune3.kernel.access.actor import system
    from kommune3.solutions.care.models import Plan
    from kommune3.solutions.care.operations import plans
    from kommune3.solutions.care.planning.problem import prepare
    from kommune3.solutions.care.planning.solving import search
    from kommune3.solutions.care.planning.writing import write_result

    prepared = prepare(team=team, day=day, now=now)
    plan = Plan._default_manager.create(team=team, date=day, origin="SEARCHED", created_at=now)
    write_result(plan, prepared, search(prepared, seconds=seconds, seed=1), now=now)
    return plans.publish(actor=system("bench"), now=now, plan_id=plan.pk)


def acute(team: "Team", day: date, now: Any, seconds: float) -> tuple[float, int]:
    """Milliseconds for the five best places of a visit, in the middle; and how many visits there are."""
    import careroutes

    from kommune3.solutions.care.planning.problem import prepare
    from kommune3.solutions.care.planning.solving import search

    prepared = prepare(team=team, day=day, now=now)
    solved = search(prepared, seconds=seconds, seed=1)
    took = []
    for visit in [each.id for each in prepared.problem.visits if not each.group][:30]:
        began = time.process_time()
        careroutes.best_places(solved.problem, solved.answer, visit)
        took.append((time.process_time() - began) * 1000)
    return statistics.median(took), len(prepared.problem.visits)


def sick(team: "Team", day: date, now: Any, seconds: float) -> tuple[float, float]:
    """Seconds of processor time to plan around the busiest carer who is away, and percent of other visits moved."""
    from kommune3.kernel.access.actor import system
    from kommune3.solutions.care.operations import day as days

    plan = published(team, day, now, seconds)
    before = {(stop.visit_id, stop.number): stop.shift_id for stop in plan.stops.all()}
    shifts = [shift for shift in before.values() if shift is not None]
    absent = max(set(shifts), key=shifts.count)
    began = time.process_time()
    days.carer_absent(actor=system("bench"), now=now, shift_id=absent)
    draft = days.replan(actor=system("bench"), now=now, plan_id=plan.pk, seconds=REPLAN_SECONDS)
    took = time.process_time() - began
    others = {key: shift for key, shift in before.items() if shift not in (None, absent)}
    after = {(stop.visit_id, stop.number): stop.shift_id for stop in draft.stops.all()}
    moved = sum(after.get(key) != shift for key, shift in others.items())
    return took, 100 * moved / max(1, len(others))


if __name__ == "__main__":
    main()
