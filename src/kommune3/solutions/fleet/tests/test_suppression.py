# SPDX-License-Identifier: MPL-2.0
"""Small numbers: hand-made cases, and what must hold of any."""

from hypothesis import given
from hypothesis import strategies as st

from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part, hidden

N = 5
BIG = Part(Basis(40, 10))
SMALLER = Part(Basis(12, 6))
SMALL = Part(Basis(3, 2))
EMPTY = Part(Basis(0, 0))


def hide(*parts: Part, with_total: bool = True, same_vehicles: bool = False) -> list[bool]:
    return hidden(parts, fewest=N, with_total=with_total, same_vehicles=same_vehicles)


def test_a_figure_of_too_few_vehicles_or_too_few_trips_is_hidden() -> None:
    few_vehicles, few_trips = Part(Basis(100, 4)), Part(Basis(4, 4))
    enough = Part(Basis(5, 5))
    assert hide(few_vehicles, few_trips, enough, with_total=False) == [True, True, False]


def test_nothing_at_all_is_shown() -> None:
    assert hide(EMPTY, BIG, with_total=False) == [False, False]


def test_one_hidden_figure_takes_the_smallest_other_with_it_so_that_the_total_does_not_tell_it() -> None:
    assert hide(SMALL, BIG, SMALLER) == [True, False, True]


def test_without_a_total_only_the_small_one_is_hidden() -> None:
    assert hide(SMALL, BIG, SMALLER, with_total=False) == [True, False, False]


def test_two_hidden_figures_that_are_small_together_take_a_third_with_them() -> None:
    one = Part(Basis(2, 1))
    assert hide(one, one, BIG, SMALLER) == [True, True, False, True]
    assert hide(SMALL, Part(Basis(4, 4)), BIG) == [True, True, False]


def test_days_of_the_same_vehicles_are_not_added_up_as_if_they_were_different_ones() -> None:
    saturday, sunday = Part(Basis(4, 4)), Part(Basis(4, 4))
    assert hide(saturday, sunday, BIG) == [True, True, False]
    assert hide(saturday, sunday, BIG, SMALLER, same_vehicles=True) == [True, True, False, True]


def test_a_figure_is_hidden_where_the_rest_of_a_larger_one_is_small() -> None:
    everything_but_two_cars = Part(Basis(100, 30), [Basis(6, 2)])
    assert hide(everything_but_two_cars, with_total=False) == [True]
    assert hide(Part(Basis(100, 30), [Basis(0, 0), Basis(60, 20)]), with_total=False) == [False]


def test_where_everything_is_small_everything_is_hidden() -> None:
    assert hide(SMALL, SMALL, EMPTY) == [True, True, False]


_parts = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 12)).map(lambda pair: Part(Basis(*pair) if all(pair) else Basis())),
    max_size=8,
)


@given(_parts)
def test_no_total_minus_what_is_shown_tells_of_few(parts: list[Part]) -> None:
    found = hide(*parts)
    shown = [part for part, is_hidden in zip(parts, found, strict=True) if not is_hidden]
    taken = [part.basis for part, is_hidden in zip(parts, found, strict=True) if is_hidden]
    assert not any(part.basis.is_small(N) for part in shown)
    total = sum((part.basis for part in parts), Basis())
    if taken and not total.is_small(N):
        assert len(taken) >= 2
        assert not sum(taken, Basis()).is_small(N)
