# SPDX-License-Identifier: MPL-2.0
from datetime import date
from decimal import Decimal

import pytest

from kommune3.kernel import effects
from kommune3.kernel.access.actor import system
from kommune3.kernel.effects import Kind, Selection

ALL = system("tests")
MONTH = {"period_start": date(2026, 1, 1), "period_end": date(2026, 2, 1)}
TWO_YEARS = {"period_start": date(2026, 7, 1), "period_end": date(2027, 7, 1)}


def sums(**arguments) -> list[tuple]:
    arguments = {"actor": ALL} | arguments
    return [
        (total.kind, total.measure, total.bucket.year if total.bucket else None, total.quantity)
        for total in effects.totals(**arguments).sums
    ]


def test_kinds_and_units_of_measure_are_never_added(recorded) -> None:
    recorded(quantity="100")
    recorded(quantity="40", kind=Kind.MEASURED)
    recorded(quantity="7", kind=Kind.ESTIMATED, note="Antaget")
    recorded(quantity="1000", indicator="time_dkk")
    assert sums(by=()) == [
        ("ESTIMATED", "dkk_cash", None, 7),
        ("MEASURED", "dkk_cash", None, 40),
        ("PROVEN", "dkk_cash", None, 100),
        ("PROVEN", "dkk_social", None, 1000),
    ]


def test_what_was_corrected_counts_once(recorded) -> None:
    recorded(quantity="100")
    recorded(quantity="90")
    assert sums() == [("PROVEN", "dkk_cash", None, 90)]


def test_tenths_add_up_exactly(recorded) -> None:
    for month in range(1, 11):
        recorded(quantity="0.1", period_start=date(2026, month, 1), period_end=date(2026, month + 1, 1))
    assert sums() == [("PROVEN", "dkk_cash", None, Decimal(1))]


def test_a_year_holds_the_rows_that_lie_in_it_and_rows_over_several_years_stand_apart(recorded) -> None:
    recorded(quantity="10", **MONTH)
    recorded(quantity="365", **TWO_YEARS)
    assert sums(by=("year",)) == [("PROVEN", "dkk_cash", None, 365), ("PROVEN", "dkk_cash", 2026, 10)]


def test_pro_rata_spreads_a_row_over_its_days_and_says_so(recorded) -> None:
    recorded(quantity="10", **MONTH)
    recorded(quantity="365", **TWO_YEARS)
    result = effects.totals(actor=ALL, by=("year",), pro_rata=True)
    assert [(t.bucket, t.quantity, t.row_count, t.is_split) for t in result.sums] == [
        (date(2026, 1, 1), Decimal(194), 2, True),
        (date(2027, 1, 1), Decimal(181), 1, True),
    ]


def test_pro_rata_months_sum_to_the_year(recorded) -> None:
    recorded(quantity="1000")
    months = effects.totals(actor=ALL, by=("month",), pro_rata=True).sums
    assert len(months) == 12
    assert abs(sum(total.quantity for total in months) - 1000) <= Decimal("0.0012")
    assert months[1].quantity == Decimal("76.7123")


def test_rows_that_reach_outside_the_period_are_left_out_and_counted(recorded) -> None:
    recorded(quantity="10", **MONTH)
    recorded(quantity="365", **TWO_YEARS)
    year = Selection(start=date(2026, 1, 1), end=date(2027, 1, 1))
    whole = effects.totals(actor=ALL, selection=year)
    assert [total.quantity for total in whole.sums] == [10] and whole.left_out == 1
    split = effects.totals(actor=ALL, selection=year, pro_rata=True)
    assert [total.quantity for total in split.sums] == [194] and split.left_out == 0


def test_a_unit_includes_what_is_below_it(recorded, persons) -> None:
    recorded(quantity="1", unit=persons.own_team)
    recorded(quantity="2", unit=persons.other_unit)
    assert sums(selection=Selection(unit=persons.own_unit)) == [("PROVEN", "dkk_cash", None, 1)]
    by_unit = effects.totals(actor=ALL, by=("unit",)).sums
    assert {total.unit_id: total.quantity for total in by_unit} == {persons.own_team.pk: 1, persons.other_unit.pk: 2}


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        (Selection(kind="MEASURED"), [40]),
        (Selection(indicator="km"), [5]),
        (Selection(measure="km"), [5]),
        (Selection(solution="other"), []),
    ],
)
def test_a_selection_narrows_the_sums(recorded, selection, expected) -> None:
    recorded(quantity="100")
    recorded(quantity="40", kind=Kind.MEASURED)
    recorded(quantity="5", indicator="km")
    assert [total.quantity for total in effects.totals(actor=ALL, selection=selection).sums] == expected


def test_a_leader_sees_the_gains_of_the_own_units_only(recorded, persons, actor_for) -> None:
    recorded(quantity="1", unit=persons.own_team)
    recorded(quantity="2", unit=persons.other_unit)
    recorded(quantity="4", indicator="km")
    leader = actor_for(persons.leader)
    assert sums(actor=leader) == [("PROVEN", "dkk_cash", None, 1)]
    assert effects.rows(actor=leader).count() == 1
    assert sums(actor=actor_for(persons.citizen)) == []


def test_the_rows_show_corrected_ones_only_when_asked(recorded) -> None:
    recorded(quantity="1")
    recorded(quantity="2")
    assert effects.rows(actor=ALL).count() == 1
    assert effects.rows(actor=ALL, with_superseded=True).count() == 2


def test_sums_take_one_query(recorded, django_assert_num_queries) -> None:
    recorded()
    with django_assert_num_queries(1):
        effects.totals(actor=ALL, by=("solution", "indicator", "unit", "year"), pro_rata=True)
