# SPDX-License-Identifier: MPL-2.0
"""The erasure ledger: that somebody was erased, without saying who; kept in the database and beside it.

The copy beside the database (setting ERASURES_FILE, a JSON object in each line) is what a restore reads: a backup that
is older than an erasure does not know of it.
"""

import hashlib
import hmac
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import connection, transaction

from kommune3.kernel.files.storage import bring_to_disk
from kommune3.kernel.privacy.models import Erasure, LedgerEntry

log = structlog.get_logger("privacy.ledger")


class UnreadableLedger(Exception):
    """The file is not a copy of the ledger. ``str()`` names file and line."""


@dataclass(frozen=True)
class Line:
    """A line of the copy. ``erased_at``: ISO 8601; ``asked_by`` and ``decided_by``: accounts, empty where not known."""

    digest: str
    key_name: str
    erased_at: str
    asked_by: str
    decided_by: str
    ground: str
    counts: dict[str, Any]


def path() -> Path:
    """Where the copy beside the database lies."""
    return Path(settings.ERASURES_FILE or Path(settings.DATA_DIR) / "erasures.jsonl")


def _key() -> bytes:
    return bytes.fromhex(settings.ERASURE_KEY)


def key_name() -> str:
    """What the key is called: tells it from others, and nothing about it."""
    return hashlib.sha256(b"kommune3 erasure key" + _key()).hexdigest()[:8]


def digest_of(person_id: UUID) -> str:
    """64 hexadecimal digits: the same for the same person, and telling nothing without the key (HMAC-SHA-256)."""
    return hmac.digest(_key(), f"erased person:{person_id}".encode(), "sha256").hex()


def enter(erasure: Erasure, *, now: datetime, counts: Mapping[str, Any]) -> LedgerEntry:
    """Write that a person is erased, in the caller's transaction; the same again changes nothing."""
    assert erasure.person_id is not None
    entry, _is_new = LedgerEntry.objects.get_or_create(
        digest=digest_of(erasure.person_id),
        defaults={
            "key_name": key_name(),
            "erased_at": now,
            "asked_by": erasure.asked_by_id,
            "decided_by": erasure.decided_by_id,
            "ground": erasure.ground,
            "counts": dict(counts),
        },
    )
    transaction.on_commit(keep_copy)
    return entry


def lines() -> list[Line]:
    """The ledger of this database, oldest first; empty where the database has none yet."""
    if LedgerEntry._meta.db_table not in connection.introspection.table_names():
        return []
    return [
        Line(
            digest=entry.digest, key_name=entry.key_name, erased_at=entry.erased_at.isoformat(), ground=entry.ground,
            asked_by=str(entry.asked_by or ""), decided_by=str(entry.decided_by or ""), counts=entry.counts,
        )
        for entry in LedgerEntry.objects.order_by("erased_at", "digest")
    ]  # fmt: skip


def merged(*several: Iterable[Line]) -> list[Line]:
    """The lines of several ledgers, each person once, oldest first."""
    found: dict[str, Line] = {}
    for each in several:
        for line in each:
            found.setdefault(line.digest, line)
    return sorted(found.values(), key=lambda line: (line.erased_at, line.digest))


def read_copy(file: Path) -> list[Line]:
    """The lines of a copy; none where there is no file. Raises :class:`UnreadableLedger`."""
    if not file.exists():
        return []
    found = []
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            found.append(Line(**json.loads(text)))
            datetime.fromisoformat(found[-1].erased_at)
        except (ValueError, TypeError) as error:
            raise UnreadableLedger(f"{file}, line {number}: not a line of an erasure ledger.") from error
    return found


def write_copy(target: Path, ledger: Iterable[Line]) -> None:
    """Write a copy: the whole new one or, after a crash, the whole old one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".erasures-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(line), sort_keys=True) + "\n" for line in ledger)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).rename(target)
        bring_to_disk(target.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def keep_copy() -> None:
    """Bring the copy beside the database up to date. What only the copy knows stays in it.

    A disk that is full does not undo an erasure: it is logged, and tried again every night.
    """
    try:
        write_copy(path(), merged(lines(), read_copy(path())))
    except (OSError, UnreadableLedger) as error:
        log.error("privacy.ledger.not_copied", error=type(error).__qualname__)


def take_over(ledger: Iterable[Line]) -> int:
    """Enter lines of another copy that this database does not know; returns how many."""
    known = set(LedgerEntry.objects.values_list("digest", flat=True))
    new = [line for line in ledger if line.digest not in known]
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            digest=line.digest, key_name=line.key_name, erased_at=datetime.fromisoformat(line.erased_at),
            ground=line.ground, counts=line.counts, asked_by=line.asked_by or None, decided_by=line.decided_by or None,
        )
        for line in new
    )  # fmt: skip
    return len(new)
