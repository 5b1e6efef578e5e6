# SPDX-License-Identifier: MPL-2.0
"""What must hold of a vehicle and of a model, whichever door it comes through. Knows no database."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Energy, Kind, Ownership, Vehicle, VehicleModel

Faults = dict[str, str]
"""Field -> what is wrong with it, for the user."""

_OF_LEASES = ("supplier", "lease_start", "lease_end", "lease_dkk_month", "contract_km_year")
_LINKS = ("base", "model", "unit", "address")


def vehicle_faults(vehicle: Vehicle) -> Faults:
    """Everything that is wrong with the vehicle's own fields."""
    found = _field_faults(vehicle)
    if vehicle.valid_from and vehicle.valid_to and vehicle.valid_to <= vehicle.valid_from:
        found["valid_to"] = _("The last day must come after the first.")
    if vehicle.lease_start and vehicle.lease_end and vehicle.lease_end <= vehicle.lease_start:
        found["lease_end"] = _("The last day must come after the first.")
    if vehicle.ownership == Ownership.OWNED and any(getattr(vehicle, name) for name in _OF_LEASES):
        found["ownership"] = _("The vehicle has figures of a lease. Choose leased, or empty them.")
    return _contract_faults(vehicle) | found


def model_faults(model: VehicleModel) -> Faults:
    """Everything that is wrong with the model's fields."""
    found = _field_faults(model)
    if model.kind == Kind.EV and model.energy not in (Energy.ELECTRICITY, ""):
        found["energy"] = _("An electric car runs on electricity.")
    if model.energy == Energy.NONE and model.energy_per_km:
        found["energy_per_km"] = _("Without energy there is no consumption. Leave it empty or choose an energy.")
    for name in ("battery_kwh", "charge_kw"):
        value = getattr(model, name)
        if value is not None and value <= 0:
            found[name] = _("The figure must be above zero. Leave it empty if you do not know it.")
    if model.rest_hours is not None and not 0 <= model.rest_hours < 24:
        found["rest_hours"] = _("There are 24 hours in a day: write from 0 to 23.9.")
    if model.range_km and model.winter_range_km and model.winter_range_km > model.range_km:
        found["winter_range_km"] = _("The range in winter is longer than the range.")
    if model.figures_from and model.figures_to and model.figures_to <= model.figures_from:
        found["figures_to"] = _("The last day must come after the first.")
    for name in ("energy_per_km", "fixed_dkk_year"):
        value = getattr(model, name)
        if value is not None and value < 0:
            found[name] = _("The figure cannot be negative.")
    return _contract_faults(model) | found


def _contract_faults(row: Vehicle | VehicleModel) -> Faults:
    found = {}
    for name in ("excess_dkk_per_km", "refund_dkk_per_km", "lease_dkk_month"):
        value = getattr(row, name, None)
        if value is not None and value < 0:
            found[name] = _("The figure cannot be negative.")
        elif value is not None and row.contract_km_year is None and name != "lease_dkk_month":
            found["contract_km_year"] = _("A price per km above or below the contract needs the contract's km.")
    return found


def _field_faults(row: Vehicle | VehicleModel) -> Faults:
    """Lengths, digits and choices, as the model declares them; nothing that asks the database."""
    try:
        row.clean_fields(exclude={*_LINKS, "id"})
    except ValidationError as refusal:
        return {name: " ".join(messages) for name, messages in refusal.message_dict.items()}
    return {}
