# SPDX-License-Identifier: MPL-2.0
"""Which team and week a leader looks at, and from how many on a figure is shown."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.care.models import FigureLimit, Team
from kommune3.ui.widgets import DatePicker


class WeekForm(forms.Form):
    """A team, and any day of the week."""

    team = forms.TypedChoiceField(label=_("Team"), coerce=int)
    day = forms.DateField(label=_("A day of the week"), widget=DatePicker)

    def __init__(self, *args: Any, teams: Sequence[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.choices = [(team.pk, team.name) for team in teams]

    @property
    def monday(self) -> date:
        """Of the week that was chosen; only after the form is valid."""
        day: date = self.cleaned_data["day"]
        return day - timedelta(days=day.weekday())


class FigureLimitForm(forms.ModelForm[FigureLimit]):
    """A new limit from a day on, with its reason."""

    class Meta:
        model = FigureLimit
        fields = ("valid_from", "fewest", "reason")
        widgets = {"valid_from": DatePicker}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].required = True
        self.fields["fewest"].min_value = 1  # type: ignore[attr-defined]
