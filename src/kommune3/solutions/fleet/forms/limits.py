# SPDX-License-Identifier: MPL-2.0
"""Limits and targets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Limit, Measure, Target
from kommune3.ui.widgets import DatePicker


class LimitForm(forms.ModelForm[Limit]):
    """A limit from a day on."""

    class Meta:
        model = Limit
        fields = ["value", "valid_from", "reason"]
        widgets = {"valid_from": DatePicker}
        help_texts = {
            "value": _("Leave empty to switch it off."),
            "valid_from": _("It holds until the next row of the same limit. Empty means that it always has."),
            "reason": _("Why, or where it was decided, so that others can trust it."),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        same_day = Limit.objects.filter(kind=self.instance.kind, valid_from=values.get("valid_from"))
        if same_day.exclude(pk=self.instance.pk).exists():
            self.add_error("valid_from", _("The limit already has a row from that day. Correct that one instead."))
        return values


class TargetForm(forms.ModelForm[Target]):
    """A target of a unit."""

    class Meta:
        model = Target
        fields = ["unit", "measure", "value", "set_on", "due_date", "source"]
        widgets = {"set_on": DatePicker, "due_date": DatePicker}
        help_texts = {
            "measure": _("Measured over the 365 days up to the newest day with trips."),
            "source": _("Where it was decided: a climate plan, a budget, a meeting with its date."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = reach.units(actor, "fleet.targets.edit").order_by("name")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        set_on, due = values.get("set_on"), values.get("due_date")
        if set_on and due and due <= set_on:
            self.add_error("due_date", _("The last day must come after the first."))
        is_share = values.get("measure") in (Measure.EV_KM, Measure.EV_VEHICLES)
        if is_share and values.get("value") is not None and values["value"] > 100:
            self.add_error("value", _("A share is at most 100 per cent."))
        if values.get("value") is not None and values["value"] < 0:
            self.add_error("value", _("A target is 0 or more."))
        return values
