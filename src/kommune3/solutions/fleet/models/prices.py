# SPDX-License-Identifier: MPL-2.0
"""What electricity costs when: spot prices by the hour, and the tariffs on top. Dated rows with a source."""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class ChargingRule(models.TextChoices):
    """How a run sees to it that electric cars can be charged."""

    REST = "REST", _("By rest: so many idle hours in every 24, and a range")
    REAL = "REAL", _("Real charging: the bases' chargers, batteries and a price for every hour")


class PriceArea(models.TextChoices):
    """The two areas of the Danish electricity market, by the market's own names."""

    DK1 = "DK1", _("DK1, west of the Great Belt")
    DK2 = "DK2", _("DK2, east of the Great Belt")


class PriceFile(models.Model):
    """A file of spot prices that was imported. To remove it removes its prices."""

    name = models.CharField(_("File"), max_length=200)
    imported_at = models.DateTimeField(_("Imported"))
    imported_by_name = models.CharField(_("By"), max_length=200)
    prices = models.PositiveIntegerField(_("Prices"), default=0)

    class Meta:
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return self.name


class SpotPrice(models.Model):
    """What a kWh costs in an area from ``starts_at``, for so many minutes, before tariffs. May be below zero."""

    file = models.ForeignKey(PriceFile, on_delete=models.CASCADE, related_name="rows")
    area = models.CharField(_("Price area"), max_length=3, choices=PriceArea.choices)
    starts_at = models.DateTimeField(_("From"))
    minutes = models.PositiveSmallIntegerField(_("Minutes"))
    dkk_per_kwh = models.DecimalField(_("Kr. per kWh"), max_digits=9, decimal_places=6)

    class Meta:
        ordering = ["area", "starts_at"]
        constraints = [
            models.CheckConstraint(name="fleet_spot_area", condition=Q(area__in=PriceArea.values)),
            models.CheckConstraint(name="fleet_spot_minutes", condition=Q(minutes__in=(15, 60))),
            models.UniqueConstraint(name="fleet_spot_once", fields=["area", "starts_at"]),
        ]


class EnergyTariff(models.Model):
    """What is paid per kWh on top of the spot price, from ``opens`` to ``closes`` by the local clock.

    Both at 00:00 is all day; one that closes before it opens runs over midnight. It holds on the days of the half-open
    period [valid_from, valid_to), in ``months`` (1-12; empty = all). Without VAT, which municipalities get back.
    """

    name = models.CharField(_("Name"), max_length=100)
    dkk_per_kwh = models.DecimalField(
        _("Kr. per kWh"), max_digits=9, decimal_places=6, help_text=_("Without VAT, which municipalities get back.")
    )
    opens = models.TimeField(_("From o'clock"), default=time(0))
    closes = models.TimeField(_("Until o'clock"), default=time(0), help_text=_("00:00 to 00:00 is the whole day."))
    months = models.JSONField(_("Months"), default=list, blank=True)
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=200, help_text=_("The price list or law it stands in."))

    class Meta:
        ordering = ["name", "valid_from", "opens"]
        constraints = [
            models.CheckConstraint(
                name="fleet_tariff_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            )
        ]

    def __str__(self) -> str:
        return self.name
