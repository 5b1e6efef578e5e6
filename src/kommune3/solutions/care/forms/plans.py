# SPDX-License-Identifier: MPL-2.0
"""Making a plan, and what a dispatcher changes in it. Times are those of the clock in the town hall."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.models import Channel, Citizen, Plan, PlanOrigin, Priority, Service, Team
from kommune3.ui.widgets import DatePicker, TimePicker

ORIGINS = [(PlanOrigin.SEARCHED, PlanOrigin.SEARCHED.label), (PlanOrigin.BASELINE, PlanOrigin.BASELINE.label)]


REASONS = [
    _("In hospital"), _("Away from home"), _("Declined by the citizen"), _("Helped by relatives"), _("Respite stay"),
    _("Double booked"), _("Other reason"),
]  # fmt: skip
"""Why a visit is cancelled. None of them tells of an illness."""


class PlanForm(forms.Form):
    """For which team and day, and how long the computer may think."""

    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(label=_("Team"), queryset=None)
    date = forms.DateField(label=_("Day"), widget=DatePicker)
    origin = forms.ChoiceField(label=_("Made by"), choices=ORIGINS, initial=PlanOrigin.SEARCHED)
    seconds = forms.IntegerField(
        label=_("Seconds to search"), min_value=1, max_value=600, initial=20,
        help_text=_("20 seconds do for a team. A longer search may find a shorter way round."),
        widget=forms.NumberInput(attrs={"class": "input-width-xs"}),
    )  # fmt: skip

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
        if len(teams) == 1:
            field.initial = teams[0]


class CompareForm(forms.Form):
    """Two plans of a day to hold against each other."""

    a: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(label=_("The one plan"), queryset=None)
    b: "forms.ModelChoiceField[Plan]" = forms.ModelChoiceField(label=_("The other plan"), queryset=None)

    def __init__(self, *args: Any, plans: QuerySet[Plan], label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("a", "b"):
            field: Any = self.fields[name]
            field.queryset = plans
            field.label_from_instance = label


class AcuteForm(forms.Form):
    """A visit that nobody had planned: to whom, what, when, by how many."""

    citizen: "forms.ModelChoiceField[Citizen]" = forms.ModelChoiceField(label=_("Citizen"), queryset=None)
    service: "forms.ModelChoiceField[Service]" = forms.ModelChoiceField(label=_("Granted service"), queryset=None)
    earliest = forms.TimeField(label=_("Begins at the earliest"), widget=TimePicker)
    latest = forms.TimeField(
        label=_("Begins at the latest"), widget=TimePicker,
        help_text=_("Where it is before the earliest, midnight lies between."),
    )  # fmt: skip
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=600, required=False,
        help_text=_("Empty: as the service usually takes."),
        widget=forms.NumberInput(attrs={"class": "input-width-xs"}),
    )  # fmt: skip
    carers = forms.TypedChoiceField(label=_("Carers at once"), choices=[(1, "1"), (2, "2")], coerce=int, initial=1)
    channel = forms.ChoiceField(label=_("Where"), choices=Channel.choices, initial=Channel.HOME)
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.MUST
    )  # fmt: skip
    is_strict = forms.BooleanField(label=_("The window must be kept"), required=False)
    tasks = forms.CharField(
        label=_("Tasks"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What the carer is to do. No CPR number and no diagnosis."),
    )  # fmt: skip

    def __init__(self, *args: Any, citizens: QuerySet[Citizen], services: QuerySet[Service], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        citizen: Any = self.fields["citizen"]
        citizen.queryset = citizens
        service: Any = self.fields["service"]
        service.queryset = services

    def window(self, day: date) -> tuple[datetime, datetime]:
        """The two instants between which the visit begins on ``day``; only after the form is valid."""
        earliest, latest = self.cleaned_data["earliest"], self.cleaned_data["latest"]
        after = day + timedelta(days=1) if latest < earliest else day
        return _instant(day, earliest), _instant(after, latest)


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, MUNICIPAL_ZONE).astimezone(UTC)
