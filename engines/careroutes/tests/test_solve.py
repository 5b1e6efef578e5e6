# SPDX-License-Identifier: MPL-2.0
"""What is promised of a plan: it keeps every rule, says its true cost, and is better than what is obvious."""

import msgspec
import pytest
from careroutes import (
    Announced,
    Answer,
    BrokenStart,
    Carers,
    Late,
    Limits,
    Link,
    Planned,
    Problem,
    Weights,
    check,
    cost_of,
    solve,
    timed,
)
from careroutes_examples import carer, day, published, random_day, visit
from hypothesis import given, settings
from hypothesis import strategies as st

SHORT = Limits(cpu_seconds=0, iterations=300)


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 10**9))
def test_whatever_the_day_the_plan_keeps_every_rule_and_says_its_true_cost(seed: int) -> None:
    problem = random_day(seed)
    answer = solve(problem, limits=SHORT)
    assert check(problem, answer) == []


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_timing_the_routes_of_a_plan_anew_gives_the_same_cost(seed: int) -> None:
    problem = random_day(seed)
    answer = solve(problem, limits=SHORT)
    assert check(problem, timed(problem, answer)) == []


def test_one_seed_gives_one_plan_and_another_seed_may_give_another() -> None:
    problem = random_day(7)
    limits = Limits(cpu_seconds=0, iterations=500, seed=3)
    one, other = solve(problem, limits=limits), solve(problem, limits=limits)
    assert msgspec.structs.replace(one, cpu_seconds=0) == msgspec.structs.replace(other, cpu_seconds=0)


def test_several_threads_give_the_cheapest_of_their_plans() -> None:
    problem = random_day(11)
    alone = [solve(problem, limits=Limits(cpu_seconds=0, iterations=50, seed=seed)).cost for seed in (1, 2, 3)]
    together = solve(problem, limits=Limits(cpu_seconds=0, iterations=50, seed=1, threads=3))
    assert together.cost == min(alone)


def test_two_carers_come_at_the_same_time() -> None:
    lift = [visit("lift.0", group="lift"), visit("lift.1", group="lift")]
    link = Link(first="lift.0", second="lift.1", least_gap=0, most_gap=0, carers=Carers.DIFFERENT)
    answer = solve(day(lift, [carer("Anna"), carer("Bo", (500, 900))], [link]), limits=SHORT)
    starts = {planned.carer: planned.start for planned in answer.planned}
    assert starts == {"Anna": 510, "Bo": 510}


def test_with_one_carer_on_duty_a_two_carer_visit_is_left_out_whole_and_the_rest_is_planned() -> None:
    lift = [visit("lift.0", group="lift"), visit("lift.1", group="lift"), visit("alone", place=2)]
    link = Link(first="lift.0", second="lift.1", least_gap=0, most_gap=0, carers=Carers.DIFFERENT)
    answer = solve(day(lift, [carer("Anna")], [link]), limits=SHORT)
    assert set(answer.unserved) == {"lift.0", "lift.1"}
    assert [planned.visit for planned in answer.planned] == ["alone"]


def test_visits_that_wait_for_each_other_in_a_circle_are_left_out_and_the_rest_is_planned() -> None:
    circle = [visit("a", group="circle"), visit("b", group="circle"), visit("c", place=2)]
    links = [Link(first="a", second="b", least_gap=10), Link(first="b", second="a", least_gap=10)]
    answer = solve(day(circle, [carer("Anna"), carer("Bo")], links), limits=SHORT)
    assert set(answer.unserved) == {"a", "b"}


def test_a_visit_goes_to_the_carer_whom_the_citizen_knows() -> None:
    known = visit("a", preferred={"Bo": 0}, other_carer_cost=30)
    answer = solve(day([known], [carer("Anna"), carer("Bo")]), limits=SHORT)
    assert [planned.carer for planned in answer.planned] == ["Bo"]


def test_a_carer_waits_no_longer_than_needed() -> None:
    early, late = visit("a", at=(480, 560)), visit("b", place=2, at=(600, 620))
    answer = solve(day([early, late], [carer("Anna")], weights=Weights(waiting=1)), limits=SHORT)
    assert [planned.start for planned in answer.planned] == [560, 600]


