# SPDX-License-Identifier: MPL-2.0
"""When something important last happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kommune3.kernel.metrics.models import Milestone

BACKUP = "backup"
RESTORE = "restore"
AUDIT_VERIFIED = "audit.verified"


def reached(kind: str, *, at: datetime, outcome: str = "OK", detail: Mapping[str, Any] | None = None) -> None:
    """Write that ``kind`` has happened, in place of the last time."""
    Milestone.objects.update_or_create(kind=kind, defaults={"at": at, "outcome": outcome, "detail": dict(detail or {})})


def last(kind: str) -> Milestone | None:
    """The last time, or None where it has never happened."""
    return Milestone.objects.filter(kind=kind).first()
