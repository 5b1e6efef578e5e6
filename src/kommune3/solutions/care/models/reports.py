# SPDX-License-Identifier: MPL-2.0
"""What carers tell on the way: begun, finished, late, not made, and messages to the dispatcher."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models.teams import Carer
from kommune3.solutions.care.models.visits import Visit


class Report(models.Model):
    """What the carer told of a visit. ``said_at`` is the phone's instant, ``received_at`` ours.

    ``request_key`` names the sending, so that what a phone without network sends again counts once. ``seen_at``: when
    a dispatcher had read it.
    """

    class Kind(models.TextChoices):
        BEGUN = "BEGUN", _("Begun")
        FINISHED = "FINISHED", _("Finished")
        LATE = "LATE", _("Late")
        NOT_MADE = "NOT_MADE", _("Not made")
        MESSAGE = "MESSAGE", _("Message")

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="reports")
    carer = models.ForeignKey(Carer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    minutes = models.PositiveSmallIntegerField(null=True)
    text = models.CharField(max_length=300, blank=True)
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    request_key = models.CharField(max_length=64)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["said_at", "id"]
        constraints = [models.UniqueConstraint(name="care_report_sent_once", fields=["carer", "request_key"])]