def test_a_plan_that_is_given_is_bettered_never_worsened() -> None:
    problem = random_day(23)
    rough = solve(problem, limits=Limits(cpu_seconds=0, iterations=1))
    assert solve(problem, limits=Limits(cpu_seconds=0, iterations=200), start=rough).cost <= rough.cost


def test_a_plan_that_breaks_a_hard_rule_cannot_be_begun_with() -> None:
    problem = day(
        [visit("a", late=Late.FORBIDDEN), visit("b", place=2, late=Late.FORBIDDEN, at=(480, 485))], [carer("Anna")]
    )
    whole = solve(problem, limits=SHORT)
    assert len(whole.unserved) == 0 or len(whole.planned) == 1
    backwards = msgspec.structs.replace(
        whole, planned=(Planned("a", "Anna", 500), Planned("b", "Anna", 530)), unserved=()
    )
    with pytest.raises(BrokenStart):
        solve(problem, limits=SHORT, start=backwards)


def announced(problem: Problem, answer: Answer) -> Problem:
    said = {planned.visit: planned for planned in answer.planned}
    visits = tuple(
        msgspec.structs.replace(
            each,
            announced=Announced(
                carer=said[each.id].carer, start=said[each.id].start, other_carer_cost=60, moved_cost=1, tolerance=15
            ),
        )
        for each in problem.visits
    )
    return msgspec.structs.replace(problem, visits=visits)


def test_when_a_carer_is_ill_the_others_keep_what_was_announced() -> None:
    visits = [visit(f"v{k}", place=1 + k % 3, at=(480 + 40 * (k // 3), 520 + 40 * (k // 3))) for k in range(18)]
    team = [carer(name) for name in ("Anna", "Bo", "Cy", "Dea")]
    morning = solve(day(visits, team), limits=SHORT)
    problem = announced(day(visits, team), morning)
    ill = morning.planned[0].carer
    without = msgspec.structs.replace(problem, carers=tuple(each for each in team if each.id != ill))
    left = msgspec.structs.replace(
        morning,
        planned=tuple(each for each in morning.planned if each.carer != ill),
        unserved=tuple(each.visit for each in morning.planned if each.carer == ill),
    )
    answer = solve(without, limits=SHORT, start=left)
    assert check(without, answer) == []
    assert answer.unserved == ()
    said = {each.visit: each.carer for each in left.planned}
    changed = [each for each in answer.planned if said.get(each.visit, each.carer) != each.carer]
    assert len(changed) <= 1


def test_nobody_comes_earlier_than_was_announced() -> None:
    said = Announced(carer="Anna", start=530, tolerance=5)
    answer = solve(day([visit("a", announced=said)], [carer("Anna")]), limits=SHORT)
    assert [planned.start for planned in answer.planned] == [525]


def test_told_to_stop_it_gives_the_best_plan_so_far() -> None:
    said = []
    problem = random_day(5)
    answer = solve(problem, limits=Limits(cpu_seconds=600), on_progress=lambda so_far: bool(said.append(so_far)))
    assert answer.stopped
    assert len(said) == 1
    assert check(problem, answer) == []


@pytest.mark.parametrize(
    ("archive", "member", "iterations", "at_most"),
    [
        ("hhcrsp-mankowska", "hhcrsp-mankowska/InstanzCPLEX_HCSRP_10_10.json", 3_000, 225.01),
        ("hhcrsp-mankowska", "hhcrsp-mankowska/InstanzVNS_HCSRP_100_4.json", 6_000, 730.0),
        ("uhhc-validation", "uhhc-validation/i-134.json", 6_000, 15_700),
        ("uhhc-validation", "uhhc-validation/i-219.json", 3_000, 12_500),
        ("uhhc-bazirha", "uhhc-bazirha/bazirha/D3.json", 2_000, 709),
        ("vrptw-homberger-solomon", "vrptw-homberger-solomon/homberger_200/c1_2_1.txt", 4_000, 2_800),
    ],
)
def test_published_instances_are_planned_about_as_well_as_anybody_has(
    tmp_path, archive: str, member: str, iterations: int, at_most: float
) -> None:
    from careroutes.formats import read_problem

    problem, _ = read_problem(published(archive, member, tmp_path))
    answer = solve(problem, limits=Limits(cpu_seconds=0, iterations=iterations))
    assert check(problem, answer) == []
    assert answer.unserved == () or "uhhc" in archive
    assert cost_of(problem, answer).total * problem.cost_scale <= at_most
