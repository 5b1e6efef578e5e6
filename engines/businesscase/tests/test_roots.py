# SPDX-License-Identifier: MPL-2.0
from decimal import Decimal

import numpy_financial
import pytest
from businesscase import RateKind, internal_rates
from hypothesis import given
from hypothesis import strategies as st


def test_one_investment_and_its_return_have_one_rate() -> None:
    found = internal_rates([-100, 110])
    assert found.kind is RateKind.UNIQUE
    assert found.rates == (Decimal("0.1"),)


def test_costs_alone_have_no_rate() -> None:
    assert internal_rates([-100, -250, -750, -750]).kind is RateKind.NONE
    assert internal_rates([0, 0]).kind is RateKind.NONE
    assert internal_rates([]).kind is RateKind.NONE


def test_two_changes_of_sign_can_have_two_rates_and_then_none_is_the_answer() -> None:
    # 100 (r - 0.1)(r - 0.2) in disguise: -100 + 230 x - 132 x²
    found = internal_rates([-100, 230, -132])
    assert found.kind is RateKind.SEVERAL
    assert found.rates == (Decimal("0.1"), Decimal("0.2"))


def test_two_changes_of_sign_can_have_no_rate() -> None:
    assert internal_rates([100, -100, 100]).kind is RateKind.NONE


def test_a_double_root_is_one_rate() -> None:
    # (1 - 1.1 x)²
    assert internal_rates([100, -220, 121]).rates == (Decimal("0.1"),)


def test_empty_years_before_and_after_change_nothing() -> None:
    assert internal_rates([0, 0, -100, 110, 0]) == internal_rates([-100, 110])


def test_a_loss_has_a_rate_below_nought() -> None:
    assert internal_rates([-100, 50]).rates == (Decimal("-0.5"),)


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**9), min_size=1, max_size=25).filter(any))
def test_a_single_change_of_sign_has_the_rate_of_numpy_financial(cost: int, returns: list[int]) -> None:
    found = internal_rates([-cost, *returns])
    assert found.kind is RateKind.UNIQUE
    rate = float(found.rates[0])
    peer = float(numpy_financial.irr([-cost, *returns]))
    assert rate == pytest.approx(peer, rel=1e-6, abs=1e-6)
    assert sum(amount / (1 + rate) ** year for year, amount in enumerate([-cost, *returns])) == pytest.approx(
        0, abs=1e-6 * cost
    )
