# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.models import Outcome
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.rights import break_glass


class OpenForm(forms.Form):
    """What to open, where, for how long, and why."""

    unit: forms.ModelChoiceField[Unit] = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=None,
        help_text=_("The access holds in this unit and all below it. Choose the lowest."),
    )
    action = forms.ChoiceField(label=_("What you need"))
    hours = forms.TypedChoiceField(label=_("For how long"), coerce=int)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=break_glass.SHORTEST_REASON,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "What has happened, and why you need to see this now. The leader and the data protection officer read it. "
            "Do not write names or CPR numbers."
        ),
    )

    def __init__(self, *args: object, actor: Actor, most_hours: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["unit"].queryset = break_glass.units_to_open(actor)  # type: ignore[attr-defined]
        self.fields["action"].choices = sorted(  # type: ignore[attr-defined]
            declare.breakable().items(), key=lambda item: str(item[1])
        )
        self.fields["hours"].choices = [  # type: ignore[attr-defined]
            (hours, _("%(hours)d hours") % {"hours": hours} if hours > 1 else _("1 hour"))
            for hours in range(1, most_hours + 1)
        ]


class SignForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed where something is to be followed up."),
    )
