# SPDX-License-Identifier: MPL-2.0
"""What is asked of whoever imports trips."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import ColumnMapping

MAP_COLUMNS = "map"


class ImportForm(forms.Form):
    """A file with trips."""

    file = forms.FileField(
        label=_("File with trips"),
        help_text=_("CSV or Excel workbook with column names in the first line, or a JSON instance file."),
    )
    reading = forms.ChoiceField(
        label=_("How the columns are read"), required=False,
        help_text=_("By their names: see the list beside. A saved mapping is one that you or a colleague has made."),
    )  # fmt: skip
    create_vehicles = forms.BooleanField(
        label=_("Create the file's vehicles and bases"),
        help_text=_("Only for JSON files that describe them. Nothing is created before you accept the import."),
        required=False,
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = reach.visible(actor, ColumnMapping).values_list("pk", "name")
        self.fields["reading"].choices = [  # type: ignore[attr-defined]
            ("", _("By their names")),
            *((str(pk), name) for pk, name in saved),
            (MAP_COLUMNS, _("I say which column is what")),
        ]


class CommitForm(forms.Form):
    """How to import a file with faults."""

    keep_good = forms.BooleanField(label=_("Import only the good lines and leave the rest out"), required=False)
    keep_overlaps = forms.BooleanField(
        label=_("Import trips whose car was on another trip, without naming the car"),
        help_text=_("The trip was needed, so it counts when vehicles are found; only the car is in doubt."),
        required=False,
    )
