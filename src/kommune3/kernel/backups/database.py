# SPDX-License-Identifier: MPL-2.0
"""The database in one file, and back: SQLite through its online backup, PostgreSQL through its own tools."""

import errno
import os
import shutil
import sqlite3
import subprocess
import uuid
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.backups.errors import BackupFailed, RestoreRefused
from kommune3.kernel.files.models import StoredFile, key_of

_FILES = f'SELECT id, sha256 FROM "{StoredFile._meta.db_table}"'  # noqa: S608 - names of our own tables
_HEAD = f'SELECT number, digest FROM "{Entry._meta.db_table}" ORDER BY number DESC LIMIT 1'  # noqa: S608
_MIGRATIONS = "SELECT app, name FROM django_migrations ORDER BY id"


@dataclass(frozen=True)
class Content:
    """What a copied database speaks of, read in the same instant as the copy.

    ``files``: SHA-256 by storage key. ``anchor``: the newest line of the audit log, number:digest; empty without one.
    """

    files: dict[str, str]
    anchor: str
    migrations: list[str]


def vendor() -> str:
    """Which database the platform runs on: sqlite or postgresql."""
    return connection.vendor


def file_name() -> str:
    """What the database is called inside a copy."""
    return "database.sqlite3" if vendor() == "sqlite" else "database.dump"


def dump(target: Path) -> Content:
    """Write the database to ``target`` as of one instant, while others read and write. Raises BackupFailed."""
    return _dump_sqlite(target) if vendor() == "sqlite" else _dump_postgres(target)


def is_used() -> bool:
    """Whether there is a database with tables where the restored one would go."""
    if vendor() == "sqlite":
        return _sqlite_file().exists() and _sqlite_file().stat().st_size > 0
    return bool(connection.introspection.table_names())


def check_nobody_works() -> None:
    """Raises RestoreRefused while another process has the database open."""
    if vendor() == "sqlite":
        path = _sqlite_file()
        connection.close()
        if path.exists():
            with closing(sqlite3.connect(path, timeout=0)) as database:
                try:
                    # Leaving write-ahead logging takes a lock that nobody else's connection allows.
                    database.execute("PRAGMA journal_mode=DELETE").fetchone()
                except sqlite3.OperationalError as error:
                    raise RestoreRefused(_RUNNING) from error
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
        if others:
            raise RestoreRefused(_RUNNING)


def check_dump(path: Path) -> None:
    """Raises RestoreRefused where the copy of the database is damaged."""
    if vendor() == "sqlite":
        with closing(sqlite3.connect(path)) as database:
            try:
                found = database.execute("PRAGMA integrity_check").fetchone()[0]
            except sqlite3.DatabaseError as error:
                found = str(error)
        if found != "ok":
            raise RestoreRefused(f"The database in the copy is damaged: {found}")
    else:
        _run([*_tool("pg_restore"), "--list", str(path)], RestoreRefused)


def put_in_place(path: Path, *, aside: Callable[[Path], None]) -> None:
    """Make the dump the platform's database: SQLite once ``aside`` moved the old one, PostgreSQL in one transaction."""
    connection.close()
    if vendor() == "sqlite":
        target = _sqlite_file()
        if target.exists():
            aside(target)
        for ending in ("-wal", "-shm", "-journal"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        path.replace(target)
        return
    command = [*_tool("pg_restore"), "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    _run([*command, f"--dbname={connection.settings_dict['NAME']}", str(path)], RestoreRefused)


_RUNNING = "The platform is running on this database. Stop it (server and workers) and try again."


def _sqlite_file() -> Path:
    return Path(connection.settings_dict["NAME"])


def _dump_sqlite(target: Path) -> Content:
    origin = sqlite3.connect(f"file:{_sqlite_file()}?mode=ro", uri=True)
    with closing(origin) as source, closing(sqlite3.connect(target)) as copy:
        # All pages in one go: one read transaction, which writers do not disturb under write-ahead logging.
        source.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")
        return _content(lambda statement: copy.execute(statement).fetchall())


def _dump_postgres(target: Path) -> Content:
    # A connection of its own: the snapshot lives as long as the transaction that exported it.
    own = connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
            command = [*_tool("pg_dump"), "--format=custom", f"--snapshot={snapshot}", f"--file={target}"]
            _run([*command, str(own.settings_dict["NAME"])], BackupFailed)

            def rows(statement: str) -> Iterable[Any]:
                cursor.execute(statement)
                found: list[Any] = cursor.fetchall()
                return found

            return _content(rows)
    finally:
        own.close()


def _content(rows: Callable[[str], Iterable[Any]]) -> Content:
    heads = [f"{number}:{digest}" for number, digest in rows(_HEAD)]
    return Content(
        files={key_of(uuid.UUID(str(file_id))): sha256 for file_id, sha256 in rows(_FILES)},
        anchor=heads[0] if heads else "",
        migrations=[f"{app}.{name}" for app, name in rows(_MIGRATIONS)],
    )


def _tool(name: str) -> list[str]:
    path = shutil.which(name)
    if path is None:
        raise BackupFailed(f"{name} is not installed. It comes with PostgreSQL's client (Debian: postgresql-client).")
    return [path]


def _run(command: list[str], error: type[BackupFailed] | type[RestoreRefused]) -> None:
    settings = connection.settings_dict
    environment = (
        os.environ
        | {"LC_ALL": "C"}
        | {
            name: str(value)
            for name, value in {
                "PGHOST": settings["HOST"],
                "PGPORT": settings["PORT"],
                "PGUSER": settings["USER"],
                "PGPASSWORD": settings["PASSWORD"],
            }.items()
            if value
        }
    )
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode and os.strerror(errno.ENOSPC) in done.stderr:
        raise error("There is no room left. Nothing was written.")
    if done.returncode:
        raise error(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
