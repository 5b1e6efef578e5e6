# SPDX-License-Identifier: MPL-2.0
"""The question: what an initiative costs and gives by year, in three scenarios. Frozen data, validated when built.

Amounts are whole øre in the sign of municipal budgets: plus is more expense or less income, minus is less expense or
more income. A *benefit* is an amount below zero.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from businesscase.errors import InvalidCase, MissingRate

MOST_YEARS = 100
"""Longest span of a case, in years."""


class Scenario(StrEnum):
    """Whose expectation the amounts are."""

    PESSIMISTIC = "pessimistic"
    LIKELY = "likely"
    OPTIMISTIC = "optimistic"


class Account(StrEnum):
    """What a line is booked as."""

    EXPENSE = "expense"  # udgift
    INCOME = "income"  # indtægt


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount in øre as each scenario expects it. Pessimistic is the dearest, optimistic the cheapest."""

    pessimistic: int
    likely: int
    optimistic: int

    def __post_init__(self) -> None:
        if not self.pessimistic >= self.likely >= self.optimistic:
            raise InvalidCase(
                "not_ordered",
                "likely",
                self.likely,
                "the pessimistic amount is the dearest, the optimistic the cheapest",
            )

    @classmethod
    def certain(cls, amount: int) -> "Range":
        return cls(amount, amount, amount)

    def of(self, scenario: Scenario) -> int:
        return {
            Scenario.PESSIMISTIC: self.pessimistic,
            Scenario.LIKELY: self.likely,
            Scenario.OPTIMISTIC: self.optimistic,
        }[scenario]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One expense, income or benefit over the years.

    ``is_cashable``: it changes a budget; a benefit that does not (time given to citizens) is counted apart and never in
    the same sum. ``driver``: lines with the same word rise and fall together in the draws; empty = on its own.
    ``owner``: who answers for a benefit; a benefit without one is refused.
    """

    id: str
    title: str
    amounts: Mapping[int, Range]
    account: Account = Account.EXPENSE
    is_cashable: bool = True
    owner: str = ""
    driver: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        if not self.id:
            raise InvalidCase("missing", "id", self.id, "a line needs a name to be spoken of by")
        if not self.owner and any(amount.likely < 0 for amount in self.amounts.values()):
            raise InvalidCase("no_owner", "owner", self.owner, "a benefit needs somebody who answers for it")


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An initiative's business case. ``base_year`` is the year that present values are stated in."""

    id: str
    title: str
    base_year: int
    decision_date: date
    lines: tuple[Line, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for index, line in enumerate(self.lines):
            if line.id in seen:
                raise InvalidCase("duplicate_id", f"lines[{index}].id", line.id, "two lines have the same name")
            seen.add(line.id)
            for year in line.amounts:
                if not 0 <= year - self.base_year < MOST_YEARS:
                    raise InvalidCase(
                        "outside_the_years", f"lines[{index}].amounts.{year}", year,
                        f"amounts run from the base year {self.base_year} on, for at most {MOST_YEARS} years",
                    )  # fmt: skip

    @property
    def years(self) -> range:
        """From the base year to the last year with an amount."""
        last = max((year for line in self.lines for year in line.amounts), default=self.base_year)
        return range(self.base_year, last + 1)


class Rate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Discount rates a year for decisions in [decided_from, decided_to): they fall with the distance in years.

    Source of the Danish ones: Finansministeriet, Den samfundsøkonomiske diskonteringsrente.
    """

    decided_from: date
    decided_to: date | None
    years_0_35: Decimal
    years_36_70: Decimal
    years_over_70: Decimal
    source: str

    def __post_init__(self) -> None:
        if self.decided_to is not None and self.decided_to <= self.decided_from:
            raise InvalidCase("empty_period", "decided_to", self.decided_to.isoformat(), "ends before it begins")
        for name in ("years_0_35", "years_36_70", "years_over_70"):
            if not -1 < getattr(self, name) < 1:
                raise InvalidCase("not_a_rate", name, str(getattr(self, name)), "a rate is a share, such as 0.035")

    def in_year(self, distance: int) -> Decimal:
        """The rate of the year that ends ``distance`` years after the base year's."""
        if distance <= 35:
            return self.years_0_35
        return self.years_36_70 if distance <= 70 else self.years_over_70


def rate_on(rates: tuple[Rate, ...], decided: date) -> Rate:
    """The rate in force on the day of the decision. Raises MissingRate, and InvalidCase where two are."""
    found = [
        rate
        for rate in rates
        if rate.decided_from <= decided and (rate.decided_to is None or decided < rate.decided_to)
    ]
    if not found:
        raise MissingRate(f"no discount rate is known for a decision on {decided.isoformat()}")
    if len(found) > 1:
        raise InvalidCase(
            "overlapping", "decided_from", found[1].decided_from.isoformat(), "two rates for the same day"
        )
    return found[0]
