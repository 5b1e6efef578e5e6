# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import directory
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.units import UnitValues
from kommune3.kernel.organisation.models import Unit, kle_number
from kommune3.ui.widgets import DatePicker


class UnitForm(forms.Form):
    """A unit below ``parent``."""

    name = forms.CharField(label=_("Name"), max_length=200)
    kle = forms.CharField(
        label=_("KLE number"),
        required=False,
        validators=[kle_number],
        help_text=_("The unit's field of work, such as 27 or 27.36. May be left empty."),
    )
    valid_from = forms.DateField(label=_("From"), widget=DatePicker())
    valid_to = forms.DateField(
        label=_("Until"), required=False, widget=DatePicker(), help_text=_("The first day on which it no longer holds.")
    )

    def values(self, parent: Unit | None) -> UnitValues:
        """What was entered, once it is valid."""
        given = self.cleaned_data
        return UnitValues(
            name=given["name"],
            parent_id=parent.pk if parent else None,
            kle=given["kle"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )


class EditUnitForm(UnitForm):
    """A unit that stands. Where ``actor`` may not move it, there is no choice of the unit above."""

    parent: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Belongs to"), queryset=None, help_text=_("When a unit moves, every unit below it moves along.")
    )
    field_order = ("name", "parent")

    def __init__(self, *args: object, actor: Actor, unit: Unit) -> None:
        initial = {name: getattr(unit, name) for name in ("name", "parent", "kle", "valid_from", "valid_to")}
        super().__init__(*args, initial=initial)  # type: ignore[arg-type, misc]
        self.unit = unit
        parents = directory.possible_parents(actor, unit)
        if parents:
            self.fields["parent"].queryset = parents  # type: ignore[attr-defined]
        else:
            del self.fields["parent"]

    def values_after(self) -> UnitValues:
        """What was entered, once it is valid; the unit above as it was where it cannot be chosen."""
        return self.values(self.cleaned_data.get("parent", self.unit.parent))
