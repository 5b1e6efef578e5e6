# SPDX-License-Identifier: MPL-2.0
"""Storing files and getting at them again."""

import hashlib
import io
import unicodedata
import uuid
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import IO, Any

import structlog
from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, disk
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.files import purposes, sniffing
from kommune3.kernel.files.models import StoredFile, key_of
from kommune3.kernel.organisation.models import Unit

operating_log = structlog.get_logger("files")

_CHUNK_SIZE = 1024 * 1024


class NotStored(Exception):
    """The file was not kept, and nothing of it is left. ``str()`` tells the user why."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)


class FileTooLarge(NotStored):
    """The file is larger than allowed; reading stopped at the limit."""


class WrongType(NotStored):
    """The content is of another type than the ones accepted. ``found`` is the type it has."""

    def __init__(self, message: str | Promise, *, found: str) -> None:
        super().__init__(message)
        self.found = found


class StorageFull(NotStored):
    """There is no room left where files are kept."""


def store(
    *,
    content: bytes | IO[bytes] | File[Any],
    name: str,
    purpose: str,
    actor: Actor,
    now: datetime,
    unit: Unit | None = None,
    accept: Collection[str] = (),
    limit_mb: int | None = None,
    retention_date: date | None = None,
) -> StoredFile:
    """Keep a file. Its content is on disk when this returns; its row belongs to the caller's transaction.

    ``content`` is read in chunks from where it stands. ``name`` is what the user called it. ``accept`` are content
    types (``sniffing``), any where empty; ``limit_mb`` is the size limit in MiB (default: the setting UPLOAD_LIMIT_MB).
    ``retention_date`` defaults to what the purpose declares.

    Raises :class:`FileTooLarge`, :class:`WrongType`, :class:`StorageFull`; then nothing is kept.
    """
    limit_mb = settings.UPLOAD_LIMIT_MB if limit_mb is None else limit_mb
    shown = display_name(name)
    incoming = _Incoming(content, name=shown, limit_mb=limit_mb)
    file_id = uuid.uuid4()
    key = key_of(file_id)
    storage = _storage()
    try:
        saved = storage.save(key, incoming)
    except OSError as error:
        if disk.trouble_of(error) == disk.Trouble.FULL:
            operating_log.error("files.storage_full", purpose=purpose)
            raise StorageFull(
                _("There is no room for “%(name)s” on the server. Tell your system administrator.") % {"name": shown}
            ) from error
        raise
    assert saved == key, "a fresh UUID is a free key"
    try:
        with storage.open(key) as kept:
            found = sniffing.content_type(kept)
        if accept and found not in accept:
            raise WrongType(
                _("“%(name)s” is of the type %(found)s. Use one of: %(accepted)s.")
                % {"name": shown, "found": found, "accepted": ", ".join(sorted(accept))},
                found=found,
            )
        declared = purposes.declared().get(purpose)
        if retention_date is None and declared is not None and declared.kept_days is not None:
            retention_date = clock.municipal_date(now) + timedelta(days=declared.kept_days)
        with transaction.atomic():
            file = StoredFile.objects.create(
                id=file_id,
                sha256=incoming.digest.hexdigest(),
                size=incoming.size_read,
                content_type=found,
                name=shown,
                purpose=purpose,
                unit=unit,
                created_by_id=actor.account_id,
                created_at=now,
                retention_date=retention_date,
            )
            log.record(
                actor=actor,
                action="files.stored",
                now=now,
                object=file,
                unit_id=unit.pk if unit else None,
                purpose=purpose,
                detail={"sha256": file.sha256, "size": file.size},
            )
    except BaseException:
        storage.delete(key)
        raise
    return file


def visible(*, actor: Actor) -> QuerySet[StoredFile]:
    """The files the actor may fetch: the own ones, those ``files.read`` shows, and those their purpose shows.

    Personal files, such as an export of somebody's data, are shown by their purpose only.
    """
    found = reach.visible(actor, StoredFile)
    if actor.is_system:
        return found
    found = found.exclude(purpose__in=[each.code for each in purposes.declared().values() if each.personal])
    for purpose in purposes.declared().values():
        found |= reach.visible(actor, StoredFile, action=purpose.read).filter(purpose=purpose.code)
    if actor.account_id is not None:
        found |= StoredFile.objects.filter(created_by=actor.account_id)
    return found.distinct()


def get(*, actor: Actor, file_id: uuid.UUID) -> StoredFile:
    """One file the actor may fetch; raises :class:`reach.NotVisible`."""
    file = visible(actor=actor).filter(pk=file_id).first()
    if file is None:
        raise reach.NotVisible
    return file


def open_file(file: StoredFile) -> File[Any]:
    """The content, opened for reading; use it as a context manager. Raises FileNotFoundError."""
    return _storage().open(file.key)


def remove(*, file: StoredFile, actor: Actor, now: datetime) -> None:
    """Remove a file: its row in the caller's transaction, its content once that is committed."""
    with transaction.atomic():
        log.record(actor=actor, action="files.removed", now=now, object=file, purpose=file.purpose)
        key = file.key
        file.delete()
        transaction.on_commit(lambda: _storage().delete(key))


def display_name(name: str) -> str:
    """The last part of a path, without control characters, invisible ones and surplus length; never empty."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(each for each in unicodedata.normalize("NFC", last) if unicodedata.category(each)[0] != "C").strip()
    if len(plain) > 150:
        stem, dot, ending = plain.rpartition(".")
        plain = f"{stem[:130]}…{dot}{ending}" if dot and len(ending) <= 10 else plain[:150]
    return plain if plain.strip(".") else "file"


def _storage() -> Storage:
    return default_storage


class _Incoming(File):  # type: ignore[type-arg]
    """Content on its way in: counted, limited and digested while it is read."""

    def __init__(self, content: bytes | IO[bytes] | File[Any], *, name: str, limit_mb: int) -> None:
        self._source = io.BytesIO(content) if isinstance(content, bytes) else content
        super().__init__(self._source, name=name)
        self._limit_mb = limit_mb
        self.digest = hashlib.sha256()
        self.size_read = 0

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self._source.read(chunk_size or _CHUNK_SIZE):
            self.size_read += len(chunk)
            if self.size_read > self._limit_mb * 1024 * 1024:
                raise FileTooLarge(
                    _("“%(name)s” is larger than %(limit)s MB, which is the most that can be uploaded.")
                    % {"name": self.name, "limit": self._limit_mb}
                )
            self.digest.update(chunk)
            yield chunk
