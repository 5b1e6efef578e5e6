# SPDX-License-Identifier: MPL-2.0
"""A person's own messages. Nobody reads those of others, whatever their grants."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.notify.models import Notification


def inbox(actor: Actor) -> QuerySet[Notification]:
    """The actor's messages, newest first."""
    if actor.person_id is None:
        return Notification.objects.none()
    return Notification.objects.filter(person=actor.person_id).order_by("-sent_at", "id")


def unread_count(actor: Actor) -> int:
    """How many messages the actor has not read: one query."""
    return inbox(actor).filter(read_at=None).count() if actor.person_id else 0


def mark_read(*, actor: Actor, notification_id: UUID, now: datetime) -> Notification:
    """Note that the actor has read a message; raises :class:`reach.NotVisible`."""
    notification = inbox(actor).filter(pk=notification_id).first()
    if notification is None:
        raise reach.NotVisible
    if notification.read_at is None:
        notification.read_at = now
        notification.save(update_fields=["read_at"])
    return notification


def mark_all_read(*, actor: Actor, now: datetime) -> int:
    """Note that the actor has read every message; returns how many were unread."""
    return inbox(actor).filter(read_at=None).update(read_at=now)
