# SPDX-License-Identifier: MPL-2.0
"""Which column of a file is what."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.importing import Mapping, Peek
from kommune3.solutions.fleet.importing.mapping import DECIMALS, FIELDS, KM_UNITS, TIME_FORMATS, ZONES

_EXAMPLES = 3


class MappingForm(forms.Form):
    """A select for each column of the file, and how its times and numbers are written."""

    time_format = forms.ChoiceField(
        label=_("Dates and times are written"), choices=TIME_FORMATS,
        help_text=_("Times with an offset, such as 2026-03-08T08:41:00Z, are understood whatever you choose."),
    )  # fmt: skip
    zone = forms.ChoiceField(
        label=_("Time zone"), choices=ZONES, help_text=_("Of times that are written without an offset.")
    )
    decimal = forms.ChoiceField(
        label=_("Decimal sign"), choices=DECIMALS, help_text=_("Makes no difference in a workbook.")
    )
    km_unit = forms.ChoiceField(label=_("Distances are in"), choices=KM_UNITS)
    save_as = forms.CharField(
        label=_("Save this mapping as"), max_length=100, required=False,
        help_text=_("For example the fleet system's name. Choose it next time, and the file is read at once."),
    )  # fmt: skip
    header_line = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    sheet = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)

    def __init__(self, *args: Any, peek: Peek, mapping: Mapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.peek = peek
        field_of = {label: name for name, label in mapping.columns.items()}
        for number, label in enumerate(peek.labels):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=label, choices=[("", _("Not used")), *FIELDS], required=False, initial=field_of.get(label, "")
            )
        for name in ("time_format", "zone", "decimal", "km_unit", "header_line", "sheet"):
            self.fields[name].initial = getattr(mapping, name)

    def columns(self) -> list[tuple[BoundField, str, str]]:
        """For each column its select, its name in the file and its first values."""
        rows = self.peek.rows[:_EXAMPLES]
        return [
            (self[f"column_{number}"], label, " · ".join(row[number] for row in rows if row[number]))
            for number, label in enumerate(self.peek.labels)
        ]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        chosen: dict[str, str] = {}
        for number, label in enumerate(self.peek.labels):
            name = values.get(f"column_{number}")
            if name and name in chosen:
                self.add_error(
                    f"column_{number}", _("“%(other)s” is this too. Choose one of them.") % {"other": chosen[name]}
                )
            elif name:
                chosen[name] = label
        values["columns"] = chosen
        return values

    def mapping(self) -> Mapping:
        """What was chosen; the form must be valid."""
        values = self.cleaned_data
        return Mapping(
            columns=values["columns"], time_format=values["time_format"], zone=values["zone"],
            decimal=values["decimal"], km_unit=values["km_unit"], header_line=values["header_line"] or 0,
            sheet=values["sheet"],
        )  # fmt: skip


class PlaceInFileForm(forms.Form):
    """Where in the file the column names stand."""

    header_line = forms.IntegerField(
        label=_("The column names are in line"), required=False, min_value=1, max_value=200,
        help_text=_("Empty: the first line with text."),
    )  # fmt: skip
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)

    def __init__(self, *args: Any, sheets: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sheets:
            self.fields["sheet"].choices = [(name, name) for name in sheets]  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]
