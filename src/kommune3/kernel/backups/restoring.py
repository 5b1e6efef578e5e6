# SPDX-License-Identifier: MPL-2.0
"""The way back: everything is unpacked and checked before anything is put in place."""

import hashlib
import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from kommune3.kernel.audit import anchors, log
from kommune3.kernel.audit.seals import key_names as audit_key_names
from kommune3.kernel.backups import database, sealing
from kommune3.kernel.backups.errors import RestoreRefused
from kommune3.kernel.backups.taking import FILES, LIST, Content
from kommune3.kernel.people.sealing import ring_names
from kommune3.kernel.privacy import ledger, replaying

_PIECE = 1024 * 1024


def restore(
    path: Path,
    *,
    key: bytes | None,
    replace: bool,
    now: datetime,
    erasures: Path | None = None,
    tell: Callable[[str], None] = lambda step: None,
) -> Content:
    """Put back what :func:`taking.take` wrote to ``path``. ``replace``: also where there is something already.

    What was there is moved aside under the same name with ``.before-`` and the time. ``tell`` hears of each step.
    Who was erased since the copy was taken is erased anew: by the ledger of the database that is replaced, its copy
    beside the database, and the one in ``erasures``. Broken off there, ``kommune3 erasures replay`` goes on.
    Raises RestoreRefused; until the step "putting in place" nothing has been changed then.
    """
    if database.is_used() and not replace:
        raise RestoreRefused(
            "There is a database already. With --replace it is moved aside and the copy takes its place."
        )
    database.check_nobody_works()
    data_folder = Path(settings.DATA_DIR)
    for old in data_folder.glob(".restore-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=data_folder) as staging:
        folder = Path(staging)
        tell("unpacking and checking")
        content = _unpack(path, key, folder)
        _check(content, folder)
        _carry_erasures(erasures)
        tell("putting in place")
        stamp = f".before-{now:%Y%m%dT%H%M%S.%fZ}"

        def aside(old: Path) -> None:
            old.replace(old.with_name(old.name + stamp))

        stored, unpacked = Path(default_storage.path("")), folder / FILES
        unpacked.mkdir(exist_ok=True)
        if stored.exists():
            aside(stored)
        unpacked.replace(stored)
        database.put_in_place(folder / database.file_name(), aside=aside)
    tell("bringing the database up to date")
    call_command("migrate", verbosity=0, interactive=False)
    tell("proving the audit log")
    broken = log.verify(anchors=[log.Anchor.parse(content.anchor)] if content.anchor else [])
    if broken is not None:
        raise RestoreRefused(f"Restored, but the audit log is broken at line {broken.number}: {broken.reason}.")
    anchors.set_aside(now=now)
    tell("erasing anew who was erased since")
    replaying.replay(now=now, tell=tell)
    return content


def _carry_erasures(file: Path | None) -> None:
    """Everybody who is known to be erased is written down beside the database. Raises RestoreRefused."""
    if file is not None and not file.exists():
        raise RestoreRefused(f"{file} is not there.")
    try:
        known = ledger.merged(
            ledger.lines() if database.is_used() else [],
            ledger.read_copy(ledger.path()),
            ledger.read_copy(file) if file is not None else [],
        )
        replaying.check_keys(known)
    except (ledger.UnreadableLedger, replaying.KeyMissing) as error:
        raise RestoreRefused(str(error)) from error
    replaying.begin(known)


@contextmanager
def _opened(path: Path, key: bytes | None) -> Iterator[Any]:
    with ExitStack() as stack:
        stream = stack.enter_context(path.open("rb"))
        if not sealing.is_sealed(path):
            yield stream
        elif key is None:
            raise RestoreRefused(f"{path} is sealed: give its key with --key-file.")
        else:
            yield sealing.OpeningReader(stream, key)


def _unpack(path: Path, key: bytes | None, folder: Path) -> Content:
    """Every member under ``folder``, compared with the list. Raises RestoreRefused."""
    found: dict[str, str] = {}
    listed: dict[str, Any] | None = None
    try:
        with _opened(path, key) as stream, tarfile.open(fileobj=stream, mode="r|gz") as archive:
            for member in archive:
                source = archive.extractfile(member)
                if source is None or not _is_expected(member.name):
                    raise RestoreRefused(f"{path} holds {member.name!r}, which does not belong in a copy.")
                if member.name == LIST:
                    listed = json.load(source)
                    continue
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("wb") as copy:
                    while piece := source.read(_PIECE):
                        digest.update(piece)
                        copy.write(piece)
                found[member.name] = digest.hexdigest()
    except sealing.CannotOpen as error:
        raise RestoreRefused(f"{path} cannot be opened: {error}.") from error
    except (tarfile.TarError, EOFError, OSError) as error:
        raise RestoreRefused(f"{path} cannot be read to its end: {error}.") from error
    if listed is None:
        raise RestoreRefused(f"{path} is not whole: its list of content is missing.")
    content = Content(**listed)
    wrong = sorted(
        name for name in found.keys() | content.members.keys() if found.get(name) != content.members.get(name)
    )
    if wrong:
        raise RestoreRefused(f"{path} is damaged: {', '.join(wrong[:5])} is not as it was when the copy was taken.")
    return content


def _is_expected(name: str) -> bool:
    """Names that stay inside the folder: the list, the database, and files under the names the storage gives."""
    if name in (LIST, database.file_name()):
        return True
    parts = name.removeprefix(FILES).split("/")
    return name.startswith(FILES) and len(parts) == 2 and all(part.isalnum() for part in parts)


def _check(content: Content, folder: Path) -> None:
    """Whether this installation can use the copy. Raises RestoreRefused."""
    if content.vendor != database.vendor():
        raise RestoreRefused(f"The copy is of {content.vendor}, and the platform is set up for {database.vendor()}.")
    database.check_dump(folder / database.file_name())
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations or {}}
    newer = [name for name in content.migrations if name not in known]
    if newer:
        raise RestoreRefused(
            f"The copy is of version {content.version}, newer than this one (it has {newer[-1]}). Update first."
        )
    missing = set(content.keys) - {*ring_names(), *audit_key_names()}
    if missing:
        raise RestoreRefused(
            f"Keys are not here ({', '.join(sorted(missing))}). Put the folder 'secrets', or KOMMUNE3_FIELD_KEYS and "
            "KOMMUNE3_AUDIT_KEYS, in place first: without them no CPR number in the copy can be read, and its audit "
            "log cannot be proven."
        )
