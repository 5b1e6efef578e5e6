# SPDX-License-Identifier: MPL-2.0
"""Taking a copy of the whole platform while it runs."""

import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import default_storage

from kommune3 import __version__
from kommune3.kernel import disk
from kommune3.kernel.audit.seals import key_names as audit_key_names
from kommune3.kernel.backups import database, sealing
from kommune3.kernel.backups.errors import BackupFailed
from kommune3.kernel.files.storage import bring_to_disk
from kommune3.kernel.people.sealing import ring_names

LIST = "content.json"
"""The last member of an archive: what else is in it. Without it the archive is not whole."""
FILES = "files/"
_WORKING = ".backup-"
_YOUNG_SECONDS = 60.0  # so young, another backup may just be about to hold it


@dataclass(frozen=True)
class Content:
    """The list in an archive. ``members``: SHA-256 (hexadecimal) by name. ``gone``: files removed meanwhile."""

    version: str
    taken_at: str
    vendor: str
    anchor: str
    migrations: list[str]
    keys: list[str]
    members: dict[str, str]
    gone: list[str]


def take(
    path: Path, *, key: bytes | None, now: datetime, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Content:
    """Write database and stored files to ``path``, sealed by ``key`` if any. ``path`` appears once all is on disk.

    ``on_progress`` gets how many files of how many are in. Raises BackupFailed; then nothing is left behind.
    """
    if path.exists():
        raise BackupFailed(f"{path} is there already.")
    _remove_leftovers(path.parent, now)
    try:
        with tempfile.TemporaryDirectory(prefix=_WORKING, dir=path.parent) as name, _held(Path(name)) as folder:
            partial = folder / "copy"
            with partial.open("wb") as target:
                sealed = sealing.SealingWriter(target, key) if key else None
                content = _write(sealed or target, folder / "database", now, on_progress)
                if sealed is not None:
                    sealed.finish()
                target.flush()
                os.fsync(target.fileno())
            partial.rename(path)
        bring_to_disk(path.parent)
    except (OSError, sqlite3.Error) as error:
        full = disk.trouble_of(error) == disk.Trouble.FULL
        raise BackupFailed(
            f"{'There is no room left' if full else error}: {path.parent}. Nothing was written."
        ) from error
    return content


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    """Tell other backups that somebody works in the folder: a lock that ends with the process, however it ends."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)


def _remove_leftovers(folder: Path, now: datetime) -> None:
    """What backups that were killed have left in the folder: nobody holds it any more."""
    for left in folder.glob(f"{_WORKING}*"):
        try:
            if now.timestamp() - left.stat().st_mtime < _YOUNG_SECONDS:
                continue
            descriptor = os.open(left, os.O_RDONLY)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:  # another backup that is still at work
            continue
        finally:
            os.close(descriptor)


def _write(target: Any, dump: Path, now: datetime, on_progress: Callable[[int, int], None]) -> Content:
    found = database.dump(dump)
    members: dict[str, str] = {}
    gone: list[str] = []
    with tarfile.open(fileobj=target, mode="w|gz", format=tarfile.PAX_FORMAT) as archive:
        with dump.open("rb") as stream:
            members[database.file_name()] = _add(archive, database.file_name(), stream, dump.stat().st_size)
        # After the database: a file that is newer than the rows does no harm, a row whose file is missing does.
        for number, (name, sha256) in enumerate(found.files.items(), start=1):
            try:
                with default_storage.open(name) as stored:
                    members[FILES + name] = _add(archive, FILES + name, stored, stored.size)
            except FileNotFoundError:
                gone.append(name)
                continue
            if members[FILES + name] != sha256:
                raise BackupFailed(f"The stored file {name} is damaged: its SHA-256 is not the one in its row.")
            on_progress(number, len(found.files))
        content = Content(
            version=__version__,
            taken_at=now.isoformat(),
            vendor=database.vendor(),
            anchor=found.anchor,
            migrations=found.migrations,
            keys=[*ring_names(), *audit_key_names()],
            members=members,
            gone=gone,
        )
        listed = json.dumps(asdict(content), indent=1).encode()
        _add(archive, LIST, io.BytesIO(listed), len(listed))
    return content


class _Summing(io.RawIOBase):
    """Passes on what is read, and sums it up."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        data: bytes = self._source.read(size)
        self.digest.update(data)
        return data


def _add(archive: tarfile.TarFile, name: str, source: IO[bytes] | Any, size: int) -> str:
    member = tarfile.TarInfo(name)
    member.size = size
    member.mode = 0o600
    summing = _Summing(source)
    archive.addfile(member, summing)
    return summing.digest.hexdigest()
