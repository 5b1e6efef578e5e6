# SPDX-License-Identifier: MPL-2.0
"""Writing the audit log and proving that nobody changed it."""

import hashlib
import json
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from django.db import connection, models, transaction

from kommune3.kernel.audit import seals
from kommune3.kernel.audit.models import Entry

BEGINNING = "0" * 64
_CHAIN_LOCK = 0x6B33_6175  # any constant: names the PostgreSQL advisory lock of the chain

current_request: ContextVar[str] = ContextVar("current_request", default="")


class Acts(Protocol):
    """What the log asks of an actor; ``access.Actor`` has it.

    ``basis``: on what the line rests where nothing else is said. ``borrowed``: for whom they stood in, and the like.
    """

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def borrowed(self) -> dict[str, Any]: ...


@dataclass(frozen=True)
class Broken:
    """A line that is not as the platform wrote it.

    ``reason``: "missing"; "changed" (it does not follow from the line before it); "rewritten" (another than the one an
    anchor was taken of); or what is wrong with its seal (:meth:`seals.Judge.fault`).
    """

    number: int
    reason: str


@dataclass(frozen=True)
class Anchor:
    """A line's number and digest, written as ``number:digest`` where it is kept outside the database."""

    number: int
    digest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.digest}"

    @classmethod
    def parse(cls, text: str) -> "Anchor":
        """Read ``number:digest``; raises :class:`InvalidAnchor`."""
        number, _, digest = text.strip().partition(":")
        if not number.isdecimal() or len(digest) != len(BEGINNING):
            raise InvalidAnchor(text)
        return cls(int(number), digest)


class InvalidAnchor(ValueError):
    """The text is not ``number:digest``."""


def _digest(entry: Entry) -> str:
    content = {
        "number": entry.number,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        **{
            name: str(getattr(entry, name) or "")
            for name in ("actor_id", "actor_name", "unit_id", "action", "object_type", "object_id", "citizen_id")
            + ("purpose", "basis", "outcome", "request_id", "previous")
        },
        "detail": entry.detail,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(
    *,
    actor: Acts,
    action: str,
    now: datetime,
    object: models.Model | None = None,
    unit_id: UUID | None = None,
    citizen_id: UUID | None = None,
    purpose: str = "",
    basis: str = "",
    outcome: str = "OK",
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Append a line, in the caller's transaction: what is rolled back was not done and is not in the log.

    ``action`` is a dotted code such as "fleet.simulation.started". Writers take turns: the next number and the digest
    of the line before are read under a lock that lasts until the transaction ends.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
        last = Entry.objects.order_by("-number").values_list("number", "digest").first()
        number, previous = last if last else (0, BEGINNING)
        entry = Entry(
            number=number + 1,
            at=now,
            actor_id=actor.account_id,
            actor_name="" if actor.account_id else actor.name,
            unit_id=unit_id,
            action=action,
            object_type=object._meta.label_lower if object is not None else "",
            object_id=str(object.pk) if object is not None else "",
            citizen_id=citizen_id,
            purpose=purpose,
            basis=basis or actor.basis,
            outcome=outcome,
            request_id=current_request.get(),
            detail={**(detail or {}), **actor.borrowed},
            previous=previous,
        )
        entry.digest = _digest(entry)
        entry.seal = seals.seal(entry.digest)
        entry.save(force_insert=True)
        return entry


def head() -> Anchor | None:
    """The newest line. Kept outside the database, it later proves that the end of the log was not cut off."""
    last = Entry.objects.order_by("-number").values_list("number", "digest").first()
    return Anchor(*last) if last else None


def verify(*, anchors: Iterable[Anchor] = ()) -> Broken | None:
    """Walk the whole chain; return the first line that was changed, removed, moved, put in or added, or None.

    Chain and seals alone cannot show that the newest lines were cut off: with ``anchors`` that were kept elsewhere
    (:func:`head`), that is found as well.
    """
    anchored: dict[int, set[str]] = {}
    for anchor in anchors:
        anchored.setdefault(anchor.number, set()).add(anchor.digest)
    expected, previous = 1, BEGINNING
    judge = seals.Judge()
    for entry in Entry.objects.order_by("number").iterator(chunk_size=5000):
        if entry.number != expected:
            return Broken(expected, "missing")
        if entry.previous != previous or entry.digest != _digest(entry):
            return Broken(entry.number, "changed")
        if anchored.get(entry.number, {entry.digest}) != {entry.digest}:
            return Broken(entry.number, "rewritten")
        fault = judge.fault(entry.digest, entry.seal)
        if fault:
            return Broken(entry.number, fault)
        expected, previous = expected + 1, entry.digest
    if expected <= max(anchored, default=0):
        return Broken(expected, "missing")
    return None
