# SPDX-License-Identifier: MPL-2.0
"""What is asked of the user about a vehicle over time, about chargers, and about files of the register."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Charger, OdometerReading, ServiceWindow
from kommune3.ui.widgets import DatePicker, DateTimePicker

EDIT = "fleet.vehicles.edit"


class MoveForm(forms.Form):
    """Where a vehicle stands from a day on."""

    base: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(label=_("New base"), queryset=None)
    on = forms.DateField(
        label=_("First day at the new base"), widget=DatePicker, help_text=_("Today or an earlier day.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["base"].queryset = reach.visible(actor, Base, action=EDIT)  # type: ignore[attr-defined]


class RetireForm(forms.Form):
    """When a vehicle leaves the fleet."""

    last_day = forms.DateField(
        label=_("Last day in the fleet"), widget=DatePicker, help_text=_("Its trips and its history are kept.")
    )


class ServiceForm(forms.ModelForm[ServiceWindow]):
    """When and why a vehicle is out of use."""

    class Meta:
        model = ServiceWindow
        fields = ["starts_at", "ends_at", "kind", "note"]
        widgets = {"starts_at": DateTimePicker, "ends_at": DateTimePicker}
        help_texts = {"note": _("For example the workshop. Do not write names of people.")}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("starts_at") and values.get("ends_at") and values["ends_at"] <= values["starts_at"]:
            self.add_error("ends_at", _("The end must come after the beginning."))
        return values


class ReadingForm(forms.ModelForm[OdometerReading]):
    """What the odometer shows."""

    class Meta:
        model = OdometerReading
        fields = ["read_on", "km", "source"]
        widgets = {"read_on": DatePicker}
        help_texts = {"source": _("For example: service, driving book, fuel card.")}


class ChargerForm(forms.ModelForm[Charger]):
    """A charger at a base."""

    class Meta:
        model = Charger
        fields = ["base", "name", "outlets", "power_kw", "valid_from", "valid_to"]
        widgets = {"valid_from": DatePicker, "valid_to": DatePicker}

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["base"].queryset = reach.visible(actor, Base, action=EDIT)
        else:
            del self.fields["base"]

    def _get_validation_exclusions(self) -> set[str]:
        # That the name is taken, the operation says in plainer words than the constraint.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | {"base"}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("valid_from") and values.get("valid_to") and values["valid_to"] <= values["valid_from"]:
            self.add_error("valid_to", _("The last day must come after the first."))
        if values.get("power_kw") is not None and values["power_kw"] <= 0:
            self.add_error("power_kw", _("A charger has at least one outlet, and power above zero."))
        if values.get("outlets") == 0:
            self.add_error("outlets", _("A charger has at least one outlet, and power above zero."))
        return values


class RegisterFileForm(forms.Form):
    """A file with vehicles or models."""

    file = forms.FileField(
        label=_("File"), help_text=_("Excel (.xlsx), CSV or, for models, JSON, with the columns of the template.")
    )


class RegisterCommitForm(forms.Form):
    """How to import a register file with faults."""

    keep_good = forms.BooleanField(label=_("Import only the good lines and leave the rest out"), required=False)
