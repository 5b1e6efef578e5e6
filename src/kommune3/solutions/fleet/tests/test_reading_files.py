# SPDX-License-Identifier: MPL-2.0
"""Files as they come out of fleet systems and spreadsheets: what is read, and what is said of what cannot be."""

import gzip
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.utils import translation

from kommune3.solutions.fleet.importing import Finding, Known, Reading, Row, Unreadable, describe, read_file
from kommune3.solutions.fleet.importing.problems import CODES

KNOWN = Known({"grenaa": 1, "ørsted": 2}, {"ab12345": (7, 1), "æø12345": (8, 2)})
HEADER = "trip_id,base,vehicle,start,end,km"
LINE = "1,Grenaa,AB12345,2026-03-02 07:00,2026-03-02 08:00,12.5"


def opened(content: str | bytes, encoding: str = "utf-8") -> Reading:
    raw = content.encode(encoding) if isinstance(content, str) else content
    return read_file(BytesIO(raw), known=KNOWN)


def rows(content: str | bytes, encoding: str = "utf-8") -> list[Row]:
    found = list(opened(content, encoding).lines)
    assert [findings for _, _, findings in found if findings] == []
    return [row for _, row, _ in found if row is not None]


def findings(content: str) -> list[Finding]:
    return [finding for _, _, found in opened(content).lines for finding in found]


def refusal(content: str | bytes, encoding: str = "utf-8") -> Finding:
    with pytest.raises(Unreadable) as raised:
        list(opened(content, encoding).lines)
    return raised.value.finding


def only(**fields: str) -> str:
    """A file with one line in which these fields differ from a good line's."""
    good = dict(zip(HEADER.split(","), LINE.split(","), strict=True)) | fields
    return ",".join(good) + "\n" + ",".join(good.values()) + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_a_file_is_read_whatever_usual_encoding_it_was_saved_in(encoding: str) -> None:
    found = rows(f"{HEADER}\n1,Ørsted,ÆØ12345,2026-03-02 07:00,2026-03-02 08:00,12.5\n", encoding)
    assert [(row.base, row.vehicle) for row in found] == [(2, 8)]


def test_a_file_in_no_known_encoding_is_refused_with_the_byte_and_its_line() -> None:
    torn = f"{HEADER}\n1,Ørsted,ÆØ12345,,,\n".encode() + b"2,\xc3\x28,x,,,\n"
    found = refusal(torn)
    assert found.code == "unknown_encoding"
    assert found.detail == {"byte": "0xC3", "at_line": 3}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_comma_semicolon_and_tab_separate_fields(delimiter: str) -> None:
    assert len(rows(f"{HEADER}\n{LINE}\n".replace(",", delimiter))) == 1


def test_excels_own_separator_line_and_blank_lines_are_passed_over() -> None:
    content = f"sep=;\r\n\r\n{HEADER}\r\n{LINE}\r\n\r\n".replace(",", ";")
    assert [row.line for row in rows(content)] == [4]


@pytest.mark.parametrize(
    ("km", "expected"), [("12,5", 12.5), ("1.234,5", 1234.5), ("7", 7.0), ("0,0", 0.0), ("1 234,5", 1234.5)]
)
def test_a_decimal_comma_is_understood(km: str, expected: float) -> None:
    content = (
        "vehicle;start;end;km\nAB12345;2026-03-02 07:00;2026-03-04 08:00;0,5\n"
        f"AB12345;2026-03-05 07:00;2026-03-09 08:00;{km}\n"
    )
    assert rows(content)[1].km == expected


def test_a_time_without_offset_is_local_and_a_time_with_offset_is_taken_at_its_word() -> None:
    content = (
        "vehicle,start,end,km\n"
        "AB12345,2026-07-01 08:00,2026-07-01T07:30:00Z,5\n"
        "AB12345,02-03-2026 07:00,2.3.2026 kl. 08.15,5\n"
    )
    first, second = rows(content)
    assert (first.start_at, first.end_at) == (
        datetime(2026, 7, 1, 6, tzinfo=UTC),
        datetime(2026, 7, 1, 7, 30, tzinfo=UTC),
    )
    assert second.end_at == datetime(2026, 3, 2, 7, 15, tzinfo=UTC)


def test_fractional_seconds_are_read() -> None:
    content = only(start="2026-03-02T07:00:00.1234567", end="2026-03-02T08:00:00.5+01:00")
    assert rows(content)[0].start_at.microsecond == 123456


def test_danish_column_names_in_any_order_are_known() -> None:
    content = "Kilometer;Slut tid;Start-tid;Køretøj;Hjemsted\n5,5;02-03-2026 08:00;02-03-2026 07:00;AB12345;Grenaa\n"
    assert rows(content)[0].km == 5.5


def test_segments_needs_shift_and_charge_are_read() -> None:
    row = rows(
        "vehicle,start,end,km,segments,needs,shift,soc_start,soc_end\n"
        "AB12345,2026-03-02 07:00,2026-03-02 09:00,12,"
        "2026-03-02 07:00/2026-03-02 07:20/5|2026-03-02 08:30/2026-03-02 09:00/7,lift|anhængertræk,dag 1,80,71 %\n"
    )[0]
    assert [part[2] for part in row.segments] == [5.0, 7.0]
    assert (row.needs, row.shift, row.soc_start, row.soc_end) == (["anhængertræk", "lift"], "dag 1", 80.0, 71.0)


