# SPDX-License-Identifier: MPL-2.0
import errno
import os
import sqlite3
from pathlib import Path

import pytest

from kommune3.kernel import disk
from kommune3.kernel.disk import Trouble
from kommune3.kernel.files.keeping import StorageFull


def caught(raise_it) -> BaseException:
    with pytest.raises(Exception) as found:
        raise_it()
    return found.value


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, Trouble.FULL), (errno.EDQUOT, Trouble.FULL), (errno.EFBIG, Trouble.FULL),
        (errno.EROFS, Trouble.NOT_WRITABLE), (errno.ENOENT, None), (errno.EACCES, None),
    ],
)  # fmt: skip
def test_a_system_call_tells(number: int, expected: Trouble | None) -> None:
    assert disk.trouble_of(OSError(number, os.strerror(number))) == expected


def test_a_full_sqlite_database_tells(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "small.sqlite3") as database:
        database.execute("PRAGMA max_page_count=2")
        database.execute("CREATE TABLE kept (content)")
        error = caught(lambda: database.execute("INSERT INTO kept VALUES (zeroblob(100000))"))
    assert disk.trouble_of(error) == Trouble.FULL


def test_a_read_only_sqlite_database_tells(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "kept.sqlite3").execute("CREATE TABLE kept (content)").connection.close()
    with sqlite3.connect(f"file:{tmp_path / 'kept.sqlite3'}?mode=ro", uri=True) as database:
        error = caught(lambda: database.execute("INSERT INTO kept VALUES (1)"))
    assert disk.trouble_of(error) == Trouble.NOT_WRITABLE


def test_a_full_postgresql_server_tells() -> None:
    psycopg = pytest.importorskip("psycopg")
    assert disk.trouble_of(psycopg.errors.DiskFull()) == Trouble.FULL
    assert disk.trouble_of(psycopg.errors.ReadOnlySqlTransaction()) == Trouble.NOT_WRITABLE
    assert disk.trouble_of(psycopg.errors.UniqueViolation()) is None


def test_what_brought_an_error_about_tells_too() -> None:
    def store() -> None:
        try:
            raise OSError(errno.ENOSPC, "no room")
        except OSError as error:
            raise StorageFull("no room for the file") from error

    assert disk.trouble_of(caught(store)) == Trouble.FULL
    assert disk.trouble_of(ValueError("something else")) is None
    assert disk.trouble_of(None) is None
