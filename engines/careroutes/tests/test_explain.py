# SPDX-License-Identifier: MPL-2.0
"""Why a visit is in no route, and where an acute one could go."""

import pytest
from careroutes import Late, Limits, Reason, best_places, explain, solve
from careroutes_examples import carer, day, random_day, visit
from hypothesis import given, settings
from hypothesis import strategies as st

SHORT = Limits(cpu_seconds=0, iterations=50)


@pytest.mark.parametrize(
    ("left_out", "who", "reason"),
    [
        (visit("a", competences=frozenset("x")), carer("Anna"), Reason.COMPETENCE),
        (visit("a", never=frozenset(["Anna"])), carer("Anna"), Reason.EXCLUDED),
        (visit("a", late=Late.FORBIDDEN, at=(400, 410)), carer("Anna"), Reason.HOURS),
        (visit("a", at=(890, 895)), carer("Anna", overtime=False), Reason.HOURS),
        (visit("a", load=9), carer("Anna", capacity=8), Reason.CAPACITY),
        (visit("a", unserved_cost=5), carer("Anna"), Reason.TOO_DEAR),
    ],
)
def test_the_rule_that_removes_a_carer_is_named(left_out, who, reason: Reason) -> None:
    problem = day([left_out], [who])
    assert explain(problem, solve(problem, limits=SHORT))[0].removed == {"Anna": reason}


def test_where_the_day_is_full_there_is_no_room() -> None:
    full = [visit(f"v{number}", late=Late.FORBIDDEN, at=(480, 490), unserved_cost=50) for number in range(2)]
    problem = day(full, [carer("Anna")])
    assert explain(problem, solve(problem, limits=SHORT))[0].removed == {"Anna": Reason.NO_ROOM}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_first_place_offered_costs_no_more_than_the_next(seed: int) -> None:
    problem = random_day(seed)
    answer = solve(problem, limits=SHORT)
    for name in answer.unserved:
        costs = [place.cost for place in best_places(problem, answer, name)]
        assert costs == sorted(costs)


def test_an_acute_visit_is_offered_the_carer_who_is_beside_it() -> None:
    near, acute = visit("near", place=1), visit("acute", place=1, at=(480, 600))
    problem = day([near, acute, visit("far", place=2)], [carer("Anna"), carer("Bo")])
    answer = solve(problem, limits=SHORT)
    first = best_places(problem, answer, "acute")[0]
    assert first.cost == 0
    assert first.carer == next(planned.carer for planned in answer.planned if planned.visit == "near")
