# SPDX-License-Identifier: MPL-2.0
import random

import careroutes
import pytest
from careroutes import Break, Carer, Carers, Late, Link, Problem, Travel, Visit, Window
from persons import NOW, Persons

from kommune3.solutions.care.planning import baseline
from kommune3.solutions.care.planning.problem import prepare
from kommune3.solutions.care.planning.writing import violations_of
from kommune3.solutions.care.tests.day import make_day

HOUR = 3600


def a_day(seed: int) -> Problem:
    """Forty places, pairs, visits for two, competences, strict windows and breaks; more work than hands."""
    chance = random.Random(seed)
    places = [(0.0, 0.0)] + [(chance.gauss(0, 3000), chance.gauss(0, 3000)) for _ in range(40)]
    times = tuple(tuple(int(((a - x) ** 2 + (b - y) ** 2) ** 0.5 / 8) for x, y in places) for a, b in places)
    visits, links = [], []
    for place in range(1, 41):
        start = chance.choice([7, 7, 8, 9, 11, 13]) * HOUR
        window = (Window(start, start + chance.choice([1800, 3600])),)
        needs = frozenset(["medicin"]) if chance.random() < 0.3 else frozenset[str]()
        kind = chance.random()
        names = ("a", "b") if kind < 0.3 else ("a",)
        for name in names:
            visits.append(
                Visit(
                    id=f"{place}{name}", place=place, duration=1200, windows=window, competences=needs,
                    group=str(place) if kind < 0.15 else "", late=chance.choice(list(Late)),
                )
            )  # fmt: skip
        if kind < 0.15:
            links.append(Link(first=f"{place}a", second=f"{place}b", least_gap=0, most_gap=0, carers=Carers.DIFFERENT))
        elif kind < 0.3:
            by = chance.choice(list(Carers))
            links.append(Link(first=f"{place}a", second=f"{place}b", least_gap=1500, most_gap=5400, carers=by))
    carers = tuple(
        Carer(
            id=f"c{number}", shift=Window(7 * HOUR, 15 * HOUR), from_place=0, to_place=0,
            competences=frozenset(["medicin"]) if number % 2 else frozenset(),
            pause=Break(earliest=11 * HOUR, latest=13 * HOUR, duration=1800),
        )
        for number in range(3)
    )  # fmt: skip
    return Problem(visits=tuple(visits), carers=carers, travel=(Travel(name="bil", times=times),), links=tuple(links))


def test_a_day_laid_by_hand_keeps_every_hard_rule():
    for seed in range(40):
        problem = a_day(seed)
        answer = baseline.routes(problem)
        assert careroutes.check(problem, answer) == [], seed
        assert answer.planned


def test_the_search_does_no_worse_than_by_hand():
    problem = a_day(1)
    by_hand = baseline.routes(problem)
    ours = careroutes.solve(problem, limits=careroutes.Limits(iterations=2000))
    assert ours.cost < by_hand.cost


@pytest.mark.django_db
def test_a_prepared_day_is_laid_by_hand_with_its_calls_where_the_carers_are(persons: Persons):
    day = make_day(persons)
    prepared = prepare(team=day.team, day=day.date, now=NOW)
    solved = baseline.laid_by_hand(prepared)
    assert violations_of(solved) == []
    starts = {each.visit: each for each in solved.answer.planned}
    lift = day.visits["lift"].pk
    assert starts[f"{lift}.0"].start == starts[f"{lift}.1"].start
    assert starts[f"{lift}.0"].carer != starts[f"{lift}.1"].carer
    medicine, breakfast = day.visits["medicine"].pk, day.visits["breakfast"].pk
    assert starts[f"{breakfast}.0"].start - starts[f"{medicine}.0"].start >= 20 * 60
