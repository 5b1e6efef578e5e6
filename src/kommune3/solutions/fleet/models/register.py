# SPDX-License-Identifier: MPL-2.0
"""What the register knows of vehicles over time: where they stood, how far they had driven, when they are away."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.models.vehicles import Base, Vehicle


class Stay(models.Model):
    """Where a vehicle stood before its present base: at ``base`` in the half-open period [valid_from, valid_to).

    The present base is ``Vehicle.base``, since the end of the newest stay. Stays of a vehicle never overlap: the
    operation that moves it writes them one after another.
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="stays")
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(name="fleet_stay_period", condition=Q(valid_to__gt=F("valid_from"))),
            models.UniqueConstraint(name="fleet_stay_start", fields=["vehicle", "valid_from"]),
        ]


class OdometerReading(models.Model):
    """What the odometer showed on a day, in whole km."""

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="readings")
    read_on = models.DateField(_("Read on"))
    km = models.PositiveIntegerField(_("Odometer, km"))
    source = models.CharField(_("Source"), max_length=100, blank=True)

    class Meta:
        ordering = ["-read_on"]
        constraints = [models.UniqueConstraint(name="fleet_reading_once", fields=["vehicle", "read_on"])]


class ServiceKind(models.TextChoices):
    """Why a vehicle is out of use."""

    SERVICE = "SERVICE", _("Service")
    REPAIR = "REPAIR", _("Workshop")
    INSPECTION = "INSPECTION", _("Inspection")
    TYRES = "TYRES", _("Change of tyres")
    OTHER = "OTHER", _("Other")


class ServiceWindow(models.Model):
    """A vehicle that nobody can drive in [starts_at, ends_at). Windows of a vehicle never overlap.

    The operation refuses an overlap under a lock on the vehicle's row.
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="service_windows")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    kind = models.CharField(_("Reason"), max_length=10, choices=ServiceKind.choices, default=ServiceKind.SERVICE)
    note = models.CharField(_("Note"), max_length=200, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.CheckConstraint(name="fleet_service_period", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="fleet_service_kind", condition=Q(kind__in=ServiceKind.values)),
            models.UniqueConstraint(name="fleet_service_start", fields=["vehicle", "starts_at"]),
        ]
        indexes = [models.Index(name="fleet_service_ends", fields=["vehicle", "ends_at"])]


class Charger(models.Model):
    """A charging point at a base in the half-open period of days [valid_from, valid_to).

    ``outlets`` vehicles charge at once, each with at most ``power_kw``; all chargers of a base together with at most
    ``Base.power_limit_kw``.
    """

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="chargers", verbose_name=_("Base"))
    name = models.CharField(_("Name"), max_length=100)
    outlets = models.PositiveSmallIntegerField(
        _("Outlets"), default=1, help_text=_("How many vehicles can charge at once.")
    )
    power_kw = models.DecimalField(
        _("Power per outlet, kW"), max_digits=5, decimal_places=1, help_text=_("What each outlet can give.")
    )
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)

    class Meta:
        ordering = ["base__name", "name"]
        constraints = [
            models.CheckConstraint(
                name="fleet_charger_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.CheckConstraint(name="fleet_charger_power", condition=Q(outlets__gte=1, power_kw__gt=0)),
            models.UniqueConstraint(name="fleet_charger_name", fields=["base", "name"]),
        ]

    def __str__(self) -> str:
        return self.name
