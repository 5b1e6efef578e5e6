# SPDX-License-Identifier: MPL-2.0
"""A million draws, and exact funds beside the rule of thumb: best gain per krone first.

python engines/businesscase/bench/run.py [--quick] [--out FOLDER]
"""

import argparse
import csv
import random
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

from businesscase import Case, Fund, Initiative, Line, Range, Rate, Status, Synergy, check, choose, simulate

_RATE = Rate(date(2021, 1, 7), None, Decimal("0.035"), Decimal("0.025"), Decimal("0.015"), "benchmark")
_KR = 100
_YEARS = (2026, 2027, 2028)


def main() -> int:
    """Print both tables; 1 where the checker finds something."""
    parser = argparse.ArgumentParser(description="businesscase: draws and funds")
    parser.add_argument("--quick", action="store_true", help="smaller funds only")
    parser.add_argument("--out", type=Path, help="folder to write businesscase.csv to")
    options = parser.parse_args()
    rows = [_draws()]
    wrong = False
    for count in (12, 30) if options.quick else (12, 30, 60):
        row, broken = _fund(count)
        rows.append(row)
        wrong |= broken
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        with (options.out / "businesscase.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["case", "value", "beside", "cpu_s"])
            writer.writerows(rows)
    return 1 if wrong else 0


def _draws() -> tuple[str, float, float, float]:
    lines = tuple(
        Line(
            f"line {number}",
            "",
            {
                2026 + year: Range(4_000_000 + 100_000 * number, 3_000_000, 1_000_000 * (number % 3))
                for year in range(10)
            },
        )
        for number in range(20)
    )
    case = Case("bench", "bench", 2026, date(2026, 1, 1), lines)
    before = time.process_time()
    found = simulate(case, _RATE, seed=1)
    seconds = time.process_time() - before
    assert found is not None
    print(f"{found.draws:,} draws over {len(lines)} lines: {seconds:.2f} CPU s (target 2)")
    return (f"{found.draws} draws", found.mean, found.standard_deviation, round(seconds, 3))


def _fund(count: int) -> tuple[tuple[str, float, float, float], bool]:
    draw = random.Random(count)
    initiatives = tuple(
        Initiative(
            f"i{number}",
            gain=draw.randrange(-200_000, 3_000_000) * _KR,
            costs={year: draw.randrange(0, 1_500) * 1_000 * _KR for year in _YEARS},
        )
        for number in range(count)
    )
    pairs = [draw.sample(range(count), 2) for _ in range(count // 3)]
    synergies = tuple(Synergy(f"i{one}", f"i{other}", draw.randrange(-500_000, 900_000) * _KR) for one, other in pairs)
    fund = Fund(dict.fromkeys(_YEARS, count * 150_000 * _KR), initiatives, synergies)
    before = time.process_time()
    choice = choose(fund)
    seconds = time.process_time() - before
    assert choice.status is Status.OPTIMAL
    thumb = _by_thumb(fund)
    print(
        f"{count} initiatives, 3 years: {choice.gain / _KR:>14,.0f} kr proven best, {thumb / _KR:>14,.0f} by thumb, "
        f"{len(choice.next_steps)} next steps, {seconds:.2f} CPU s"
    )
    return (f"fund of {count}", choice.gain / _KR, thumb / _KR, round(seconds, 3)), bool(check(fund, choice))


def _by_thumb(fund: Fund) -> int:
    left, chosen = dict(fund.limits), set()
    for one in sorted(fund.initiatives, key=lambda one: -one.gain / (sum(one.costs.values()) or 1)):
        if one.gain > 0 and all(cost <= left[year] for year, cost in one.costs.items()):
            chosen.add(one.id)
            left = {year: limit - one.costs.get(year, 0) for year, limit in left.items()}
    return sum(one.gain for one in fund.initiatives if one.id in chosen) + sum(
        pair.gain for pair in fund.synergies if {pair.first, pair.second} <= chosen
    )


if __name__ == "__main__":
    sys.exit(main())
