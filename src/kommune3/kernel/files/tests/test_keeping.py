# SPDX-License-Identifier: MPL-2.0
import errno
import hashlib
import io
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.http import Http404

from kommune3.kernel import files
from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import system
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.files import keeping, purposes, sniffing, sweeping

pytestmark = pytest.mark.django_db
TRIPS = b"bil;start\r\nAB12345;2026-03-02 08:00\r\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    return tmp_path / "files"


@pytest.fixture
def stored(now):
    def store(**changes):
        values = {"content": TRIPS, "name": "ture.csv", "purpose": "tests.trips", "actor": system("tests"), "now": now}
        return files.store(**(values | changes))

    return store


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_stored_file_comes_back_byte_for_byte(stored, folder) -> None:
    file = stored()
    with files.open_file(file) as content:
        assert content.read() == TRIPS
    assert (file.size, file.sha256) == (len(TRIPS), hashlib.sha256(TRIPS).hexdigest())
    assert file.content_type == sniffing.CSV
    assert Entry.objects.filter(action="files.stored", object_id=str(file.pk)).exists()


def test_the_name_is_shown_and_never_a_path(stored, folder) -> None:
    file = stored(name="../../etc/C:\\ture\u202evsc.exe\x00.csv")
    assert file.name == "turevsc.exe.csv"
    assert [path.name for path in on_disk(folder)] == [file.pk.hex]


@pytest.mark.parametrize(
    ("given", "shown"),
    [("", "file"), ("..", "file"), ("a/b/", "file"), ("å.csv", "å.csv"), ("x" * 300 + ".csv", "x" * 130 + "….csv")],
)
def test_any_name_becomes_one_that_can_be_shown(given: str, shown: str) -> None:
    assert keeping.display_name(given) == shown


class Endless(io.RawIOBase):
    """A file that never ends, and knows how much of it was read."""

    def __init__(self) -> None:
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        self.given += size
        return b"x" * size


def test_a_file_beyond_the_limit_is_given_up_while_it_is_read(stored, folder) -> None:
    endless = Endless()
    with pytest.raises(files.FileTooLarge, match="2 MB"):
        stored(content=endless, limit_mb=2)
    assert endless.given <= 4 * 1024 * 1024
    assert on_disk(folder) == [] and not files.StoredFile.objects.exists()


def test_a_file_of_exactly_the_limit_is_kept(stored) -> None:
    assert stored(content=b"x" * 1024 * 1024, limit_mb=1).size == 1024 * 1024


def test_a_file_of_another_type_is_refused_whatever_its_name_says(stored, folder) -> None:
    with pytest.raises(files.WrongType) as refusal:
        stored(content=b"%PDF-1.7 ...", name="ture.csv", accept=[sniffing.CSV])
    assert refusal.value.found == sniffing.PDF
    assert on_disk(folder) == []


@pytest.mark.parametrize("step", ["write", "fsync"])
def test_a_full_disk_leaves_nothing_half(stored, folder, monkeypatch, step) -> None:
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(keeping._Incoming, "chunks", full)
    with pytest.raises(files.StorageFull, match="ture.csv"):
        stored()
    assert on_disk(folder) == [] and not files.StoredFile.objects.exists()


def test_another_fault_of_the_disk_is_not_called_full(stored, folder, monkeypatch) -> None:
    def broken(*arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="Input/output"):
        stored()
    assert on_disk(folder) == []


def test_a_crash_between_disk_and_database_is_swept(stored, folder, now) -> None:
    kept = stored()
    with transaction.atomic():
        stored()
        transaction.set_rollback(True)
    (folder / "aa").mkdir(exist_ok=True)
    (folder / "aa" / ".incoming-x").write_bytes(b"half")
    assert len(on_disk(folder)) == 3
    young = sweeping.sweep(actor=system("tests"), now=_written(folder) + timedelta(hours=1))
    assert young.orphans == 0
    assert sweeping.sweep(actor=system("tests"), now=_written(folder) + timedelta(days=2)).orphans == 2
    assert [path.name for path in on_disk(folder)] == [kept.pk.hex]


def _written(folder: Path):
    return max(default_storage.get_modified_time(str(path.relative_to(folder))) for path in on_disk(folder))


def test_a_file_past_its_retention_date_is_removed(
    stored, now, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    monkeypatch.setattr(purposes, "_purposes", {})
    purposes.purpose("tests.trips", title="Trips", read="files.read", kept_days=30)
    file = stored()
    assert file.retention_date == date(2026, 4, 1)
    assert sweeping.sweep(actor=system("tests"), now=now + timedelta(days=29)).expired == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert sweeping.sweep(actor=system("tests"), now=now + timedelta(days=30)).expired == 1
    assert not default_storage.exists(file.key)


def test_a_removed_file_is_gone_once_the_transaction_is_committed(
    stored, now, django_capture_on_commit_callbacks
) -> None:
    file = stored()
    key = file.key
    with django_capture_on_commit_callbacks(execute=True):
        files.remove(file=file, actor=system("tests"), now=now)
        assert default_storage.exists(key)
    assert not default_storage.exists(key) and not files.StoredFile.objects.exists()


def test_a_file_whose_content_is_gone_is_named(stored, folder) -> None:
    stored()
    lost = stored()
    default_storage.delete(lost.key)
    assert list(sweeping.missing()) == [lost]


def test_who_may_fetch_a_file(stored, persons, actor_for, monkeypatch) -> None:
    monkeypatch.setattr(purposes, "_purposes", {})
    maker = actor_for(persons.employee)
    file = stored(actor=maker, unit=persons.own_team)
    leader, other = actor_for(persons.leader), actor_for(persons.other_leader)
    assert files.get(actor=maker, file_id=file.pk) == file
    assert files.get(actor=actor_for(persons.administrator), file_id=file.pk) == file
    for stranger in (leader, other, actor_for(persons.citizen), actor_for(persons.other_employee)):
        with pytest.raises(Http404):
            files.get(actor=stranger, file_id=file.pk)
    monkeypatch.setitem(declare._role_actions, "department_leader", {"tests.trips.read"})
    purposes.purpose("tests.trips", title="Trips", read="tests.trips.read")
    assert files.get(actor=leader, file_id=file.pk) == file
    with pytest.raises(Http404):
        files.get(actor=other, file_id=file.pk)
