# SPDX-License-Identifier: MPL-2.0
"""Sending a message."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, jobs
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.notify.models import Level, Notification
from kommune3.kernel.notify.recipients import Recipient, persons
from kommune3.kernel.notify.tasks import send_mail

Text = str | Promise


class InvalidMessage(ValueError):
    """The message cannot be sent. ``field`` names what is wrong."""

    def __init__(self, field: str, reason: Text) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = reason


def send(
    *,
    to: Recipient | Iterable[Recipient],
    title: Text,
    key: str,
    body: Text = "",
    url: str = "",
    level: Level = Level.INFO,
    by_email: bool = True,
    actor: Actor,
    now: datetime,
) -> list[Notification]:
    """Send a message, in the caller's transaction, and return the new ones: those who have had it get nothing.

    ``key`` names the occasion, such as "fleet.run.finished:<id>". ``title`` (at most 200 characters) is free of
    personal data. Where a mail server is set and ``by_email``, those with an e-mail address also get one with title
    and link. Raises :class:`InvalidMessage`.
    """
    with translation.override(settings.LANGUAGE_CODE):
        shown, text = str(title), str(body)
    if not shown.strip() or len(shown) > 200:
        raise InvalidMessage("title", _("A message has a title of at most 200 characters."))
    if not key.strip():
        raise InvalidMessage("key", _("A message has a key that names its occasion."))
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise InvalidMessage("url", _("A message leads to an address on this platform."))
    sent = []
    with transaction.atomic():
        for person in persons(to, on=clock.municipal_date(now)):
            notification, is_new = Notification.objects.get_or_create(
                person=person,
                key=key,
                defaults={"level": level, "title": shown, "body": text, "url": url, "sent_at": now},
            )
            if not is_new:
                continue
            sent.append(notification)
            if by_email and settings.EMAIL_HOST and person.email:
                _enqueue_mail(notification, actor=actor, now=now)
        if sent:
            log.record(actor=actor, action="notify.sent", now=now, detail={"key": key, "count": len(sent)})
    return sent


def _enqueue_mail(notification: Notification, *, actor: Actor, now: datetime) -> None:
    jobs.enqueue(
        send_mail,
        {"notification_id": str(notification.pk)},
        actor=actor,
        now=now,
        title=str(_("Send an e-mail")),
        idempotency_key=f"notify.mail:{notification.pk}",
    )
