# SPDX-License-Identifier: MPL-2.0
"""The estimate: the straight line with what is assumed, and rather too long than too short."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from road_examples import at
from traveltimes import Assumption, InvalidPoint, estimate

CAR = Assumption(date(2026, 1, 1), detour=1.4, town_km_h=25, country_km_h=60, town_m=2000, source="Own count")
HERE, THERE = at(0, 0), at(10000, 0)


def test_town_is_slow_at_each_end_that_lies_in_one_and_the_rest_is_country() -> None:
    def between(one: bool | None, other: bool | None) -> float:
        return float(estimate([HERE, THERE], CAR, in_town=[one, other]).seconds[0, 1])

    assert between(False, False) == pytest.approx(14000 * 3.6 / 60, abs=1)
    assert between(True, False) == pytest.approx(2000 * 3.6 / 25 + 12000 * 3.6 / 60, abs=1)
    assert between(True, True) == pytest.approx(4000 * 3.6 / 25 + 10000 * 3.6 / 60, abs=1)


def test_a_penalty_counts_where_one_arrives() -> None:
    assert estimate([HERE, HERE], CAR, penalty_s=[0, 90]).seconds.tolist() == [[0, 90], [0, 0]]


@given(st.lists(st.tuples(st.floats(54, 58), st.floats(8, 13)), min_size=2, max_size=4), st.booleans())
def test_who_does_not_know_whether_it_is_town_never_gets_there_earlier(points, in_town) -> None:
    known = estimate(points, CAR, in_town=[in_town] * len(points))
    unknown = estimate(points, CAR)
    assert (unknown.seconds >= known.seconds).all() and (unknown.metres == known.metres).all()


@pytest.mark.parametrize("change", [{"detour": 0.9}, {"town_km_h": 0}, {"town_m": -1}, {"source": " "}])
def test_what_cannot_be_assumed_is_refused(change: dict[str, object]) -> None:
    figures = {"detour": 1.4, "town_km_h": 25, "country_km_h": 60, "town_m": 2000, "source": "Own count"}
    with pytest.raises(ValueError):  # each has its own words
        Assumption(date(2026, 1, 1), **(figures | change))  # type: ignore[arg-type]
    with pytest.raises(InvalidPoint):
        estimate([HERE, (100.0, 10.0)], CAR)
