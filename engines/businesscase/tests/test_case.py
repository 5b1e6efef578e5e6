# SPDX-License-Identifier: MPL-2.0
from datetime import date

import pytest
from businesscase import InvalidCase, MissingRate, Range, rate_on
from businesscase_examples import FROM_2013, FROM_2021, MILLION, RATES, case, line


def test_the_rate_is_the_one_in_force_on_the_day_of_the_decision() -> None:
    assert rate_on(RATES, date(2021, 1, 6)) is FROM_2013
    assert rate_on(RATES, date(2021, 1, 7)) is FROM_2021


def test_a_day_without_a_rate_is_told() -> None:
    with pytest.raises(MissingRate, match="2010-01-01"):
        rate_on(RATES, date(2010, 1, 1))


def test_two_rates_for_one_day_are_refused() -> None:
    with pytest.raises(InvalidCase, match="two rates"):
        rate_on((FROM_2021, FROM_2021), date(2026, 1, 1))


def test_rates_fall_with_the_distance() -> None:
    assert [str(FROM_2021.in_year(n)) for n in (1, 35, 36, 70, 71)] == ["0.035", "0.035", "0.025", "0.025", "0.015"]


def test_scenarios_in_the_wrong_order_are_refused() -> None:
    with pytest.raises(InvalidCase, match="dearest"):
        Range(pessimistic=1, likely=2, optimistic=3)


def test_a_benefit_needs_an_owner() -> None:
    with pytest.raises(InvalidCase) as error:
        line("fewer km", -MILLION, owner="")
    assert error.value.code == "no_owner"


def test_two_lines_of_one_name_and_amounts_before_the_base_year_are_refused() -> None:
    with pytest.raises(InvalidCase, match=r"lines\[1\].id"):
        case(line("a", 1), line("a", 2))
    with pytest.raises(InvalidCase, match=r"lines\[0\].amounts.2025"):
        case(line("a", 1, first=2025))
