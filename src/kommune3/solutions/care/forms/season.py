# SPDX-License-Identifier: MPL-2.0
"""Which days are planned together, and how long the computer may think."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models import Team
from kommune3.solutions.care.operations.season import DAYS, MOST_DAYS, MOST_ROUNDS, MOST_SECONDS
from kommune3.ui.widgets import DatePicker

_NARROW = {"class": "input-width-xs"}


class SeasonForm(forms.Form):
    """A team, its first day and how many follow."""

    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(label=_("Team"), queryset=None)
    first = forms.DateField(label=_("First day"), widget=DatePicker)
    days = forms.IntegerField(
        label=_("Days"), min_value=1, max_value=MOST_DAYS, initial=DAYS, widget=forms.NumberInput(attrs=_NARROW),
        help_text=_("Days with a published plan, or without visits, are left alone."),
    )  # fmt: skip
    seconds = forms.IntegerField(
        label=_("Seconds to search, each day"), min_value=1, max_value=MOST_SECONDS, initial=10,
        widget=forms.NumberInput(attrs=_NARROW),
    )  # fmt: skip
    rounds = forms.IntegerField(
        label=_("Rounds"), min_value=1, max_value=MOST_ROUNDS, initial=2, widget=forms.NumberInput(attrs=_NARROW),
        help_text=_(
            "Each round goes through all days again, and lets fewer carers come to each citizen. The first one makes "
            "a draft of every day."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
        if len(teams) == 1:
            field.initial = teams[0]


class SeasonShown(forms.Form):
    """Which days the page shows."""

    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=_("Team"), queryset=None, required=False, empty_label=_("All teams")
    )
    first = forms.DateField(label=_("First day"), widget=DatePicker, required=False)

    def __init__(self, *args: Any, teams: QuerySet[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
