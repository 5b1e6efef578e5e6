# SPDX-License-Identifier: MPL-2.0
"""Who changed what in the register, and the files that registers are changed by."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models.rates import RateSet
from kommune3.solutions.fleet.models.vehicles import Base, Vehicle, VehicleModel


class Part(models.TextChoices):
    """What a change is about, where it is not about a field of the row itself. Rates have their kind and first day."""

    SERVICE = "SERVICE", _("Out of use")
    READING = "READING", _("Odometer")
    CHARGER = "CHARGER", _("Charger")


class Change(models.Model):
    """One field of one row as it was and as it became. The operations write it with the change itself.

    The audit log says that a row was changed, and keeps no values; this keeps the values. Exactly one of ``vehicle``,
    ``model``, ``base`` and ``rate_set`` says whose history it belongs to. ``what`` names the part where that is a row
    below it (a reading, a service window, a charger, a rate); ``field`` the field, empty where the whole part came or
    went. ``old`` and ``new`` are texts as people read them; empty is empty.
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, null=True, related_name="changes")
    model = models.ForeignKey(VehicleModel, on_delete=models.CASCADE, null=True, related_name="changes")
    base = models.ForeignKey(Base, on_delete=models.CASCADE, null=True, related_name="changes")
    rate_set = models.ForeignKey(RateSet, on_delete=models.CASCADE, null=True, related_name="changes")
    what = models.CharField(_("Part"), max_length=60, blank=True)
    field = models.CharField(_("Field"), max_length=40, blank=True)
    old = models.CharField(_("Before"), max_length=1000, blank=True)
    new = models.CharField(_("After"), max_length=1000, blank=True)
    at = models.DateTimeField(_("When"))
    by_name = models.CharField(_("By"), max_length=200)
    origin = models.CharField(_("From"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="fleet_change_of_one",
                condition=Q(vehicle__isnull=False, model=None, base=None, rate_set=None)
                | Q(vehicle=None, model__isnull=False, base=None, rate_set=None)
                | Q(vehicle=None, model=None, base__isnull=False, rate_set=None)
                | Q(vehicle=None, model=None, base=None, rate_set__isnull=False),
            )
        ]


class Register(models.TextChoices):
    """What a register file holds."""

    VEHICLES = "VEHICLES", _("Vehicles")
    MODELS = "MODELS", _("Models")


class RegisterImportState(models.TextChoices):
    """How far a register file has come. Only COMMITTED ones have changed anything."""

    READY = "READY", _("Ready to look through")
    COMMITTED = "COMMITTED", _("Imported")
    DISCARDED = "DISCARDED", _("Discarded")


class RegisterImport(models.Model):
    """A file with vehicles or models: read, compared with the register, then written as a whole or not at all."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    register = models.CharField(max_length=8, choices=Register.choices)
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=RegisterImportState.choices, default=RegisterImportState.READY)
    notices = models.JSONField(default=list)
    kept_good = models.BooleanField(default=False)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="fleet_register_kind", condition=Q(register__in=Register.values)),
            models.CheckConstraint(name="fleet_register_state", condition=Q(state__in=RegisterImportState.values)),
        ]

    def __str__(self) -> str:
        return self.file_name


class LineStatus(models.TextChoices):
    """What a line of a register file would do."""

    NEW = "NEW", _("New")
    CHANGED = "CHANGED", _("Changed")
    UNCHANGED = "UNCHANGED", _("Unchanged")
    BAD = "BAD", _("Has faults")


class RegisterLine(models.Model):
    """A line of a register file.

    ``values``: field -> text as the file has it. ``changes``: [[field, before, after], …] that it would make.
    ``faults``: [[field, value, code, detail], …].
    """

    register_import = models.ForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="lines", db_index=False)
    sheet = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField()
    name = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=9, choices=LineStatus.choices)
    values = models.JSONField(default=dict)
    changes = models.JSONField(default=list)
    faults = models.JSONField(default=list)

    class Meta:
        ordering = ["line"]
        constraints = [models.UniqueConstraint(name="fleet_register_line", fields=["register_import", "line"])]
