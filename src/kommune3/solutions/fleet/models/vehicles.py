# SPDX-License-Identifier: MPL-2.0
"""Where vehicles stand, which models there are, and the vehicles themselves."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.places.models import Address


class Kind(models.TextChoices):
    """What a vehicle is, as far as the rules differ. The values are those of the engine ``fleetplan``."""

    BIKE = "BIKE", _("Bike")
    E_BIKE = "E_BIKE", _("E-bike")
    EV = "EV", _("Electric car")
    FOSSIL = "FOSSIL", _("Fuel car")


class Energy(models.TextChoices):
    """What a vehicle is fed with. Electricity is counted in kWh, the others in litres."""

    NONE = "NONE", _("None")
    ELECTRICITY = "ELECTRICITY", _("Electricity")
    PETROL = "PETROL", _("Petrol")
    DIESEL = "DIESEL", _("Diesel")
    HVO = "HVO", _("HVO biodiesel")


class Base(models.Model):
    """A place where vehicles stand and where their round trips start and end. It belongs to a unit."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Unit"))
    name = models.CharField(_("Name"), max_length=100, unique=True)
    address = models.ForeignKey(Address, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    power_limit_kw = models.DecimalField(
        _("Most power for charging, kW"),
        max_digits=6,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("What all chargers of the base may draw together. Empty: no limit but the chargers' own."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(name="fleet_base_power", condition=Q(power_limit_kw=None) | Q(power_limit_kw__gt=0))
        ]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    """What a lease says of the km driven: so many a year are paid for, further ones cost, unused ones may be refunded.

    Each is empty where there is no such agreement, or nobody has told.
    """

    contract_km_year = models.PositiveIntegerField(
        _("Contract km a year"), null=True, blank=True, help_text=_("Km a year that the lease includes.")
    )
    excess_dkk_per_km = models.DecimalField(
        _("Excess price, kr. per km"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("What each km above the contract costs."),
    )
    refund_dkk_per_km = models.DecimalField(
        _("Refund, kr. per km"),
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("What is paid back for each km below the contract. Empty: nothing."),
    )

    class Meta:
        abstract = True


_CONTRACT_SIGNS = (Q(excess_dkk_per_km=None) | Q(excess_dkk_per_km__gte=0)) & (
    Q(refund_dkk_per_km=None) | Q(refund_dkk_per_km__gte=0)
)


class VehicleModel(Contract):
    """An entry of the municipality's catalogue: a model that can be kept or bought.

    ``energy_per_km`` is kWh or litres per km, ``fixed_dkk_year`` everything that does not depend on the km driven.
    Either is empty while nobody has told; a run that needs it says so. ``rest_hours``: idle hours a day needs for
    charging. ``battery_kwh`` is what can be used of the battery. The contract is what a new lease of the model has.

    ``source`` says where the figures come from, ``sources`` (field -> text) where single figures come from elsewhere;
    they hold in the half-open period of days [figures_from, figures_to), without a beginning or end where empty.
    """

    name = models.CharField(_("Name"), max_length=100, unique=True)
    kind = models.CharField(_("Type of vehicle"), max_length=10, choices=Kind.choices)
    energy = models.CharField(_("Energy"), max_length=12, choices=Energy.choices)
    energy_per_km = models.DecimalField(
        _("Consumption per km"),
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        help_text=_("kWh per km for electricity, litres per km for fuel. Leave empty if you do not know it."),
    )
    fixed_dkk_year = models.DecimalField(
        _("Fixed cost, kr. a year"),
        max_digits=10,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Lease or write-off, insurance, service and tax. Leave empty if you do not know it."),
    )
    range_km = models.PositiveIntegerField(
        _("Range, km"), null=True, blank=True, help_text=_("Km on one charge; for a bike the most km in a day.")
    )
    winter_range_km = models.PositiveIntegerField(
        _("Range in winter, km"), null=True, blank=True, help_text=_("Km on one charge in frost, where it is known.")
    )
    battery_kwh = models.DecimalField(_("Usable battery, kWh"), max_digits=5, decimal_places=1, null=True, blank=True)
    charge_kw = models.DecimalField(
        _("Charging power, kW"),
        max_digits=5,
        decimal_places=1,
        null=True,
        blank=True,
        help_text=_("The most the vehicle itself can take from an ordinary (AC) charger."),
    )
    seats = models.PositiveSmallIntegerField(_("Seats"), null=True, blank=True)
    rest_hours = models.DecimalField(
        _("Idle hours a day"),
        max_digits=3,
        decimal_places=1,
        default=0,
        help_text=_("Hours in each 24 in which an electric car must stand still to be charged."),
    )
    capabilities = models.JSONField(_("Fittings"), default=list, blank=True)
    source = models.CharField(_("Source of the figures"), max_length=200, blank=True)
    sources = models.JSONField(default=dict, blank=True)
    figures_from = models.DateField(_("Figures hold from"), null=True, blank=True)
    figures_to = models.DateField(_("Figures hold until (not included)"), null=True, blank=True)
    is_offered = models.BooleanField(_("May be proposed"), default=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="fleet_model_quantities",
                condition=(Q(energy_per_km=None) | Q(energy_per_km__gte=0))
                & (Q(fixed_dkk_year=None) | Q(fixed_dkk_year__gte=0))
                & Q(rest_hours__gte=0, rest_hours__lt=24),
            ),
            models.CheckConstraint(
                name="fleet_model_kind", condition=Q(kind__in=Kind.values, energy__in=Energy.values)
            ),
            models.CheckConstraint(
                name="fleet_model_charging",
                condition=(Q(charge_kw=None) | Q(charge_kw__gt=0)) & (Q(battery_kwh=None) | Q(battery_kwh__gt=0)),
            ),
            models.CheckConstraint(name="fleet_model_contract", condition=_CONTRACT_SIGNS),
            models.CheckConstraint(
                name="fleet_model_figures_period",
                condition=Q(figures_from=None) | Q(figures_to=None) | Q(figures_to__gt=F("figures_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Ownership(models.TextChoices):
    """Whose the vehicle is."""

    OWNED = "OWNED", _("Owned")
    LEASED = "LEASED", _("Leased")


class Vehicle(Contract):
    """A vehicle of the fleet, at a base in the half-open period of days [valid_from, valid_to).

    ``base`` is where it stands, since it last moved (:class:`Stay` has where it stood before). ``unit`` is who uses
    it, the base's unit where empty. ``external_id`` is what a fleet system calls it. ``is_locked``: a proposal must
    keep it. The lease runs in [lease_start, lease_end). ``equipment``: what this vehicle has besides its model's
    fittings, in the words that trips' needs are written with.
    """

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("Base"))
    model = models.ForeignKey(VehicleModel, on_delete=models.PROTECT, related_name="vehicles", verbose_name=_("Model"))
    registration = models.CharField(_("Registration"), max_length=40, unique=True)
    external_id = models.CharField(_("Number in the fleet system"), max_length=64, blank=True)
    valid_from = models.DateField(_("From"))
    valid_to = models.DateField(_("Until (not included)"), null=True, blank=True)
    is_locked = models.BooleanField(_("Locked"), default=False, help_text=_("A proposal must keep this vehicle."))
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Used by"),
        help_text=_("Empty: the unit of the base."),
    )  # fmt: skip
    use = models.CharField(_("Use"), max_length=100, blank=True, help_text=_("For example: evening shift, pool car."))
    ownership = models.CharField(_("Owned or leased"), max_length=6, choices=Ownership.choices, default=Ownership.OWNED)
    supplier = models.CharField(_("Leasing company"), max_length=100, blank=True)
    lease_start = models.DateField(_("Lease from"), null=True, blank=True)
    lease_end = models.DateField(_("Lease until (not included)"), null=True, blank=True)
    lease_dkk_month = models.DecimalField(
        _("Lease, kr. a month"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    equipment = models.JSONField(_("Equipment"), default=list, blank=True)
    notes = models.TextField(_("Notes"), max_length=1000, blank=True)

    class Meta:
        ordering = ["registration"]
        constraints = [
            models.CheckConstraint(
                name="fleet_vehicle_period", condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from"))
            ),
            models.UniqueConstraint(
                name="fleet_vehicle_external_id", fields=["external_id"], condition=~Q(external_id="")
            ),
            models.CheckConstraint(name="fleet_vehicle_ownership", condition=Q(ownership__in=Ownership.values)),
            models.CheckConstraint(name="fleet_vehicle_contract", condition=_CONTRACT_SIGNS),
            models.CheckConstraint(
                name="fleet_vehicle_lease",
                condition=(Q(lease_start=None) | Q(lease_end=None) | Q(lease_end__gt=F("lease_start")))
                & (Q(lease_dkk_month=None) | Q(lease_dkk_month__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return self.registration

    @property
    def fittings(self) -> frozenset[str]:
        """Everything the vehicle has that a trip may need: its model's fittings and its own equipment."""
        return frozenset([*self.model.capabilities, *self.equipment])

    @property
    def lease_dkk_year(self) -> Decimal | None:
        """Twelve months of lease; None where nobody has told."""
        return None if self.lease_dkk_month is None else self.lease_dkk_month * 12