def test_who_drove_is_told_about_and_never_read() -> None:
    reading = opened("driver,vehicle,start,end,km\nBo Hansen,AB12345,2026-03-02 07:00,2026-03-02 08:00,5\n")
    assert [(notice.code, notice.is_notice) for notice in reading.notices] == [("driver_column", True)]
    assert all("Hansen" not in repr(row) for _, row, _ in reading.lines)


def test_an_unknown_column_is_left_out_with_a_notice() -> None:
    assert [notice.value or notice.field for notice in opened(only(farve="rød")).notices] == ["farve"]


# --- Refused as a whole -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b"   \r\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content).code == "empty_file"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"PK\x03\x04" + b"[Content_Types].xml", "xlsx"),
        (gzip.compress(LINE.encode(), mtime=0), "gz"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "picture"),
        (b"%PDF-1.7\n", "pdf"),
        (b"PAR1abc", "parquet"),
        (bytes(range(256)) * 20, "unknown"),
    ],
)
def test_a_binary_file_is_refused_by_its_content_with_advice(content: bytes, kind: str) -> None:
    found = refusal(content)
    assert (found.code, found.detail["kind"]) == ("binary_file", kind)
    with translation.override("da"):
        said = describe(found.code, found.detail)
    assert said.message and said.advice


def test_a_missing_column_is_named() -> None:
    found = refusal("vehicle,start,km\nAB12345,2026-03-02 07:00,5\n")
    assert (found.code, found.field, found.line) == ("missing_column", "end", 1)


def test_a_file_needs_a_column_for_vehicle_or_base() -> None:
    assert refusal("start,end,km\n2026-03-02 07:00,2026-03-02 08:00,5\n").code == "missing_column"


def test_a_column_that_occurs_twice_is_refused() -> None:
    assert refusal("vehicle,bil,start,end,km\n").code == "duplicate_column"


def test_a_file_without_column_names_is_refused() -> None:
    assert refusal(LINE).code == "no_columns"


def test_a_quotation_mark_that_is_never_closed_is_found() -> None:
    content = f'{HEADER}\n{LINE}\n2,"Grenaa,AB12345,\n' + f"{LINE}\n" * 4000
    assert (refusal(content).code, refusal(content).line) == ("unclosed_quote", 3)


def test_json_that_breaks_off_is_refused_with_the_line() -> None:
    assert refusal('{"trips": [\n{"id": 1,').code == "broken_json"
    assert refusal('{"name": "x"}').code == "not_an_instance"


# --- One line -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"end": "2026-03-02 06:00"}, "end", "end_before_start"),
        ({"end": "2026-03-02 07:00"}, "end", "end_before_start"),
        ({"km": "-3"}, "km", "negative_km"),
        ({"km": "mange"}, "km", "not_a_number"),
        ({"km": ""}, "km", "missing_value"),
        ({"km": "nan"}, "km", "not_a_number"),
        ({"km": "900"}, "km", "absurd_speed"),
        ({"end": "2026-04-02 07:00"}, "end", "too_long"),
        ({"start": "i går"}, "start", "not_a_time"),
        ({"start": "2026-03-02"}, "start", "not_a_time"),
        ({"start": "31-02-2026 07:00"}, "start", "not_a_time"),
        ({"start": ""}, "start", "missing_value"),
        ({"vehicle": "ZZ99999"}, "vehicle", "unknown_vehicle"),
        ({"base": "Ebeltoft"}, "base", "unknown_base"),
        ({"base": "", "vehicle": ""}, "vehicle", "no_base"),
        ({"trip_id": "9" * 65}, "trip_id", "too_long_text"),
        ({"soc_start": "180"}, "soc_start", "not_a_percentage"),
        ({"segments": "2026-03-02 06:00/2026-03-02 07:20/5"}, "segments", "bad_segments"),
        ({"segments": "hist og her"}, "segments", "bad_segments"),
        ({"start": "2026-03-29 02:30"}, "start", "time_does_not_exist"),
    ],
)
def test_a_bad_field_is_told_with_line_field_and_value(fields: dict[str, str], field: str, code: str) -> None:
    found = findings(only(**fields))
    assert [(each.line, each.field, each.code) for each in found] == [(2, field, code)]
    if code not in ("missing_value", "no_base"):
        assert found[0].value


def test_a_line_with_a_field_too_many_or_too_few_is_told() -> None:
    found = findings(f"{HEADER}\n{LINE},noget\n1,Grenaa\n{LINE},\n")
    assert [(each.line, each.code) for each in found] == [(2, "wrong_field_count"), (3, "wrong_field_count")]


def test_every_problem_of_a_line_is_told_at_once() -> None:
    found = findings(only(start="x", end="y", km="z", vehicle="q"))
    assert {each.field for each in found} == {"start", "end", "km", "vehicle"}


def test_lines_are_counted_as_the_reader_sees_them_also_after_a_field_with_line_breaks() -> None:
    header = "shift,vehicle,start,end,km"
    found = findings(f'{header}\n"to\nlinjer",AB12345,2026-03-02 07:00,2026-03-02 08:00,5\nx,AB12345,1,2,3\n')
    assert {each.line for each in found} == {4}


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_problem_has_danish_words_and_advice(code: str) -> None:
    detail = {
        name: "gz" if name == "kind" else "x"
        for name in [
            "kind",
            "byte",
            "at_line",
            "megabytes",
            "limit",
            "column",
            "reason",
            "found",
            "expected",
            "read_as",
            "start",
            "days",
            "km",
            "minutes",
            "kmh",
            "other_line",
            "until",
            "since",
            "sheet",
        ]
    }
    with translation.override("en"):
        english = describe(code, detail)
    with translation.override("da"):
        danish = describe(code, detail)
    assert danish.message != english.message
    assert danish.advice != english.advice
