# SPDX-License-Identifier: MPL-2.0
import itertools

import pytest
from businesscase import Exclusion, Fund, Initiative, InvalidCase, Status, Synergy, check, choose
from businesscase.portfolio import Choice, gain_of, spent_by
from hypothesis import given, settings
from hypothesis import strategies as st

NAMES = ("a", "b", "c", "d", "e", "f", "g")


@st.composite
def funds(draw: st.DrawFn) -> Fund:
    names = NAMES[: draw(st.integers(0, 7))]
    amounts = st.integers(0, 9) | st.integers(0, 10**11)
    initiatives = tuple(
        Initiative(
            name,
            gain=draw(st.integers(-3, 12) | st.integers(-(10**11), 10**11)),
            costs={year: draw(amounts) for year in (2026, 2027)},
            must=draw(st.integers(0, 9)) == 0,
            needs=(draw(st.sampled_from(names[:at])),) if at and draw(st.integers(0, 4)) == 0 else (),
        )
        for at, name in enumerate(names)
    )
    pairs = list(itertools.combinations(names, 2))
    synergies = tuple(Synergy(*pair, draw(st.integers(-9, 9))) for pair in pairs if draw(st.integers(0, 5)) == 0)
    exclusions = tuple(Exclusion(pair) for pair in pairs if draw(st.integers(0, 9)) == 0)
    return Fund({2026: draw(amounts), 2027: draw(amounts)}, initiatives, synergies, exclusions)


def allowed(fund: Fund) -> list[frozenset[str]]:
    """Every choice that keeps all rules but the limits."""
    names = [initiative.id for initiative in fund.initiatives]
    found = []
    for count in range(len(names) + 1):
        for chosen in map(frozenset, itertools.combinations(names, count)):
            if all(
                (one.id in chosen or not one.must) and (one.id not in chosen or chosen.issuperset(one.needs))
                for one in fund.initiatives
            ) and all(len(chosen & set(one.ids)) <= 1 for one in fund.exclusions):
                found.append(chosen)
    return found


def fits(fund: Fund, chosen: frozenset[str], **more: int) -> bool:
    spent = spent_by(fund, chosen)
    return all(spent[year] <= limit + more.get(str(year), 0) for year, limit in fund.limits.items())


@settings(max_examples=150)
@given(funds())
def test_no_other_choice_gives_more_and_none_of_the_same_gain_costs_less(fund: Fund) -> None:
    choice = choose(fund)
    assert check(fund, choice) == []
    possible = [chosen for chosen in allowed(fund) if fits(fund, chosen)]
    if not possible:
        assert choice.status is Status.INFEASIBLE
        assert choice.reason
        return
    most = max(gain_of(fund, chosen) for chosen in possible)
    assert choice.gain == most
    cost = min(sum(spent_by(fund, chosen).values()) for chosen in possible if gain_of(fund, chosen) == most)
    assert sum(choice.spent.values()) == cost


@settings(max_examples=100)
@given(funds())
def test_the_next_step_is_the_least_more_money_that_gives_more(fund: Fund) -> None:
    choice = choose(fund)
    if choice.status is Status.INFEASIBLE:
        return
    steps = {step.year: step for step in choice.next_steps}
    for year, limit in fund.limits.items():
        others = {other: of for other, of in fund.limits.items() if other != year}
        better = [
            chosen
            for chosen in allowed(fund)
            if gain_of(fund, chosen) > choice.gain
            and all(spent_by(fund, chosen)[other] <= of for other, of in others.items())
        ]
        if not better:
            assert year not in steps
            continue
        needed = min(spent_by(fund, chosen)[year] for chosen in better)
        assert steps[year].extra == needed - limit
        reached = max(gain_of(fund, chosen) for chosen in better if spent_by(fund, chosen)[year] <= needed)
        assert steps[year].gain == reached - choice.gain
        assert gain_of(fund, frozenset(steps[year].chosen)) == reached


def test_a_synergy_pays_for_two_that_neither_would_pay_for() -> None:
    apart = (Initiative("robots", 4, {2026: 5}), Initiative("data", 3, {2026: 5}), Initiative("fleet", 8, {2026: 10}))
    assert choose(Fund({2026: 10}, apart)).chosen == ("fleet",)
    assert choose(Fund({2026: 10}, apart, (Synergy("robots", "data", 5),))).chosen == ("robots", "data")


def test_what_was_decided_and_does_not_fit_is_named() -> None:
    fund = Fund({2026: 5}, (Initiative("a", 1, {2026: 3}, must=True, needs=("b",)), Initiative("b", 1, {2026: 3})))
    assert choose(fund).reason == "a, b together take 6 in 2026, and there are 5"
    both = (Initiative("a", 1, {}, must=True), Initiative("b", 1, {}, must=True))
    assert "exclude each other" in choose(Fund({}, both, exclusions=(Exclusion(("a", "b")),))).reason


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (lambda: Fund({2026: 1}, (Initiative("a", 1, {}), Initiative("a", 1, {}))), "duplicate_id"),
        (lambda: Fund({2026: 1}, (Initiative("a", 1, {}, needs=("b",)),)), "unknown_id"),
        (lambda: Fund({2026: 1}, (Initiative("a", 1, {2027: 1}),)), "no_limit"),
        (lambda: Initiative("a", 1, {2026: -1}), "negative"),
        (
            lambda: Fund({}, (Initiative("a", 1, {}, needs=("b",)), Initiative("b", 1, {}, needs=("a",)))),
            "circle",
        ),
    ],
)
def test_a_fund_that_cannot_be_right_is_refused(broken, code: str) -> None:
    with pytest.raises(InvalidCase) as error:
        broken()
    assert error.value.code == code


def test_the_checker_finds_what_a_wrong_choice_breaks() -> None:
    fund = Fund(
        {2026: 5},
        (
            Initiative("a", 1, {2026: 4}, must=True),
            Initiative("b", 2, {2026: 4}, needs=("c",)),
            Initiative("c", 3, {2026: 0}),
        ),
        exclusions=(Exclusion(("b", "c")),),
    )
    wrong = Choice(Status.OPTIMAL, ("b", "x"), 9, {2026: 1}, {2026: 4})
    assert {violation.code for violation in check(fund, wrong)} == {"unknown", "must", "needs", "spent", "gain"}
    dear = Choice(Status.OPTIMAL, ("a", "b", "c"), 6, {2026: 8}, {2026: -3})
    assert {violation.code for violation in check(fund, dear)} == {"limit", "exclusion"}
