# SPDX-License-Identifier: MPL-2.0
"""Keeping rows and contents in step."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.core.files.storage import Storage, default_storage

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.files import keeping
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.inventory import unheld

log = structlog.get_logger("files")

# Longer than any upload or transaction lasts: what is younger may be on its way in.
ORPHAN_AGE = timedelta(days=1)


@dataclass(frozen=True)
class Swept:
    """How many contents had no row, and how many files were past their retention date."""

    orphans: int
    expired: int


def sweep(*, actor: Actor, now: datetime) -> Swept:
    """Remove contents without a row that are older than a day, and files past their retention date."""
    expired = unheld(StoredFile.objects.filter(retention_date__lte=clock.municipal_date(now)))
    count = 0
    for file in expired.iterator():
        keeping.remove(file=file, actor=actor, now=now)
        count += 1
    orphans = 0
    for key in _keys(default_storage, ""):
        if _has_row(key) or default_storage.get_modified_time(key) > now - ORPHAN_AGE:
            continue
        default_storage.delete(key)
        orphans += 1
    log.info("files.swept", orphans=orphans, expired=count)
    return Swept(orphans=orphans, expired=count)


def missing() -> Iterator[StoredFile]:
    """The files whose content is gone: what a backup must bring back."""
    return (
        file for file in StoredFile.objects.order_by("created_at").iterator() if not default_storage.exists(file.key)
    )


def _keys(storage: Storage, folder: str) -> Iterator[str]:
    if folder and not storage.exists(folder):
        return
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in names)
    for each in folders:
        yield from _keys(storage, f"{folder}{each}/")


def _has_row(key: str) -> bool:
    try:
        file_id = uuid.UUID(key.rsplit("/", 1)[-1])
    except ValueError:
        return False
    return StoredFile.objects.filter(pk=file_id).exists()
