# SPDX-License-Identifier: MPL-2.0
"""The checker finds each rule broken, and prices published plans as their authors do."""

import json

import msgspec
import pytest
from careroutes import Answer, Break, Carers, Late, Link, Planned, check, cost_of
from careroutes.formats import read_problem
from careroutes_examples import carer, day, published, visit


def plan(problem, *planned: Planned, unserved: tuple[str, ...] = (), **more: object) -> Answer:
    answer = Answer(planned=planned, unserved=unserved, **more)
    return msgspec.structs.replace(answer, cost=cost_of(problem, answer).total)


def codes(problem, *planned: Planned, **more: object) -> list[str]:
    return [violation.code for violation in check(problem, plan(problem, *planned, **more))]


PAIR = [visit("a", group="g"), visit("b", group="g")]
TOGETHER = Link(first="a", second="b", least_gap=0, most_gap=0, carers=Carers.DIFFERENT)
TWO = [carer("Anna"), carer("Bo")]


@pytest.mark.parametrize(
    ("problem", "planned", "more", "code"),
    [
        (day([visit("a")], TWO), [Planned("a", "Anna", 425)], {}, "two_places"),
        (day([visit("a")], TWO), [Planned("a", "Anna", 470)], {}, "outside_windows"),
        (day([visit("a", late=Late.FORBIDDEN)], TWO), [Planned("a", "Anna", 541)], {}, "late"),
        (day([visit("a", competences=frozenset("x"))], TWO), [Planned("a", "Anna", 480)], {}, "not_allowed"),
        (day([visit("a", never=frozenset(["Bo"]))], TWO), [Planned("a", "Bo", 480)], {}, "not_allowed"),
        (day([visit("a")], TWO), [Planned("a", "Cy", 480)], {}, "unknown_carer"),
        (day([visit("a")], TWO), [], {}, "neither"),
        (day([visit("a")], TWO), [Planned("a", "Anna", 480)], {"unserved": ("a",)}, "neither"),
        (day([visit("a", at=(890, 895))], [carer("Anna", overtime=False)]), [Planned("a", "Anna", 890)], {}, "shift"),
        (day([visit("a", load=9)], [carer("Anna", capacity=8)]), [Planned("a", "Anna", 480)], {}, "capacity"),
        (day(PAIR, TWO, [TOGETHER]), [Planned("a", "Anna", 480), Planned("b", "Bo", 481)], {}, "gap"),
        (day(PAIR, TWO, [TOGETHER]), [Planned("a", "Anna", 480)], {"unserved": ("b",)}, "half"),
        (
            day([visit("a"), visit("b")], TWO, [Link(first="a", second="b", carers=Carers.SAME)]),
            [Planned("a", "Anna", 480), Planned("b", "Bo", 480)],
            {},
            "other_carer",
        ),
        (
            day([visit("a")], [carer("Anna", pause=Break(earliest=500, latest=600, duration=30))]),
            [Planned("a", "Anna", 480)],
            {"breaks": {"Anna": 490}},
            "break",
        ),
    ],
)
def test_each_rule_is_found_broken(problem, planned: list[Planned], more: dict[str, object], code: str) -> None:
    if code == "unknown_carer":
        found = check(problem, Answer(planned=tuple(planned), unserved=()))
        assert [violation.code for violation in found] == [code]
    else:
        assert code in codes(problem, *planned, **more)


def test_a_plan_that_says_less_than_it_costs_is_found() -> None:
    problem = day([visit("a")], TWO)
    answer = Answer(planned=(Planned("a", "Anna", 480),), unserved=(), cost=19)
    assert [violation.code for violation in check(problem, answer)] == ["cost"]


@pytest.mark.parametrize("name", ["i-083", "i-219", "i-247", "i-446"])
def test_a_published_plan_costs_what_its_authors_say(tmp_path, name: str) -> None:
    problem, _ = read_problem(published("uhhc-validation", f"uhhc-validation/{name}.json", tmp_path))
    seeds = {"i-083": 3009906951, "i-219": 4224899365, "i-247": 2909947971, "i-446": 3132432699}
    member = f"uhhc-validation/solutions-sa/sol-{name}-{seeds[name]}.json"
    told = json.loads(published("uhhc-validation", member, tmp_path).read_text())
    planned, breaks = [], {}
    left = {visit.id: visit for visit in problem.visits}
    for route in told["routes"]:
        for stop in route.get("locations", []):
            if stop["service"] == "lunch_break":
                breaks[route["caregiver_id"]] = stop["start_time"]
                continue
            part = next(
                key
                for key in left
                if key.rpartition("/")[0] == stop["patient"] and stop["service"] in left[key].competences
            )
            del left[part]
            planned.append(Planned(part, route["caregiver_id"], stop["arrival_time"]))
    answer = Answer(planned=tuple(planned), unserved=tuple(left), breaks=breaks, cost=told["cost"]["objective"])
    assert check(problem, answer) == []
    parts, theirs = cost_of(problem, answer), told["cost_components"]
    assert (parts.travel, parts.waiting, parts.idle) == (
        theirs["travel_time"],
        theirs["total_waiting_time"],
        theirs["max_idle_time"],
    )
