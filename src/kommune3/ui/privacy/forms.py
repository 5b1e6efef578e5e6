# SPDX-License-Identifier: MPL-2.0
from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.privacy.models import Ground, HoldKind
from kommune3.kernel.solutions import registry
from kommune3.ui.widgets import DatePicker


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("Purpose"),
        min_length=5,
        max_length=200,
        help_text=_("Why the data are put together, such as the number of the request. The person may see it."),
    )


class EraseForm(forms.Form):
    ground = forms.ChoiceField(label=_("Ground"), choices=Ground.choices)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the decision rests on, such as the number of the case. Do not write names."),
    )


class HoldForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=HoldKind.choices)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=500,
        help_text=_("Who asks for the data to be kept, and the number of the case. Do not write names."),
    )
    review_date = forms.DateField(
        label=_("To be looked at again"),
        widget=DatePicker,
        help_text=_("The hold does not end by itself. From this day on you are reminded once a month."),
    )


class SolutionHoldForm(HoldForm):
    solution = forms.ChoiceField(label=_("Solution"), help_text=_("Nothing in it is deleted or erased."))
    field_order = ("solution", "kind", "reason", "review_date")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(manifest.key, manifest.title) for manifest in registry.all_manifests()]
        self.fields["solution"].choices = choices  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=1,
        help_text=_("How many days the data are kept. Leave it empty if nothing is to be deleted."),
    )
    valid_from = forms.DateField(label=_("From"), widget=DatePicker, help_text=_("Today or later."))
    source = forms.CharField(
        label=_("Decision or source"),
        min_length=5,
        max_length=300,
        help_text=_("The law or the decision that the period is from, such as the number of the case."),
    )
