# SPDX-License-Identifier: MPL-2.0
"""The compliance tables name evidence that exists, leave nothing out, and are counted right."""

import ast
import csv
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "compliance" / "asvs.csv"
SHARED_DATA = Path(os.environ.get("KOMMUNE3_SHARED_DATA", ROOT.parent / "shared" / "data"))
STANDARD = SHARED_DATA / "asvs" / "asvs-5.0.0.csv"
STATES = {"met", "partly", "not applicable", "open"}
REQUIREMENTS = 253
"""Level 1 and 2 of ASVS 5.0.0."""


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def functions_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def missing(evidence: str, root: Path = ROOT) -> list[str]:
    """What of the evidence does not exist."""
    found = []
    for each in evidence.split():
        name, _, test = each.partition("::")
        path = root / name
        if not path.is_file() or (test and test not in functions_of(path)):
            found.append(each)
    return found


def test_every_requirement_of_levels_1_and_2_has_its_line() -> None:
    table = rows()
    identifiers = [row["requirement"] for row in table]
    assert len(identifiers) == len(set(identifiers)) == REQUIREMENTS
    assert {row["level"] for row in table} == {"1", "2"}


def test_the_lines_are_those_of_the_standard() -> None:
    if not STANDARD.exists():
        pytest.skip(f"{STANDARD} is not here: the standard's own table cannot be compared")
    with STANDARD.open(encoding="utf-8", newline="") as file:
        wanted = {row["req_id"]: row["L"] for row in csv.DictReader(file) if row["L"] in ("1", "2")}
    assert {row["requirement"]: row["level"] for row in rows()} == wanted


def test_every_named_test_and_file_exists() -> None:
    assert {row["requirement"]: gone for row in rows() if (gone := missing(row["evidence"]))} == {}


def test_what_counts_has_evidence_and_what_does_not_a_reason() -> None:
    for row in rows():
        assert row["status"] in STATES, row
        assert row["evidence"] or row["status"] in ("not applicable", "open"), row
        assert row["reason"], row


def test_evidence_that_does_not_exist_is_found(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_one(): ...\n", encoding="utf-8")
    assert missing("test_a.py::test_one test_a.py", tmp_path) == []
    assert missing("test_a.py::test_two test_b.py", tmp_path) == ["test_a.py::test_two", "test_b.py"]


def test_the_page_counts_what_the_table_holds() -> None:
    counted = Counter((row["level"], row["status"]) for row in rows())
    page = (TABLE.parent / "README.md").read_text(encoding="utf-8")
    for level in "12":
        line = re.search(rf"^\| Level {level} \|(.+)\|$", page, re.M)
        assert line is not None
        shown = [int(cell) for cell in line[1].split("|")]
        assert shown == [counted[level, state] for state in ("met", "partly", "not applicable", "open")]
