# SPDX-License-Identifier: MPL-2.0
"""Which weeks a fleet is chosen on, and which it is tried on."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fleetplan.errors import InvalidProblem
from fleetplan.weeks import Week


class Split(StrEnum):
    """How weeks are shared out. A week is tested at most once, and never by a fleet chosen on it."""

    RANDOM = "random"  # so many weeks drawn with the seed; all others test the one fleet
    ROLLING = "rolling"  # each week tests the fleet chosen on the weeks just before it
    LEAVE_ONE_OUT = "leave-one-out"  # each week tests the fleet chosen on all others
    GIVEN = "given"  # the weeks of the days given; all others test the one fleet


@dataclass(frozen=True, slots=True)
class Fold:
    """Numbers of the weeks to choose on and of the weeks to test."""

    number: int
    train: tuple[int, ...]
    test: tuple[int, ...]


def folds_of(
    weeks: Sequence[Week], *, split: Split, train_weeks: int, seed: int, given: frozenset[date]
) -> tuple[Fold, ...]:
    """The folds of a split, in order of time. Raises InvalidProblem where no week is left to choose on or to test."""
    numbers = [week.number for week in weeks]
    if split is Split.GIVEN:
        train = tuple(
            week.number
            for week in weeks
            if any(week.first_day <= day < week.first_day + timedelta(weeks=1) for day in given)
        )
        return _one_fold(numbers, train)
    if split is Split.LEAVE_ONE_OUT:
        _demand(len(numbers) > 1, len(numbers), 1)
        return tuple(
            Fold(at, tuple(other for other in numbers if other != number), (number,))
            for at, number in enumerate(numbers, start=1)
        )
    _demand(1 <= train_weeks < len(numbers), len(numbers), train_weeks)
    if split is Split.ROLLING:
        return tuple(
            Fold(at, tuple(numbers[at - 1 : at - 1 + train_weeks]), (numbers[at - 1 + train_weeks],))
            for at in range(1, len(numbers) - train_weeks + 1)
        )
    drawn = random.Random(seed).sample(numbers, train_weeks)  # noqa: S311  a repeatable draw, not a secret
    return _one_fold(numbers, tuple(sorted(drawn)))


def _one_fold(numbers: Sequence[int], train: tuple[int, ...]) -> tuple[Fold, ...]:
    test = tuple(number for number in numbers if number not in train)
    _demand(bool(train) and bool(test), len(numbers), len(train))
    return (Fold(1, train, test),)


def _demand(holds: bool, weeks: int, train: int) -> None:
    if not holds:
        raise InvalidProblem(
            "too_few_weeks", "train_weeks", train, f"of {weeks} weeks some must be chosen on and others left to test"
        )
