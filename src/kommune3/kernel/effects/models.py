# SPDX-License-Identifier: MPL-2.0
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit

LIVE = Q(superseded_by=None)


class Kind(models.TextChoices):
    """How one knows of a gain. The kinds stand side by side and are never added together."""

    MEASURED = "MEASURED", _("Measured")
    PROVEN = "PROVEN", _("Proven")
    ESTIMATED = "ESTIMATED", _("Estimated")


class Effect(models.Model):
    """A gain of a solution in a unit of the organisation (null: the whole municipality) and a half-open period of days.

    Written once: database triggers refuse changes and deletion. ``superseded_by`` is set once, when a correction
    takes the row's place; rows without it are live. ``measure`` is the key of a unit of measure (``units``),
    ``quantity`` is in it (positive: a gain). ``source`` is what found the gain (the id of a run, of an import).
    ``evidence`` is a list of {"label", "url"}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    solution = models.CharField(max_length=60)
    indicator = models.CharField(max_length=100)
    measure = models.CharField(max_length=40)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    period_start = models.DateField()
    period_end = models.DateField()
    # 15 digits, since SQLite keeps decimals as floating-point numbers, which hold no more.
    quantity = models.DecimalField(max_digits=15, decimal_places=4)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    source = models.CharField(max_length=200)
    evidence = models.JSONField(default=list)
    note = models.TextField(blank=True)
    baseline = models.TextField(blank=True)
    superseded_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="supersedes")
    recorded_by = models.UUIDField(null=True, help_text="Account; null for the platform's own work.")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="effect_period", condition=Q(period_end__gt=F("period_start"))),
            models.CheckConstraint(name="effect_kind", condition=Q(kind__in=Kind.values)),
            models.CheckConstraint(name="effect_has_source", condition=~Q(source="")),
            models.CheckConstraint(name="effect_estimate_has_note", condition=~Q(kind=Kind.ESTIMATED) | ~Q(note="")),
            models.CheckConstraint(
                name="effect_not_by_itself", condition=Q(superseded_by=None) | ~Q(superseded_by=F("id"))
            ),
            models.UniqueConstraint(
                name="effect_once_in_unit",
                fields=["solution", "indicator", "kind", "unit", "period_start", "period_end", "source"],
                condition=LIVE,
            ),
            models.UniqueConstraint(
                name="effect_once_in_municipality",
                fields=["solution", "indicator", "kind", "period_start", "period_end", "source"],
                condition=LIVE & Q(unit=None),
            ),
        ]
        indexes = [
            models.Index(fields=["solution", "indicator", "kind", "period_start"], name="effect_series"),
            models.Index(fields=["-recorded_at"], name="effect_recorded"),
        ]

    @property
    def is_live(self) -> bool:
        return self.superseded_by_id is None
