# SPDX-License-Identifier: MPL-2.0
"""``kommune3 backup`` while the platform writes, and ``kommune3 restore`` on an empty one."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("carrier", ["rows"], indirect=True)


def refused(drill: Any, *arguments: str) -> str:
    process = drill.start(*arguments)
    assert process.wait() != 0
    return process.complained()


def stored(drill: Any) -> set[str]:
    """SHA-256 of what lies in the data folder."""
    folder = Path(drill.settings["DATA_DIR"]) / "files"
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def test_a_copy_taken_while_everybody_writes_comes_back_whole(old: Any, new: Any, tmp_path: Path, key: str) -> None:
    worker = old.start_worker()
    storing = old.start("drill_store", "100000")  # more than there is time for: it stores until it is killed
    old.wait_for(lambda: len(storing.lines()) >= 20)
    before = set(storing.lines())
    old.run("backup", str(tmp_path / "copy"), "--key-file", key)
    assert storing.poll() is None, "the copy was taken while files were being stored"
    worker.kill()
    storing.kill()

    told = new.run("restore", str(tmp_path / "copy"), "--key-file", key)
    assert "The audit log is whole" in told
    rows = {digest for (digest,) in new.rows("SELECT sha256 FROM files_storedfile")}
    assert before <= rows == stored(new)
    new.run("audit_verify")
    new.run("drill_store", "1")


def test_a_copy_that_was_touched_or_cut_off_or_is_another_key_s_changes_nothing(
    old: Any, new: Any, tmp_path: Path, key: str
) -> None:
    old.run("drill_store", "3")
    copy = tmp_path / "copy"
    old.run("backup", str(copy), "--key-file", key)
    whole = copy.read_bytes()
    other = tmp_path / "other.key"
    other.write_text("00" * 32)
    assert "another key" in refused(new, "restore", str(copy), "--key-file", str(other))
    assert "is sealed" in refused(new, "restore", str(copy))
    copy.write_bytes(whole[:-1000])
    assert "cut off" in refused(new, "restore", str(copy), "--key-file", key)
    copy.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    assert "changed" in refused(new, "restore", str(copy), "--key-file", key)
    assert list(Path(new.settings["DATA_DIR"]).iterdir()) == []
    copy.write_bytes(whole)
    new.run("restore", str(copy), "--key-file", key)


def test_an_open_copy_that_is_cut_off_is_not_whole(old: Any, new: Any, tmp_path: Path) -> None:
    old.run("drill_store", "3")
    copy = tmp_path / "copy"
    assert "not sealed" in old.run("backup", str(copy))
    assert old.rows("SELECT kind, outcome FROM metrics_milestone") == [("backup", "OK")], "the page says when it was"
    copy.write_bytes(copy.read_bytes()[:-2000])
    said = refused(new, "restore", str(copy))  # which of them depends on what the cut has hit
    assert "cannot be read to its end" in said or "its list of content is missing" in said
    assert list(Path(new.settings["DATA_DIR"]).iterdir()) == []


def test_restoring_is_refused_while_the_platform_runs_and_over_another_database(old: Any, tmp_path: Path) -> None:
    old.run("drill_store", "2")
    copy = str(tmp_path / "copy")
    old.run("backup", copy)
    old.run("drill_store", "3")
    assert "There is a database already" in refused(old, "restore", copy)
    worker = old.start_worker()
    old.run("drill_wish", "a")
    old.wait_for(lambda: old.states() == {"SUCCEEDED": 1})
    assert "Stop it" in refused(old, "restore", copy, "--replace")
    assert old.value("SELECT count(*) FROM files_storedfile") == 5
    worker.kill()
    old.wait_until_alone()
    old.run("restore", copy, "--replace")
    assert old.value("SELECT count(*) FROM files_storedfile") == 2
    assert len(stored(old)) == 2
    aside = [path for path in Path(old.settings["DATA_DIR"]).iterdir() if ".before-" in path.name]
    assert [len(list(path.rglob("*/*"))) for path in aside] == [5]


def test_a_copy_without_its_file_stops_the_backup_and_leaves_nothing(old: Any, tmp_path: Path) -> None:
    old.run("drill_store", "2")
    damaged: Any = next(path for path in (tmp_path / "old" / "files").rglob("*") if path.is_file())
    damaged.write_bytes(b"something else")
    assert "is damaged" in refused(old, "backup", str(tmp_path / "copy"))
    assert not [path for path in tmp_path.iterdir() if "copy" in path.name or "backup-" in path.name]


def test_what_a_killed_backup_left_is_removed_by_the_next_one(old: Any, tmp_path: Path) -> None:
    old.run("drill_store", "3")
    target = tmp_path / "copies"
    target.mkdir()
    copying = old.start("backup", str(target / "first"), "--skip-checks")
    old.wait_for(lambda: list(target.iterdir()) or copying.poll() is not None)
    copying.kill()
    for left in target.glob(".backup-*"):
        os.utime(left, (0, 0))  # nothing that is being begun just now
    old.run("backup", str(target / "second"))
    assert {path.name for path in target.iterdir()} - {"first"} == {"second"}
