# SPDX-License-Identifier: MPL-2.0
"""``/api/v1/notifications/``: one's own messages."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from kommune3.kernel import notify
from kommune3.kernel.access.actor import Actor

router = Router(tags=["notifications"])


class NotificationOut(Schema):
    id: UUID
    level: notify.Level
    title: str
    body: str
    url: str
    sent_at: datetime
    read_at: datetime | None


class NotificationsOut(Schema):
    unread: int
    items: list[NotificationOut]


@router.get("/", response=NotificationsOut, url_name="notifications")
def list_notifications(
    request: HttpRequest,
    unread: bool = False,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
    offset: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0,
) -> NotificationsOut:
    """One's own messages, newest first; with ``unread`` only those not yet read."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = notify.inbox(actor)
    if unread:
        rows = rows.filter(read_at=None)
    return NotificationsOut(
        unread=notify.unread_count(actor),
        items=[NotificationOut.from_orm(row) for row in rows[offset : offset + limit]],
    )
