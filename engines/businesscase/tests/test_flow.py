# SPDX-License-Identifier: MPL-2.0
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy_financial
import pytest
from businesscase import (
    Account,
    Rate,
    Scenario,
    budget_table,
    cash_flow,
    evaluate,
    not_cashable,
    payback_years,
    present_value,
    rounded,
    rounding_gaps,
    sensitivity,
)
from businesscase_examples import FAXE, FROM_2013, FROM_2021, MILLION, RATES, case, line
from hypothesis import given
from hypothesis import strategies as st

AMOUNTS = st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=30)


def flat(rate: str) -> Rate:
    return Rate(date(2000, 1, 1), None, Decimal(rate), Decimal(rate), Decimal(rate), "test")


@pytest.mark.parametrize(("rate", "thousand"), [(FROM_2013, "17005.5"), (FROM_2021, "17181.4")])
def test_faxe_s_costs_are_worth_what_the_proposal_s_years_say(rate: Rate, thousand: str) -> None:
    value = present_value(cash_flow(FAXE, Scenario.LIKELY).net, rate)
    assert Decimal(rounded(value, unit=10_000)) / 10 == Decimal(thousand)


def test_faxe_s_budget_table_line_by_line() -> None:
    expense, income, net = budget_table(cash_flow(FAXE, Scenario.LIKELY))
    assert expense.amounts == net.amounts == (1000, 2500, 7500, 7500)
    assert expense.total == 18_500
    assert income.amounts == (None, None, None, None)
    assert income.total is None


def test_faxe_is_counted_with_the_rate_of_its_own_decision() -> None:
    likely = evaluate(FAXE, RATES).outcomes[Scenario.LIKELY]
    assert rounded(-likely.net_present_value, unit=10_000) == 170_055
    assert likely.payback_years is None


@given(AMOUNTS, st.decimals("-0.5", "0.5", places=4))
def test_present_values_are_those_of_numpy_financial(amounts: list[int], rate: Decimal) -> None:
    ours = float(present_value(amounts, flat(str(rate))))
    peer = float(numpy_financial.npv(float(rate), amounts))
    assert ours == pytest.approx(peer, rel=1e-9, abs=1e-3)


def test_present_values_by_hand_where_the_rate_falls_after_35_years() -> None:
    amounts = [0] * 37
    amounts[36] = 10**6
    assert present_value(amounts, FROM_2021) == Fraction(10**6) / Fraction("1.035") ** 35 / Fraction("1.025")


def test_expense_and_income_stand_apart_and_what_changes_no_budget_is_in_neither() -> None:
    flow_of = case(
        line("licence", 5 * MILLION, MILLION),
        line("refund", 0, -2 * MILLION, account=Account.INCOME),
        line("minutes for citizens", 0, -9 * MILLION, is_cashable=False),
    )
    flow = cash_flow(flow_of, Scenario.LIKELY)
    assert (flow.expense, flow.income) == ((5 * MILLION, MILLION), (0, -2 * MILLION))
    assert flow.cumulative == (5 * MILLION, 4 * MILLION)
    assert not_cashable(flow_of, Scenario.LIKELY) == (0, -9 * MILLION)


def test_an_investment_is_paid_back_within_the_year_its_savings_reach_it() -> None:
    # 10 out in the first year; 4 back in each of the next: 4 and 4, and half of the third 4.
    assert payback_years([10, -4, -4, -4]) == Fraction(7, 2)
    assert payback_years([10, -4, -4]) is None
    assert payback_years([-1, -1]) == 0
    assert payback_years([10, -20, 30, -5]) is None, "what came back is spent again"
    assert payback_years([100, -110], flat("0.1")) == 2
    assert payback_years([100, -109], flat("0.1")) is None


def test_a_tornado_puts_the_widest_bar_first() -> None:
    swings = sensitivity(
        case(line("sure", 3 * MILLION), line("doubtful", (9, 5, 4)), line("savings", (-1, -20, -30))), FROM_2021
    )
    assert [swing.line_id for swing in swings] == ["savings", "doubtful", "sure"]
    base = 20 - 5 - 3 * MILLION
    assert (swings[0].low, swings[0].high) == (base - 19, base + 10)
    assert (swings[2].low, swings[2].high) == (base, base)


@given(AMOUNTS)
def test_a_note_is_due_where_rounded_sums_do_not_add_up(amounts: list[int]) -> None:
    rows = budget_table(cash_flow(case(line("a", *amounts)), Scenario.LIKELY))
    gaps = rounding_gaps(rows)
    for row in rows:
        assert (row.total or 0) == sum(amount or 0 for amount in row.amounts) + gaps.get(row.title, 0)


def test_halves_are_rounded_away_from_zero() -> None:
    assert [rounded(Fraction(n, 2)) for n in (-3, -1, 1, 3)] == [-2, -1, 1, 2]
