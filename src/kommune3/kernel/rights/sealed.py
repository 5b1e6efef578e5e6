# SPDX-License-Identifier: MPL-2.0
"""The digest by which a signed review shows that nobody has changed it."""

import hashlib
import json
from datetime import UTC, date, datetime
from typing import Any

from kommune3.kernel.audit.models import Entry
from kommune3.kernel.rights.models import Line, Round

_ROUND = ("id", "unit_id", "opened_at", "due_date", "signed_at", "signer")
_LINE = (
    "id", "holder", "role", "unit_name", "kle", "purpose", "source", "valid_from", "valid_to",
    "last_used_date", "decision", "note", "decider", "decided_at",
)  # fmt: skip


def digest(round: Round) -> str:
    """SHA-256, in hexadecimal, over the round and its lines; not over whether changes were carried out later."""
    rows = [_said(row, _LINE) for row in Line.objects.filter(round=round).order_by("id")]
    content = json.dumps([_said(round, _ROUND), rows], ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()


def is_intact(round: Round) -> bool:
    """Whether a signed round is as it was signed, by its own digest and by the one in the audit log."""
    line = Entry.objects.filter(action="access.review.signed", object_id=str(round.pk)).order_by("number").first()
    return line is not None and digest(round) == round.digest == line.detail.get("digest")


def _said(row: Any, names: tuple[str, ...]) -> list[str]:
    return [_text(getattr(row, name)) for name in names]


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)
