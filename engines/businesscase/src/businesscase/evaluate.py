# SPDX-License-Identifier: MPL-2.0
"""Everything there is to say about one case, in one call."""

from collections.abc import Mapping
from fractions import Fraction

import msgspec

from businesscase.case import Case, Rate, Scenario, rate_on
from businesscase.flow import (
    BudgetRow,
    Flow,
    Swing,
    budget_table,
    cash_flow,
    not_cashable,
    payback_years,
    present_value,
    sensitivity,
)
from businesscase.roots import InternalRates, internal_rates


class Outcome(msgspec.Struct, frozen=True):
    """One scenario. ``net_present_value``: øre, above zero = it pays. Years count from the base year's beginning."""

    flow: Flow
    not_cashable: tuple[int, ...]
    net_present_value: Fraction
    payback_years: Fraction | None
    discounted_payback_years: Fraction | None
    internal_rates: InternalRates
    table: tuple[BudgetRow, ...]


class Evaluation(msgspec.Struct, frozen=True):
    """The three scenarios beside each other, the rate they were counted with, and what moves them most."""

    rate: Rate
    outcomes: Mapping[Scenario, Outcome]
    swings: tuple[Swing, ...]


def evaluate(case: Case, rates: tuple[Rate, ...]) -> Evaluation:
    """With the rate in force on the day of the decision. Raises MissingRate."""
    rate = rate_on(rates, case.decision_date)
    return Evaluation(
        rate, {scenario: _outcome(case, scenario, rate) for scenario in Scenario}, sensitivity(case, rate)
    )


def _outcome(case: Case, scenario: Scenario, rate: Rate) -> Outcome:
    flow = cash_flow(case, scenario)
    return Outcome(
        flow=flow,
        not_cashable=not_cashable(case, scenario),
        net_present_value=-present_value(flow.net, rate),
        payback_years=payback_years(flow.net),
        discounted_payback_years=payback_years(flow.net, rate),
        internal_rates=internal_rates([-amount for amount in flow.net]),
        table=budget_table(flow),
    )
