# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people.models import Account


class Verdict(models.TextChoices):
    """What control found about a look-up."""

    EXPLAINED = "EXPLAINED", _("Explained")
    FOLLOWED_UP = "FOLLOWED_UP", _("To be followed up")


class Sample(models.Model):
    """A random sample of the look-ups by a unit, and those below it, in a half-open period of days.

    ``seed`` and ``population`` (how many look-ups there were) make it possible to draw the same again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    start_date = models.DateField()
    end_date = models.DateField()
    seed = models.CharField(max_length=32)
    population = models.PositiveIntegerField()
    drawn_at = models.DateTimeField()
    due_date = models.DateField()
    signed_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="sample_once", fields=["unit", "start_date"]),
            models.CheckConstraint(name="sample_period", condition=Q(end_date__gt=F("start_date"))),
        ]
        indexes = [models.Index(fields=["due_date"])]


class SampledLookup(models.Model):
    """A line of the audit log in a sample, and what was found about it."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="lines")
    number = models.BigIntegerField(help_text="The line's number in the audit log.")
    verdict = models.CharField(max_length=12, choices=Verdict.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="sampled_once", fields=["sample", "number"])]
