# SPDX-License-Identifier: MPL-2.0
"""How a fleet system's own file is read: which column is what, and how times and numbers are written."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit


class ColumnMapping(models.Model):
    """A named way of reading files, used again next time. ``reading`` is ``importing.mapping.Mapping`` as JSON."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("Name"), max_length=100, unique=True)
    reading = models.JSONField()
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
