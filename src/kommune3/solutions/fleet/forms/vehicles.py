# SPDX-License-Identifier: MPL-2.0
"""Bases, models, vehicles and rates."""

from collections.abc import Callable
from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.models import construct_instance
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Rate, Vehicle, VehicleModel
from kommune3.solutions.fleet.registers.fields import MODEL_FIELDS
from kommune3.solutions.fleet.registers.rules import model_faults, vehicle_faults
from kommune3.solutions.fleet.registers.values import BadValue, plain_text, read_sources, written_sources
from kommune3.ui.widgets import DatePicker

EDIT = "fleet.vehicles.edit"


class BaseForm(forms.ModelForm[Base]):
    """A base and where it is."""

    street = forms.CharField(label=_("Street and number"), max_length=200, required=False)
    postcode = forms.RegexField(r"^\d{4}$", label=_("Postcode"), required=False)
    town = forms.CharField(label=_("Town"), max_length=100, required=False)
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False, help_text=_("Degrees, for the map: 56.4158")
    )
    longitude = forms.FloatField(
        label=_("Longitude"),
        min_value=-180,
        max_value=180,
        required=False,
        help_text=_("Degrees, for the map: 10.8783"),
    )

    class Meta:
        model = Base
        fields = ["name", "unit", "power_limit_kw"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = reach.units(actor, EDIT).order_by("name")  # type: ignore[attr-defined]
        address = self.instance.address
        if address is not None:
            for name in ("street", "postcode", "town", "latitude", "longitude"):
                self.initial[name] = getattr(address, name)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("latitude") is None) != (values.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        return values


class _RuledForm(forms.ModelForm[Any]):
    """A form whose row must obey the rules of the register: the same as a file and the API are held to."""

    faults: Callable[[Any], dict[str, str]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        trial = construct_instance(self, copy(self.instance), list(self.fields))
        for field, fault in type(self).faults(trial).items():
            if field in self.fields and field not in self.errors:
                self.add_error(field, fault)
        return values


def _plainly(form: forms.ModelForm[Any]) -> None:
    """Show decimals without the zeros that the column is filled up with: 3.94, not 3.94000."""
    for name, value in form.initial.items():
        if isinstance(value, Decimal):
            form.initial[name] = f"{value.normalize():f}"


def _words(text: str) -> list[str]:
    return sorted({word.strip() for word in text.split(",") if word.strip()})


class VehicleForm(_RuledForm):
    """A vehicle. Where it stands is chosen when it is created; later it is moved, so that the history keeps both."""

    faults = staticmethod(vehicle_faults)
    equipment = forms.CharField(
        label=_("Equipment"), required=False,
        help_text=_(
            "What this vehicle has besides its model's fittings, in the words that trips' needs are written with. "
            "Separated by commas."
        ),
    )  # fmt: skip

    class Meta:
        model = Vehicle
        fields = [
            "registration", "model", "base", "external_id", "valid_from", "valid_to", "is_locked", "unit", "use",
            "equipment", "ownership", "supplier", "lease_start", "lease_end", "lease_dkk_month", "contract_km_year",
            "excess_dkk_per_km", "refund_dkk_per_km", "notes",
        ]  # fmt: skip
        widgets = {
            "valid_from": DatePicker, "valid_to": DatePicker, "lease_start": DatePicker, "lease_end": DatePicker,
            "notes": forms.Textarea(attrs={"rows": 3}),
        }  # fmt: skip
        error_messages = {"registration": {"unique": _("Another vehicle has that registration.")}}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self)
        self.initial["equipment"] = ", ".join(self.instance.equipment)
        self.fields["ownership"].required = False
        self.fields["unit"].queryset = reach.units(actor, EDIT).order_by("name")  # type: ignore[attr-defined]
        if self.instance.pk is None:
            self.fields["base"].queryset = reach.visible(actor, Base, action=EDIT)  # type: ignore[attr-defined]
        else:
            del self.fields["base"]

    def _get_validation_exclusions(self) -> set[str]:
        # That the number is taken, the operation says in plainer words than the constraint.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"external_id"}

    def clean_equipment(self) -> list[str]:
        return _words(self.cleaned_data["equipment"])

    def clean_ownership(self) -> str:
        return str(self.cleaned_data["ownership"] or self.instance.ownership)


class ModelForm(_RuledForm):
    """A model of the catalogue."""

    faults = staticmethod(model_faults)
    capabilities = forms.CharField(
        label=_("Fittings"), required=False, help_text=_("Separated by commas, for example: lift, towbar, 7 seats")
    )
    sources = forms.CharField(
        label=_("Sources of single figures"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Where a figure has another source than the rest: range_km=EU data sheet; charge_kw=price list 2026."
        ),
    )  # fmt: skip

    class Meta:
        model = VehicleModel
        fields = [
            "name", "kind", "energy", "energy_per_km", "fixed_dkk_year", "range_km", "winter_range_km", "battery_kwh",
            "charge_kw", "rest_hours", "seats", "capabilities", "contract_km_year", "excess_dkk_per_km",
            "refund_dkk_per_km", "source", "sources", "figures_from", "figures_to", "is_offered",
        ]  # fmt: skip
        widgets = {"figures_from": DatePicker, "figures_to": DatePicker}
        error_messages = {"name": {"unique": _("There is a model of that name already.")}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self)
        self.initial["capabilities"] = ", ".join(self.instance.capabilities)
        self.initial["sources"] = written_sources(self.instance.sources)

    def clean_capabilities(self) -> list[str]:
        return _words(self.cleaned_data["capabilities"])

    def clean_sources(self) -> dict[str, str]:
        field = next(each for each in MODEL_FIELDS if each.name == "sources")
        try:
            return read_sources(plain_text(field, self.cleaned_data["sources"]))
        except BadValue as refusal:
            raise forms.ValidationError(str(refusal)) from None


class RateForm(forms.ModelForm[Rate]):
    """A rate of the municipality's own."""

    class Meta:
        model = Rate
        fields = ["kind", "value", "valid_from", "valid_to", "source"]
        widgets = {"valid_from": DatePicker, "valid_to": DatePicker}
        help_texts = {
            "value": _("Leave empty while you do not know it; it is then shown as missing."),
            "valid_from": _("Empty means that it always has been so."),
            "valid_to": _("Empty: until the next period begins."),
            "source": _("Where the figure comes from: an agreement, an invoice, a web page with its date."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plainly(self)
        if self.instance.pk is not None:
            del self.fields["kind"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        since, until = values.get("valid_from"), values.get("valid_to")
        if since and until and until <= since:
            self.add_error("valid_to", _("The last day must come after the first."))
        if values.get("value") is not None and not values.get("source"):
            self.add_error("source", _("Say where the figure comes from, so that others can trust it."))
        return values
