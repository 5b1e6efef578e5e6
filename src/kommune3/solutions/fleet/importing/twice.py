# SPDX-License-Identifier: MPL-2.0
"""The hour that occurs twice when the clocks go back: which of the two was it? Answered only where it can be proven."""

from collections.abc import Sequence
from datetime import datetime
from itertools import product

from kommune3.solutions.fleet.importing.checks import is_possible
from kommune3.solutions.fleet.importing.rows import Row

MOST_OPEN = 8
"""Trips of one car within the hour that are weighed against each other; more is no car's night."""

Interval = tuple[datetime, datetime]


def alternatives(row: Row) -> list[Interval]:
    """Every [start, end) that the row's local times may mean and that could have been driven."""
    starts = [row.start_at] + ([row.open_start] if row.open_start else [])
    ends = [row.end_at] + ([row.open_end] if row.open_end else [])
    return [(start, end) for start, end in product(starts, ends) if is_possible(start, end, row.km)]


def settle(rows: Sequence[Row], taken: Sequence[Interval], *, in_order: bool) -> list[Interval | None]:
    """Settle the open rows of one car, given the intervals of its ``taken`` other trips.

    A reading of all rows is possible when no two trips overlap and, where the file lists the car's trips ``in_order``
    of time, the readings keep that order. A row is settled when every possible reading agrees on it, else None.
    """
    if len(rows) > MOST_OPEN:
        return [None] * len(rows)
    rows_in_file = sorted(range(len(rows)), key=lambda index: rows[index].line)
    choices = [
        [interval for interval in alternatives(rows[index]) if not any(_meet(interval, other) for other in taken)]
        for index in rows_in_file
    ]
    seen: list[set[Interval]] = [set() for _ in rows]
    _walk(choices, [], seen, in_order=in_order)
    settled: list[Interval | None] = [None] * len(rows)
    for place, index in enumerate(rows_in_file):
        if len(seen[place]) == 1:
            settled[index] = next(iter(seen[place]))
    return settled


def _walk(choices: list[list[Interval]], chosen: list[Interval], seen: list[set[Interval]], *, in_order: bool) -> None:
    if len(chosen) == len(choices):
        for place, interval in enumerate(chosen):
            seen[place].add(interval)
        return
    for interval in choices[len(chosen)]:
        if any(_meet(interval, other) for other in chosen) or (in_order and chosen and interval < chosen[-1]):
            continue
        _walk(choices, [*chosen, interval], seen, in_order=in_order)


def _meet(one: Interval, other: Interval) -> bool:
    return one[0] < other[1] and other[0] < one[1]
