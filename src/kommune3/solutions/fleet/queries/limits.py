# SPDX-License-Identifier: MPL-2.0
"""The limits in force, and their history."""

from datetime import date

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Limit, LimitKind

FEWEST_AT_LEAST = 1


def limits_in_force(*, on: date) -> dict[str, Limit]:
    """Kind -> the row in force on a day."""
    found: dict[str, Limit] = {}
    for row in sorted(Limit.objects.all(), key=lambda each: each.valid_from or date.min):
        if row.valid_from is None or row.valid_from <= on:
            found[row.kind] = row
    return found


def value_of(kind: LimitKind, *, on: date) -> int | None:
    """The value in force on a day; None where it is switched off."""
    row = limits_in_force(on=on).get(kind)
    return None if row is None else row.value


def fewest(*, on: date) -> int:
    """N of the small-number suppression; 1 hides nothing."""
    return fewest_of(fewest_row(on=on))


def fewest_row(*, on: date) -> Limit | None:
    """The row that :func:`fewest` is from, with its reason."""
    return limits_in_force(on=on).get(LimitKind.SMALL_NUMBER)


def fewest_of(row: Limit | None) -> int:
    """N as a row says it."""
    return FEWEST_AT_LEAST if row is None or row.value is None else row.value


def shown_limits(*, actor: Actor, on: date) -> list[tuple[LimitKind, Limit | None, list[Limit]]]:
    """Every kind with the row in force and all its rows, newest first."""
    now = limits_in_force(on=on)
    rows = list(reach.visible(actor, Limit))
    return [
        (
            kind,
            now.get(kind),
            sorted((row for row in rows if row.kind == kind), key=lambda row: row.valid_from or date.min, reverse=True),
        )
        for kind in LimitKind
    ]
