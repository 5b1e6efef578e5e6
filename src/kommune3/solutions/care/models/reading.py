# SPDX-License-Identifier: MPL-2.0
"""How plans are read outside of the planning: a carer's calendar program, and which figures may be shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models.teams import Carer


class CalendarFeed(models.Model):
    """A secret address that shows a calendar program one carer's shifts: kept as a digest, deleted to revoke it."""

    carer = models.OneToOneField(Carer, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_date = models.DateField(null=True)


class FigureLimit(models.Model):
    """From ``valid_from`` on, a leader's figure on fewer than ``fewest`` carers or citizens is not shown.

    The row without ``valid_from`` is the one that came with the platform. ``reason``: decided where and why.
    """

    valid_from = models.DateField(_("From"), null=True, unique=True)
    fewest = models.PositiveSmallIntegerField(_("Fewest carers or citizens behind a figure"))
    reason = models.CharField(_("Decided where and why"), max_length=300)
    set_by_name = models.CharField(_("Set by"), max_length=200, blank=True)
    set_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [models.CheckConstraint(name="care_figure_limit_fewest", condition=models.Q(fewest__gte=1))]
