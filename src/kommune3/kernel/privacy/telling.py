# SPDX-License-Identifier: MPL-2.0
"""Reminding of legal holds that have lasted longer than was meant."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access import standard
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.notify import HoldersOf
from kommune3.kernel.privacy.holds import in_force

AGAIN = timedelta(days=30)


def tell_of_holds(*, actor: Actor, now: datetime) -> int:
    """Tell the data protection officers of holds past their day, each once a month; returns how many holds."""
    today = clock.municipal_date(now)
    late = in_force().filter(review_date__lte=today).filter(Q(told_date=None) | Q(told_date__lte=today - AGAIN))
    count = 0
    for hold in late:
        notify.send(
            to=HoldersOf(standard.DATA_PROTECTION), key=f"privacy.hold.late:{hold.pk}:{today}",
            title=_("A legal hold has lasted longer than was meant"),
            body=_("Look at it again: release it, or let it stay with a later day."),
            url=reverse("privacy:holds"), actor=actor, now=now,
        )  # fmt: skip
        hold.told_date = today
        hold.save(update_fields=["told_date"])
        count += 1
    return count
