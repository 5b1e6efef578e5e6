# SPDX-License-Identifier: MPL-2.0
"""Who was erased stays erased when an older copy is restored; also when the restore is killed half-way."""

import json
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.parametrize("carrier", ["rows"], indirect=True)

NAMES = ("Karoline Skovgaard-Bertelsen", "Valdemar Tjørnehøj", "Ingeborg Åkjær-Westh")
EMAIL = "karoline@example.dk"


def with_folder(drill: Any, folder: Path) -> Any:
    """The drill with a data folder of its own, as every installation has."""
    folder.mkdir()
    drill.settings |= {
        "DATA_DIR": str(folder),
        "ERASURES_FILE": "",
        "STORAGES": {
            "default": {
                "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
                "OPTIONS": {"location": str(folder / "files")},
            },
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    }
    return drill


@pytest.fixture
def old(drill: Any, tmp_path: Path) -> Any:
    """The platform that is copied, with people in it."""
    town = with_folder(drill, tmp_path / "old")
    town.run("drill_people", "50", *NAMES)
    return town


@pytest.fixture
def new(bare: Any, tmp_path: Path) -> Any:
    """A machine with nothing on it."""
    return with_folder(bare, tmp_path / "new")


def people(drill: Any) -> set[str]:
    return {f"{given} {family}" for given, family in drill.rows("SELECT given_name, family_name FROM people_person")}


def erase(drill: Any, *names: str) -> None:
    drill.run("drill_erase", *names)
    assert not people(drill) & set(names)


def refused(drill: Any, *arguments: str) -> str:
    process = drill.start(*arguments)
    assert process.wait() != 0
    return str(process.complained())


def remains(drill: Any, *words: str) -> list[str]:
    """The words that the database file or a stored file still holds, read as bytes."""
    folder = Path(drill.settings["DATA_DIR"])
    found = [path for path in (folder / "files").rglob("*") if path.is_file()]
    if Path(drill.database).exists():
        found += [path for path in Path(drill.database).parent.glob(Path(drill.database).name + "*") if path.is_file()]
    content = b"".join(path.read_bytes() for path in found)
    return [
        word
        for word in words
        for form in {word.encode(), json.dumps(word)[1:-1].encode()}
        if form in content
    ]  # fmt: skip


def test_somebody_erased_is_in_no_byte_of_the_database_s_file_or_the_stored_files(old: Any) -> None:
    old.run("erasures_scrub")
    if not old.database.startswith("killdrill"):
        assert remains(old, NAMES[0], EMAIL)
    erase(old, NAMES[0])
    old.run("erasures_scrub")
    assert remains(old, NAMES[0], EMAIL) == []
    assert people(old) >= set(NAMES[1:])


def test_an_older_copy_brings_nobody_back_over_the_installation_that_erased_them(old: Any, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy")
    old.run("backup", copy)
    erase(old, NAMES[0])
    told = old.run("restore", copy, "--replace")
    assert "erasing anew, 1 of 1" in told
    assert people(old) >= set(NAMES[1:]) and NAMES[0] not in people(old)
    assert old.value("SELECT count(*) FROM privacy_ledgerentry") == 1
    old.run("erasures_scrub")
    assert remains(old, NAMES[0], EMAIL) == []
    old.run("audit_verify")


def test_nor_on_a_new_machine_that_is_given_the_ledger(old: Any, new: Any, tmp_path: Path) -> None:
    copy, ledger = str(tmp_path / "copy"), str(tmp_path / "erasures.jsonl")
    old.run("backup", copy)
    erase(old, NAMES[0], NAMES[1])
    assert "2 erasures" in old.run("erasures_export", ledger)
    text = Path(ledger).read_text()
    assert not [word for name in NAMES for word in name.split() if word in text]
    new.run("restore", copy, "--erasures", ledger)
    assert not people(new) & set(NAMES[:2]) and NAMES[2] in people(new)
    new.run("restore", copy, "--replace")
    assert not people(new) & set(NAMES[:2]), "the ledger was kept beside the database"


def test_a_restore_killed_while_it_erases_is_refused_to_serve_and_is_taken_up_again(old: Any, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy")
    old.run("backup", copy)
    erase(old, *NAMES)
    killed = 0
    for moment in (
        "putting in place",
        "bringing the database up to date",
        "erasing anew, 1 of 3",
        "erasing anew, 2 of 3",
    ):
        process = old.start("restore", copy, "--replace")
        old.wait_for(lambda process=process, moment=moment: moment in process.said() or process.poll() is not None)
        process.kill()
        if Path(old.settings["DATA_DIR"], "erasures-to-replay").exists():
            killed += 1
            assert "kommune3 erasures replay" in refused(old, "worker")
    assert killed, "at least one kill came before the erasures were done"
    old.run("restore", copy, "--replace")
    assert not people(old) & set(NAMES)
    assert not Path(old.settings["DATA_DIR"], "erasures-to-replay").exists()


def test_a_replay_killed_again_and_again_ends_with_everybody_gone(old: Any, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy")
    old.run("backup", copy)
    erase(old, *NAMES)
    process = old.start("restore", copy, "--replace")
    old.wait_for(lambda: "erasing anew, 1 of 3" in process.said() or process.poll() is not None)
    process.kill()
    for number in (1, 2):
        replay = old.start("erasures_replay")
        old.wait_for(lambda replay=replay, number=number: f"{number} of" in replay.said() or replay.poll() is not None)
        replay.kill()
    assert "erased anew" in old.run("erasures_replay")
    assert not people(old) & set(NAMES)
    assert old.value("SELECT count(*) FROM privacy_ledgerentry") == 3


def test_a_ledger_of_another_key_or_a_damaged_one_changes_nothing(old: Any, tmp_path: Path) -> None:
    copy, ledger = str(tmp_path / "copy"), tmp_path / "erasures.jsonl"
    old.run("backup", copy)
    erase(old, NAMES[0])
    old.run("erasures_export", str(ledger))
    line = json.loads(ledger.read_text())
    ledger.write_text(json.dumps(line | {"digest": "00" * 32, "key_name": "ffffffff"}) + "\n")
    assert "another key" in refused(old, "restore", copy, "--replace", "--erasures", str(ledger))
    ledger.write_text(json.dumps(line) + "\n{")
    assert "line 2" in refused(old, "restore", copy, "--replace", "--erasures", str(ledger))
    assert "not there" in refused(old, "restore", copy, "--replace", "--erasures", str(tmp_path / "none"))
    assert people(old) >= set(NAMES[1:])
    old.start_worker()
