# SPDX-License-Identifier: MPL-2.0
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.competences import queries
from kommune3.kernel.competences.models import Competence, Kind, competence_code
from kommune3.kernel.competences.operations import CompetenceValues, DelegationValues, HeldValues
from kommune3.kernel.people.models import Person
from kommune3.ui.widgets import DatePicker


class CompetenceForm(forms.Form):
    """A line of the catalogue."""

    title = forms.CharField(label=_("Title"), max_length=120)
    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[competence_code],
        help_text=_("By this, services say what they need. Small letters a-z, digits and hyphens."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    kl_code = forms.CharField(
        label=_("KL code"), max_length=40, required=False, help_text=_("The code in FFB or FSIII, where there is one.")
    )

    def values(self) -> CompetenceValues:
        """What was entered, once it is valid."""
        return CompetenceValues(**self.cleaned_data)


class _PeriodForm(forms.Form):
    """Which competence, and for how long."""

    competence: "forms.ModelChoiceField[Competence]" = forms.ModelChoiceField(
        label=_("Competence"), queryset=queries.catalogue()
    )
    valid_from = forms.DateField(label=_("From"), widget=DatePicker())
    valid_to = forms.DateField(
        label=_("Until"), required=False, widget=DatePicker(), help_text=_("The first day on which it no longer holds.")
    )


class GiveForm(_PeriodForm):
    """What a person has."""

    source = forms.CharField(
        label=_("Source"), max_length=200, required=False, help_text=_("What shows it: an authorisation or a course.")
    )

    def values(self) -> HeldValues:
        """What was entered, once it is valid."""
        given = self.cleaned_data
        return HeldValues(
            competence_id=given["competence"].pk,
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            source=given["source"],
        )


class DelegateForm(_PeriodForm):
    """Who lets whom do which task."""

    delegator: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label=_("Delegated by"), queryset=None, help_text=_("Somebody who has the task as their own competence.")
    )
    helper: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(label=_("To"), queryset=None)
    instruction = forms.CharField(
        label=_("Instruction and its version"), max_length=200, help_text=_("For example: Instruks for insulin, 4.")
    )
    field_order = ("helper", "delegator", "competence", "instruction")

    def __init__(self, *args: Any, actor: Actor, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["helper"].queryset = queries.employees(actor, on=on)
        fields["delegator"].queryset = queries.delegators(actor, on=on)
        fields["competence"].queryset = queries.catalogue().filter(kind=Kind.DELEGABLE)

    def values(self, citizen_id: UUID | None) -> DelegationValues:
        """What was entered, once it is valid."""
        given = self.cleaned_data
        return DelegationValues(
            competence_id=given["competence"].pk,
            delegator_id=given["delegator"].pk,
            helper_id=given["helper"].pk,
            citizen_id=citizen_id,
            valid_from=given["valid_from"],
            valid_to=given["valid_to"],
            instruction=given["instruction"],
        )


class FileForm(forms.Form):
    file = forms.FileField(label=_("CSV file"), help_text=_("UTF-8, separated by semicolons or commas."))
