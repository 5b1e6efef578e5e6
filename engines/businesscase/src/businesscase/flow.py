# SPDX-License-Identifier: MPL-2.0
"""Cash flows and what they are worth: exact, in fractions of an øre, until they are shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from businesscase.case import Account, Case, Line, Rate, Scenario


@dataclass(frozen=True, slots=True)
class Flow:
    """Øre by year, in municipal sign, of one scenario's cashable lines. ``net`` is expense and income together."""

    years: tuple[int, ...]
    expense: tuple[int, ...]
    income: tuple[int, ...]

    @property
    def net(self) -> tuple[int, ...]:
        return tuple(out + back for out, back in zip(self.expense, self.income, strict=True))

    @property
    def cumulative(self) -> tuple[int, ...]:
        total, found = 0, []
        for amount in self.net:
            total += amount
            found.append(total)
        return tuple(found)


def cash_flow(case: Case, scenario: Scenario) -> Flow:
    """What the municipality pays and gets in a scenario: cashable lines only."""
    lines = [line for line in case.lines if line.is_cashable]
    return Flow(
        tuple(case.years),
        *(
            tuple(_sum((line for line in lines if line.account is account), year, scenario) for year in case.years)
            for account in (Account.EXPENSE, Account.INCOME)
        ),
    )


def not_cashable(case: Case, scenario: Scenario) -> tuple[int, ...]:
    """Øre by year of the benefits that change no budget. Never to be added to the cash flow."""
    lines = [line for line in case.lines if not line.is_cashable]
    return tuple(_sum(lines, year, scenario) for year in case.years)


def _sum(lines: Iterable[Line], year: int, scenario: Scenario) -> int:
    return sum(line.amounts[year].of(scenario) for line in lines if year in line.amounts)


def discount_factors(rate: Rate, years: int) -> list[Fraction]:
    """What a krone of the base year's 0, 1, 2 … years later is worth in it."""
    factors = [Fraction(1)]
    for distance in range(1, years):
        factors.append(factors[-1] / (1 + Fraction(rate.in_year(distance))))
    return factors[:years]


def present_value(amounts: Iterable[int], rate: Rate) -> Fraction:
    """Øre in the base year of amounts that fall in it and the years after, with the sign they have."""
    amounts = list(amounts)
    return sum(
        (factor * amount for factor, amount in zip(discount_factors(rate, len(amounts)), amounts, strict=True)),
        Fraction(0),
    )


def payback_years(amounts: Iterable[int], rate: Rate | None = None) -> Fraction | None:
    """After how many years, counted from the beginning of the first, what was spent has come back for good.

    An amount falls evenly over its year. ``rate``: counted in present values. None where it never comes back; 0 where
    nothing is ever laid out.
    """
    values = [Fraction(amount) for amount in amounts]
    if rate is not None:
        values = [factor * value for factor, value in zip(discount_factors(rate, len(values)), values, strict=True)]
    owed, since = Fraction(0), Fraction(0)
    is_paid = True
    for year, value in enumerate(values):
        after = owed + value
        if after > 0:
            is_paid = False
        elif not is_paid:
            is_paid, since = True, year + owed / (owed - after)
        owed = after
    return since if is_paid else None


def rounded(value: Fraction, *, unit: int = 1) -> int:
    """To whole units of so many øre, halves away from zero, as people round."""
    scaled = value / unit
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return whole if scaled >= 0 else -whole


def as_decimal(value: Fraction, digits: int = 28) -> Decimal:
    """For showing: a fraction to so many significant digits."""
    with localcontext() as context:
        context.prec = digits
        return Decimal(value.numerator) / Decimal(value.denominator)


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """A line of the budget table, in thousand kroner. None = nothing is booked (blank, which is not nought)."""

    title: str
    amounts: tuple[int | None, ...]
    total: int | None


def budget_table(flow: Flow) -> tuple[BudgetRow, ...]:
    """Expense, income and net effect in thousand kroner, each rounded from its own øre."""
    rows = (("expense", flow.expense), ("income", flow.income), ("net", flow.net))
    return tuple(
        BudgetRow(
            title,
            tuple(rounded(Fraction(amount), unit=100_000) if amount else None for amount in amounts),
            rounded(Fraction(sum(amounts)), unit=100_000) if any(amounts) else None,
        )
        for title, amounts in rows
    )


def rounding_gaps(rows: tuple[BudgetRow, ...]) -> dict[str, int]:
    """By how many thousand kroner a shown total differs from the sum of what is shown: worth a note under the table."""
    gaps: dict[str, int] = {}
    for row in rows:
        gap = (row.total or 0) - sum(amount or 0 for amount in row.amounts)
        if gap:
            gaps[row.title] = gap
    return gaps


def sensitivity(case: Case, rate: Rate) -> tuple["Swing", ...]:
    """How far each line alone can move the net present value, the widest first: a tornado's bars."""
    likely = {line.id: line_values(line, case, rate) for line in case.lines if line.is_cashable}
    base = -sum((values[Scenario.LIKELY] for values in likely.values()), Fraction(0))
    swings = [
        Swing(
            line_id,
            low=base + values[Scenario.LIKELY] - values[Scenario.PESSIMISTIC],
            high=base + values[Scenario.LIKELY] - values[Scenario.OPTIMISTIC],
        )
        for line_id, values in likely.items()
    ]
    return tuple(sorted(swings, key=lambda swing: (swing.low - swing.high, swing.line_id)))


@dataclass(frozen=True, slots=True)
class Swing:
    """Net present value in øre with one line pessimistic (``low``) or optimistic (``high``) and all others likely."""

    line_id: str
    low: Fraction
    high: Fraction


def line_values(line: Line, case: Case, rate: Rate) -> Mapping[Scenario, Fraction]:
    """Present value of one line in each scenario, in øre and municipal sign."""
    return {
        scenario: present_value(
            (line.amounts[year].of(scenario) if year in line.amounts else 0 for year in case.years), rate
        )
        for scenario in Scenario
    }
