# SPDX-License-Identifier: MPL-2.0
"""Prices, factors and allowances: dated rows with a source, never constants in code."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RateKind(models.TextChoices):
    """What a rate is, with its unit in the name."""

    PRICE_ELECTRICITY = "PRICE_ELECTRICITY", _("Electricity, kr. per kWh")
    PRICE_PETROL = "PRICE_PETROL", _("Petrol, kr. per litre")
    PRICE_DIESEL = "PRICE_DIESEL", _("Diesel, kr. per litre")
    PRICE_HVO = "PRICE_HVO", _("HVO biodiesel, kr. per litre")
    CO2E_ELECTRICITY = "CO2E_ELECTRICITY", _("CO2e from electricity, kg per kWh")
    CO2E_PETROL = "CO2E_PETROL", _("CO2e from petrol, kg per litre")
    CO2E_DIESEL = "CO2E_DIESEL", _("CO2e from diesel, kg per litre")
    CO2E_HVO = "CO2E_HVO", _("CO2e from HVO, kg per litre")
    SOCIAL_DKK_PER_T = "SOCIAL_DKK_PER_T", _("Social cost of CO2e, kr. per tonne")
    DEFLATOR = "DEFLATOR", _("Divisor to present value")
    ALLOWANCE_HIGH = "ALLOWANCE_HIGH", _("Mileage allowance, high rate, kr. per km")
    ALLOWANCE_LOW = "ALLOWANCE_LOW", _("Mileage allowance, low rate, kr. per km")
    ALLOWANCE_LIMIT_KM = "ALLOWANCE_LIMIT_KM", _("Km a year on the high rate")
    ALLOWANCE_CYCLE = "ALLOWANCE_CYCLE", _("Mileage allowance, own bicycle or moped, kr. per km")
    OWN_CAR_KM_PER_LITRE = "OWN_CAR_KM_PER_LITRE", _("Employee's own petrol car, km per litre")


class RateSet(models.Model):
    """A set of rates to count with: the municipality's own, or a fixed one for comparison (``is_fixed``)."""

    name = models.CharField(_("Name"), max_length=100, unique=True)
    description = models.CharField(_("Description"), max_length=300, blank=True)
    is_fixed = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering = ["-is_default", "name"]
        constraints = [
            models.UniqueConstraint(name="fleet_one_default", fields=["is_default"], condition=Q(is_default=True))
        ]

    def __str__(self) -> str:
        return self.name


class Rate(models.Model):
    """A rate in the half-open period of days [valid_from, valid_to); no ``valid_from`` means without a beginning.

    ``value`` is empty while nobody has told it: it is shown as missing, and a run that needs it says so.
    """

    rate_set = models.ForeignKey(RateSet, on_delete=models.CASCADE, related_name="rates")
    kind = models.CharField(_("Rate"), max_length=24, choices=RateKind.choices)
    value = models.DecimalField(_("Value"), max_digits=12, decimal_places=5, null=True, blank=True)
    valid_from = models.DateField(_("From"), null=True, blank=True)
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)
    source = models.CharField(_("Source"), max_length=200, blank=True)

    class Meta:
        ordering = ["kind", "valid_from"]
        constraints = [
            models.CheckConstraint(name="fleet_rate_kind", condition=Q(kind__in=RateKind.values)),
            models.CheckConstraint(name="fleet_rate_value", condition=Q(value=None) | Q(value__gte=0)),
            models.CheckConstraint(
                name="fleet_rate_period",
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=F("valid_from")),
            ),
            models.UniqueConstraint(name="fleet_rate_start", fields=["rate_set", "kind", "valid_from"]),
            models.UniqueConstraint(
                name="fleet_rate_without_start", fields=["rate_set", "kind"], condition=Q(valid_from=None)
            ),
        ]
