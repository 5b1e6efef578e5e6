# SPDX-License-Identifier: MPL-2.0
"""Files: what cannot be right is refused by name, and plans are written as their readers expect."""

import json
from pathlib import Path

import msgspec
import pytest
from careroutes import Answer, Break, InvalidProblem, Limits, Planned, Problem, check, solve
from careroutes.__main__ import main
from careroutes.formats import read_answer, read_problem, write_answer, write_problem
from careroutes_examples import carer, day, published, random_day, visit

SHORT = Limits(cpu_seconds=0, iterations=50)
DAY = {
    "visits": [{"id": "a", "place": 1, "duration": 20, "windows": [{"start": 480, "end": 540}]}],
    "carers": [{"id": "Anna", "shift": {"start": 420, "end": 900}, "from_place": 0, "to_place": 0}],
    "travel": [{"name": "bil", "times": [[0, 6], [7, 0]]}],
}
SOLOMON = """C1

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       1000          0
    1      3         4          6          0       900           10
    2      6         8          6          0       900           10
"""


def changed(path: list[object], value: object) -> dict[str, object]:
    data = json.loads(json.dumps(DAY))
    at = data
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["visits", 0, "windows", 0, "end"], 470, "visits[0].windows[0].end"),
        (["visits", 0, "windows"], [], "visits[0].windows"),
        (["visits", 0, "duration"], -1, "visits[0].duration"),
        (["visits", 0, "place"], 9, "visits[0].place"),
        (["carers", 0, "mode"], 3, "carers[0].mode"),
        (["travel", 0, "times"], [[0, 6], [7]], "travel[0].times[1]"),
        (["links"], [{"first": "a", "second": "b"}], "links[0].second"),
        (["visits", 0, "wheelchair"], True, "visits[0]"),
    ],
)
def test_what_cannot_be_right_is_refused_with_file_field_and_value(
    tmp_path: Path, path: list[object], value: object, field: str
) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps(changed(path, value)))
    with pytest.raises(InvalidProblem) as refused:
        read_problem(file)
    assert refused.value.field == field
    assert str(refused.value).startswith(f"{file}: ")


def test_a_day_is_written_as_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(write_problem(random_day(3)))
    assert read_problem(file) == (random_day(3), "careroutes")


def test_a_solomon_file_is_read_in_the_convention_that_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "c1.txt"
    file.write_text(SOLOMON)
    problem, kind = read_problem(file)
    assert kind == "solomon"
    answer = solve(problem, limits=SHORT)
    assert answer.cost * problem.cost_scale == 30  # two vehicles: there and back, 5 and 10 away
    assert write_answer(problem, answer, kind=kind).endswith("Cost 30.0\n")
    exact, _ = read_problem(file, kind="solomon", convention="exact", vehicles=1)
    assert len(exact.carers) == 1


def test_a_broken_row_of_a_solomon_file_is_named_by_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c1.txt"
    file.write_text(SOLOMON.replace("    2      6 ", "    2      x "))
    with pytest.raises(InvalidProblem, match=r"line 12: a number is expected \(got 'x'\)"):
        read_problem(file)


@pytest.mark.parametrize(
    ("archive", "member"),
    [
        ("hhcrsp-mankowska", "hhcrsp-mankowska/InstanzCPLEX_HCSRP_25_1.json"),
        ("hhcrsp-kummer", "hhcrsp-kummer/kummer/HHCRSP_100_20_10_1.2_R_C.json"),
        ("uhhc-validation", "uhhc-validation/i-235.json"),
    ],
)
def test_a_plan_in_the_authors_format_has_what_theirs_has(tmp_path: Path, archive: str, member: str) -> None:
    problem, kind = read_problem(published(archive, member, tmp_path))
    answer = solve(problem, limits=SHORT)
    told = json.loads(write_answer(problem, answer, kind=kind))
    stops = [stop for route in told["routes"] for stop in route["locations"] if stop["service"] != "lunch_break"]
    assert len(stops) == len(answer.planned)
    assert all({"patient", "service", "arrival_time", "departure_time"} == stop.keys() for stop in stops)
    busy = [carer.id for carer in problem.carers if carer.id in answer.routes()]
    assert [route["caregiver_id"] for route in told["routes"]] == busy
    if kind == "uhhc":
        assert sum(told["cost_components"].values()) == told["cost"]["objective"] == answer.cost


def test_lunch_is_written_where_its_time_and_the_way_to_the_next_visit_fit() -> None:
    lunch = Break(earliest=500, latest=520, duration=30)
    problem = day([visit("a/0", duration=20), visit("b/0", place=2, at=(540, 600))], [carer("Anna", pause=lunch)])
    for at, start, where in ((500, 540, "a"), (510, 540, "b")):
        planned = (Planned("a/0", "Anna", 480), Planned("b/0", "Anna", start))
        answer = Answer(planned=planned, unserved=(), breaks={"Anna": at}, cost=30)
        assert check(problem, answer) == []
        assert uhhc_lunch(problem, answer)["patient"] == where


def uhhc_lunch(problem: Problem, answer: Answer) -> dict[str, object]:
    named = [msgspec.structs.replace(each, competences=frozenset(["care"])) for each in problem.visits]
    told = json.loads(write_answer(msgspec.structs.replace(problem, visits=tuple(named)), answer, kind="uhhc"))
    return next(stop for stop in told["routes"][0]["locations"] if stop["service"] == "lunch_break")


def test_the_command_line_plans_checks_and_explains(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, plan = tmp_path / "day.json", tmp_path / "plan.json"
    file.write_text(json.dumps(changed(["visits", 0, "competences"], ["x"])))
    assert main(["solve", str(file), "--iterations", "20", "--out", str(plan), "--quiet"]) == 0
    assert read_answer(plan).unserved == ("a",)
    assert main(["check", str(file), str(plan)]) == 0
    assert "unserved 1" in capsys.readouterr().out
    assert main(["explain", str(file), str(plan)]) == 0
    assert capsys.readouterr().out == "a (nobody has x)\n  Anna: competence\n"


def test_the_command_line_says_what_is_wrong_with_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.json"
    file.write_text("{")
    assert main(["solve", str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_a_plan_for_another_day_is_refused(tmp_path: Path) -> None:
    problem, other = random_day(3), random_day(4)
    assert check(problem, solve(other, limits=SHORT)) != []
