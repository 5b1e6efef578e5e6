# SPDX-License-Identifier: MPL-2.0
"""Files read back as they were written, and bad files told with file, line, field and value."""

import csv
import json
from pathlib import Path

import pytest
from fleetplan import (
    Answer,
    InvalidProblem,
    Problem,
    Trip,
    read_answer,
    read_problem,
    read_trips_csv,
    scan_trips_csv,
    solve,
    write_answer,
    write_assignments_csv,
    write_problem,
    write_trips_csv,
)
from fleetplan.codec import decode, encode
from hypothesis import HealthCheck, given, settings

from .examples import electric_car, petrol_car, problem, problems, segment, trip

HEADER = "id,base,start,end,km"
ROW = "1,grenaa,2026-03-02T08:00:00+00:00,2026-03-02T09:00:00+00:00,12.5"
RICH = trip(
    "æ,1;x",
    8,
    9,
    12.345678901,
    needs=frozenset({"lift", "towbar"}),
    shift="early",
    vehicle="17",
    segments=(segment(8, 8.25, 6.1), segment(8.5, 9, 6.2)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems(most_trips=5))
def test_problems_and_answers_come_back_from_json_as_they_were(task: Problem) -> None:
    assert decode(Problem, json.loads(json.dumps(encode(task)))) == task
    answer = solve(task)
    assert decode(Answer, json.loads(json.dumps(encode(answer)))) == answer


def test_json_files_hold_everything(tmp_path: Path) -> None:
    task = problem(RICH, classes=(petrol_car(), electric_car(bases=frozenset({"grenaa"}))))
    write_problem(tmp_path / "problem.json", task)
    assert read_problem(tmp_path / "problem.json") == task
    answer = solve(task)
    write_answer(tmp_path / "answer.json", answer)
    assert read_answer(tmp_path / "answer.json") == answer


def test_trips_come_back_from_csv_as_they_were(tmp_path: Path) -> None:
    trips = (RICH, trip("b", 10, 11))
    write_trips_csv(tmp_path / "trips.csv", trips)
    assert read_trips_csv(tmp_path / "trips.csv") == trips


def test_assignments_are_written_one_line_per_trip(tmp_path: Path) -> None:
    task = problem(trip("a", 8, 9, 3.0), trip("b", 8, 9, 400.0), classes=(petrol_car(max_count=1, min_count=1),))
    write_assignments_csv(tmp_path / "plan.csv", task, solve(task))
    with (tmp_path / "plan.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["trip_id"], row["class_id"], row["number"]) for row in rows] == [("a", "", ""), ("b", "aygo", "1")]


def test_a_byte_order_mark_is_fine(tmp_path: Path) -> None:
    path = tmp_path / "trips.csv"
    path.write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8-sig")
    assert [one.id for one in read_trips_csv(path)] == ["1"]


@pytest.mark.parametrize(
    ("row", "code", "field", "value"),
    [
        (ROW.replace("12.5", "12,5"), "wrong_width", "row", None),
        (ROW.replace("12.5", '"12,5"'), "not_readable", "km", "12,5"),
        (ROW.replace("12.5", "-3"), "not_a_quantity", "km", -3.0),
        (ROW.replace("T09:", "T07:"), "end_not_after_start", "end", "2026-03-02T07:00:00+00:00"),
        (ROW.replace("+00:00", ""), "naive_instant", "start", "2026-03-02T08:00:00"),
        (ROW.replace("2026-03-02T08", "2026-13-02T08"), "not_readable", "start", "2026-13-02T08:00:00+00:00"),
        (ROW.replace("1,grenaa", ",grenaa"), "missing", "id", ""),
        (ROW.replace(",12.5", ""), "wrong_width", "row", None),
    ],
)
def test_a_bad_row_is_told_with_line_field_and_value_and_the_good_ones_are_kept(
    tmp_path: Path, row: str, code: str, field: str, value: object
) -> None:
    path = tmp_path / "trips.csv"
    path.write_text("\n".join((HEADER, ROW, row, ROW.replace("1,", "2,", 1))) + "\n", encoding="utf-8")
    good, bad, also_good = scan_trips_csv(path)
    assert isinstance(good, Trip) and isinstance(also_good, Trip)
    assert isinstance(bad, InvalidProblem)
    assert (bad.code, bad.field, bad.line, bad.file) == (code, field, 3, str(path))
    if value is not None:
        assert bad.value == value
    with pytest.raises(InvalidProblem):
        read_trips_csv(path)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "missing_column"),
        (HEADER.replace(",", ";").encode(), "missing_column"),
        (f"{HEADER},driver\n".encode(), "unknown_column"),
        (f"{HEADER}\n{ROW}\n".replace("grenaa", "ørsted").encode("latin-1"), "not_utf8"),
        (bytes(range(256)), "not_utf8"),
    ],
)
def test_a_file_that_is_no_trip_csv_is_refused_as_a_whole(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "trips.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidProblem) as caught:
        list(scan_trips_csv(path))
    assert caught.value.code == code
    assert caught.value.file == str(path)


@pytest.mark.parametrize(
    ("path", "value", "code", "field"),
    [
        (("trips", 0, "km"), "12", "wrong_type", "trips[0].km"),
        (("trips", 0, "km"), True, "wrong_type", "trips[0].km"),
        (("trips", 0, "km"), -1, "not_a_quantity", "trips[0].km"),
        (("trips", 0, "start"), "yesterday", "not_readable", "trips[0].start"),
        (("trips", 0, "segments", 1, "km"), None, "wrong_type", "trips[0].segments[1].km"),
        (("trips", 0, "needs"), "lift", "wrong_type", "trips[0].needs"),
        (("trips",), {}, "wrong_type", "trips"),
        (("classes", 0, "kind"), "boat", "not_readable", "classes[0].kind"),
        (("classes", 0, "min_count"), 1.5, "wrong_type", "classes[0].min_count"),
        (("costs", "price_dkk"), {"coal": 1.0}, "not_readable", "costs.price_dkk"),
        (("costs", "price_dkk", "petrol"), "dear", "wrong_type", "costs.price_dkk.petrol"),
        (("rules", "bikes", "slots"), [["07:00"]], "wrong_type", "rules.bikes.slots[0]"),
        (("rules", "speed"), 3, "unknown_field", "rules.speed"),
    ],
)
def test_json_that_is_no_problem_is_refused_with_the_path_of_the_field(
    tmp_path: Path, path: tuple[str | int, ...], value: object, code: str, field: str
) -> None:
    raw = encode(problem(RICH, classes=(petrol_car(),)))
    spot = raw
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(InvalidProblem) as caught:
        read_problem(file)
    assert (caught.value.code, caught.value.field, caught.value.file) == (code, field, str(file))


def test_a_field_left_out_is_named(tmp_path: Path) -> None:
    raw = encode(problem(RICH, classes=(petrol_car(),)))
    del raw["trips"][0]["end"]
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    with pytest.raises(InvalidProblem) as caught:
        read_problem(file)
    assert (caught.value.code, caught.value.field) == ("missing", "trips[0].end")


@pytest.mark.parametrize(
    ("content", "code"), [(b"{", "not_json"), (b"\xff\xfe\x00", "not_utf8"), (b"[]", "wrong_type")]
)
def test_a_file_that_is_no_json_problem_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    file = tmp_path / "problem.json"
    file.write_bytes(content)
    with pytest.raises(InvalidProblem) as caught:
        read_problem(file)
    assert caught.value.code == code
