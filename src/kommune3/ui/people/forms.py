# SPDX-License-Identifier: MPL-2.0
from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.access import MANAGE_PEOPLE
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.employees import EmploymentValues, PersonValues
from kommune3.kernel.organisation.models import Unit
from kommune3.ui.cpr_wall import CprField
from kommune3.ui.widgets import DatePicker


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=5,
        max_length=200,
        help_text=_("Why you need the CPR number. It is kept on record, and the citizen may see it."),
    )


class PersonForm(forms.Form):
    """Somebody's name and how to reach them."""

    given_name = forms.CharField(label=_("Given name"), max_length=100)
    family_name = forms.CharField(label=_("Family name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)
    cpr = CprField(
        label=_("CPR number"),
        required=False,
        help_text=_("DDMMYY-XXXX. Kept sealed. Leave it empty if it is not needed, or if it is to stay as it is."),
    )

    def person(self) -> PersonValues:
        """What was entered about the person, once it is valid."""
        given = self.cleaned_data
        return PersonValues(
            given_name=given["given_name"],
            family_name=given["family_name"],
            email=given["email"],
            phone=given["phone"],
            cpr=given["cpr"],
        )


class TermsForm(forms.Form):
    """As what somebody is employed, and for how long."""

    title = forms.CharField(label=_("Title"), max_length=200)
    is_leader = forms.BooleanField(label=_("Leads the unit"), required=False)
    valid_from = forms.DateField(label=_("Employed from"), widget=DatePicker())
    valid_to = forms.DateField(
        label=_("Until"), required=False, widget=DatePicker(), help_text=_("The first day on which it no longer holds.")
    )

    def employment(self, unit: Unit) -> EmploymentValues:
        """What was entered about the employment, once it is valid."""
        given = self.cleaned_data
        return EmploymentValues(
            unit_id=unit.pk,
            title=given["title"],
            is_leader=given["is_leader"],
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
        )


class NewEmployeeForm(TermsForm, PersonForm):
    """A person and their employment in the unit whose page one comes from."""


class EmploymentForm(TermsForm):
    """An employment in one of the units in which ``actor`` manages employees."""

    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(label=_("Unit"), queryset=None)
    field_order = ("unit",)

    def __init__(self, *args: object, actor: Actor, initial: Mapping[str, object]) -> None:
        super().__init__(*args, initial=initial)  # type: ignore[arg-type, misc]
        self.fields["unit"].queryset = reach.units(actor, MANAGE_PEOPLE).order_by("name")  # type: ignore[attr-defined]
