# SPDX-License-Identifier: MPL-2.0
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.models import Grant
from kommune3.kernel.people.models import Account
from kommune3.kernel.rights import substitutes
from kommune3.ui.widgets import DatePicker


class _Colleagues(forms.ModelChoiceField[Account]):
    def label_from_instance(self, obj: Account) -> str:
        return str(obj.person or obj.username)


class _Grants(forms.ModelMultipleChoiceField[Grant]):
    def label_from_instance(self, obj: Grant) -> str:
        parts = [str(declare.roles().get(obj.role, obj.role)), str(obj.unit or _("The whole municipality")), obj.kle]
        return ", ".join(part for part in parts if part)


class SubstituteForm(forms.Form):
    """Who stands in for ``absent``, when, and with which of the absent person's own rights."""

    substitute = _Colleagues(
        label=_("Substitute"), queryset=None, help_text=_("A colleague with a login, in the same unit or near it.")
    )
    valid_from = forms.DateField(label=_("From"), widget=DatePicker())
    valid_to = forms.DateField(
        label=_("Until"), widget=DatePicker(), help_text=_("The first day on which it no longer holds.")
    )
    grants = _Grants(
        label=_("Rights"),
        queryset=None,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What the substitute may do meanwhile. It can never be more than the absent person may."),
    )

    def __init__(self, *args: object, actor: Actor, absent: Account, today: date, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        colleagues = substitutes.candidates(absent, on=today)
        if actor.account_id is not None:
            colleagues = colleagues.exclude(pk=actor.account_id)
        self.fields["substitute"].queryset = colleagues  # type: ignore[attr-defined]
        self.fields["grants"].queryset = substitutes.lendable(actor, absent, on=today)  # type: ignore[attr-defined]
