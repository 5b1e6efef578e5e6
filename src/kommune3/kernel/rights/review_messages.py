# SPDX-License-Identifier: MPL-2.0
"""What people are told about reviews of rights: that one has begun, is due soon or late, and what it wants changed."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.notify.recipients import Recipient, persons
from kommune3.kernel.rights.models import Round

REMIND_DAYS = 7


def tell_opened(round: Round, *, actor: Actor, now: datetime) -> None:
    """Tell the leader, or the administrators where there is none."""
    notify.send(
        to=_reviewers(round, now=now),
        title=_("Review who has rights in your unit"),
        body=format_lazy(_("{unit}: sign no later than {due}."), unit=round.unit.name, due=_day(round)),
        key=f"access.review.opened:{round.pk}",
        url=_url(round),
        actor=actor,
        now=now,
    )


def remind(*, actor: Actor, now: datetime) -> int:
    """Remind of rounds that are due within a week, and raise an alarm, each week, over those that are late; how many.

    An alarm goes to the administrators as well.
    """
    today = clock.municipal_date(now)
    rounds = Round.objects.filter(signed_at=None, due_date__lte=today + timedelta(days=REMIND_DAYS))
    for round in rounds.select_related("unit"):
        late = (today - round.due_date).days
        if late < 0:
            to, title, level = _reviewers(round, now=now), _("A review of rights is due soon"), notify.Level.WARNING
            key = f"access.review.due:{round.pk}"
        else:
            to = [*_reviewers(round, now=now), notify.HoldersOf(standard.ADMINISTRATOR, round.unit)]
            title, level = _("A review of rights is overdue"), notify.Level.ERROR
            key = f"access.review.overdue:{round.pk}:{late // 7}"
        notify.send(
            to=to,
            title=title,
            body=format_lazy(_("{unit}: was to be signed no later than {due}."), unit=round.unit.name, due=_day(round))
            if late >= 0
            else format_lazy(_("{unit}: sign no later than {due}."), unit=round.unit.name, due=_day(round)),
            key=key,
            url=_url(round),
            level=level,
            actor=actor,
            now=now,
        )
    return len(rounds)


def tell_changes(round: Round, *, count: int, actor: Actor, now: datetime) -> None:
    """Tell the administrators what they are to change."""
    notify.send(
        to=notify.HoldersOf(standard.ADMINISTRATOR, round.unit),
        title=_("A review of rights wants changes"),
        body=format_lazy(_("{unit}: {count} rights wait for you."), unit=round.unit.name, count=count),
        key=f"access.review.changes:{round.pk}",
        url=reverse("reviews:list"),
        actor=actor,
        now=now,
    )


def _reviewers(round: Round, *, now: datetime) -> list[Recipient]:
    found: list[Recipient] = [notify.LeaderOf(round.unit)]
    if not persons(found, on=clock.municipal_date(now)):
        found.append(notify.HoldersOf(standard.ADMINISTRATOR, round.unit))
    return found


def _day(round: Round) -> str:
    return f"{round.due_date:%d.%m.%Y}"


def _url(round: Round) -> str:
    return reverse("reviews:round", args=[round.pk])
