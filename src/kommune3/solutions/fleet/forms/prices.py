# SPDX-License-Identifier: MPL-2.0
"""Spot price files and tariffs."""

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.models import EnergyTariff, PriceArea
from kommune3.ui.widgets import DatePicker, TimePicker


class PriceFileForm(forms.Form):
    """A file from Energi Data Service."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV from Energi Data Service: the data set Elspotprices (until September 2025) or DayAheadPrices (since), "
            "with the columns as they are published. Prices are in kr. per MWh there."
        ),
    )


class PeriodForm(forms.Form):
    """Which prices to show."""

    area = forms.ChoiceField(label=_("Price area"), choices=PriceArea.choices, required=False)
    last = forms.DateField(label=_("The week up to"), widget=DatePicker, required=False)


class TariffForm(forms.ModelForm[EnergyTariff]):
    """What is paid on top of the spot price."""

    months = forms.TypedMultipleChoiceField(
        label=_("Months"), choices=list(MONTHS.items()), coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all of them."),
    )  # fmt: skip

    class Meta:
        model = EnergyTariff
        fields = ["name", "dkk_per_kwh", "opens", "closes", "months", "valid_from", "valid_to", "source"]
        widgets = {"opens": TimePicker, "closes": TimePicker, "valid_from": DatePicker, "valid_to": DatePicker}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("valid_from"), values.get("valid_to")
        if first and last and last <= first:
            self.add_error("valid_to", _("The end must come after the beginning."))
        return values
