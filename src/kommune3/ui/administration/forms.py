# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare, reach
from kommune3.kernel.access.access import MANAGE_ACCOUNTS
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.organisation.models import Unit, kle_number
from kommune3.ui.widgets import DatePicker


class GrantForm(forms.Form):
    """A right to give. Offers the units in which ``actor`` may give rights."""

    role = forms.ChoiceField(label=_("Role"))
    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Unit"), queryset=None, required=False, help_text=_("The right holds in this unit and all below it.")
    )
    kle = forms.CharField(
        label=_("KLE number"),
        required=False,
        validators=[kle_number],
        help_text=_("Narrows the right to one field of work. Empty: all."),
    )
    purpose = forms.CharField(label=_("Purpose"), required=False, max_length=200)
    valid_from = forms.DateField(label=_("From"), widget=DatePicker())
    valid_to = forms.DateField(
        label=_("Until"), required=False, widget=DatePicker(), help_text=_("The first day on which it no longer holds.")
    )

    def __init__(self, *args: object, actor: Actor, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        role, unit = self.fields["role"], self.fields["unit"]
        role.choices = sorted(declare.roles().items(), key=lambda item: str(item[1]))  # type: ignore[attr-defined]
        unit.queryset = reach.units(actor, MANAGE_ACCOUNTS).order_by("name")  # type: ignore[attr-defined]
        everywhere = actor.may(MANAGE_ACCOUNTS, unit_path=WHOLE_MUNICIPALITY)
        unit.required = not everywhere
        unit.empty_label = _("The whole municipality") if everywhere else None  # type: ignore[attr-defined]


class NewAccountForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)


class PrivilegeForm(forms.Form):
    """The role that a privilege of the identity provider gives."""

    privilege = forms.CharField(
        label=_("Privilege"),
        max_length=300,
        help_text=_("As the identity provider writes it, such as https://example.dk/roles/usersystemrole/planner/1."),
    )
    role = forms.ChoiceField(label=_("Role"))
    whole_municipality = forms.BooleanField(
        label=_("In the whole municipality when the privilege names no unit"),
        required=False,
        help_text=_("Otherwise a privilege without a unit gives nothing."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        roles = sorted(declare.roles().items(), key=lambda item: str(item[1]))
        self.fields["role"].choices = [("", _("Choose a role")), *roles]  # type: ignore[attr-defined]
