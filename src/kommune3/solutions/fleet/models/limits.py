# SPDX-License-Identifier: MPL-2.0
"""Limits that the municipality decides, as dated rows with a reason; and the targets its units have set."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit


class LimitKind(models.TextChoices):
    """What a limit is for, with its unit of measure in the name."""

    SMALL_NUMBER = "SMALL_NUMBER", _("Fewest vehicles and trips behind a figure that is shown")
    KEPT_MONTHS = "KEPT_MONTHS", _("Months that trips are kept")
    LEGS_DAYS = "LEGS_DAYS", _("Days that single movements with coordinates are kept")
    UNUSED_DAYS = "UNUSED_DAYS", _("Days without a trip before a vehicle is reported as unused")
    CONTRACT_PER_CENT = "CONTRACT_PER_CENT", _("Per cent of the contract km at which a vehicle is reported")
    FREEZE_MINUTES = "FREEZE_MINUTES", _("Minutes before the start from when a booking's vehicle is fixed")
    CHANGE_DKK = "CHANGE_DKK", _("Kroner a change of a told vehicle must save")
    CHANGEOVER_MINUTES = "CHANGEOVER_MINUTES", _("Minutes between two bookings of a vehicle")
    AHEAD_DAYS = "AHEAD_DAYS", _("Days ahead that can be booked")
    BOOKINGS_DAYS = "BOOKINGS_DAYS", _("Days after its end that a booking's person is kept")


class Limit(models.Model):
    """A limit in force from ``valid_from`` (empty: always) until the next row of its kind; no value: switched off."""

    kind = models.CharField(_("Limit"), max_length=20, choices=LimitKind.choices)
    value = models.PositiveIntegerField(_("Value"), null=True, blank=True)
    valid_from = models.DateField(_("From"), null=True, blank=True)
    reason = models.CharField(_("Reason or decision"), max_length=300)

    class Meta:
        ordering = ["kind", "valid_from"]
        constraints = [
            models.CheckConstraint(name="fleet_limit_kind", condition=Q(kind__in=LimitKind.values)),
            models.CheckConstraint(name="fleet_limit_value", condition=Q(value=None) | Q(value__gte=1)),
            models.UniqueConstraint(name="fleet_limit_start", fields=["kind", "valid_from"]),
            models.UniqueConstraint(name="fleet_limit_always", fields=["kind"], condition=Q(valid_from=None)),
        ]


class Measure(models.TextChoices):
    """What a target is set for. Each is measured over the 365 days up to the newest day with trips."""

    EV_KM = "EV_KM", _("Electric cars' share of the cars' km, per cent")
    EV_VEHICLES = "EV_VEHICLES", _("Electric cars' share of the cars, per cent")
    KM = "KM", _("Km a year at most")
    CO2E_T = "CO2E_T", _("Tonnes of CO2e a year at most")


class Target(models.Model):
    """What a unit wants to reach by ``due_date``. A later ``set_on`` for the same measure takes the earlier's place."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", verbose_name=_("Unit"))
    measure = models.CharField(_("Measure"), max_length=12, choices=Measure.choices)
    value = models.DecimalField(_("Target"), max_digits=12, decimal_places=2)
    set_on = models.DateField(_("Set on"))
    due_date = models.DateField(_("To be reached by"))
    source = models.CharField(_("Decided in"), max_length=200)

    class Meta:
        ordering = ["unit__name", "measure", "-set_on"]
        constraints = [
            models.CheckConstraint(name="fleet_target_value", condition=Q(value__gte=0)),
            models.CheckConstraint(name="fleet_target_due", condition=Q(due_date__gt=models.F("set_on"))),
            models.CheckConstraint(name="fleet_target_measure", condition=Q(measure__in=Measure.values)),
            models.UniqueConstraint(name="fleet_target_once", fields=["unit", "measure", "set_on"]),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.get_measure_display()}"
