# SPDX-License-Identifier: MPL-2.0
"""What a dashboard is asked for."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.queries.dashboards import Dashboard, Per, Selection
from kommune3.solutions.fleet.queries.dashboards.selection import (
    KINDS,
    LONGEST_DAYS,
    Reach,
    default_days,
    default_per,
)
from kommune3.ui.lists.filters import FilterForm
from kommune3.ui.widgets import DatePicker

_ALL = ("", _("All"))


class PeriodForm(FilterForm):
    """A period of days. Empty: the last 13 weeks with trips."""

    first_day = forms.DateField(label=_("First day"), widget=DatePicker, required=False)
    last_day = forms.DateField(label=_("Last day"), widget=DatePicker, required=False)

    def __init__(self, *args: Any, reach: Reach, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._default_days = first_day, end_day = default_days(reach, today)
        self.initial.update(first_day=first_day, last_day=end_day - timedelta(days=1))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first_day, end_day = self._days(values)
        if end_day <= first_day:
            self.add_error("last_day", _("The last day comes before the first."))
        elif (end_day - first_day).days > LONGEST_DAYS:
            self.add_error("first_day", _("Choose a period of at most three years."))
        return values

    def days(self) -> tuple[date, date]:
        """The first and the last day asked for; where the form is not valid, those by default."""
        first_day, end_day = self._days(self.cleaned_data if self.is_valid() else {})
        return first_day, end_day - timedelta(days=1)

    def _days(self, values: dict[str, Any]) -> tuple[date, date]:
        """[first, end) of the period; a single day given keeps the default length."""
        first, last = values.get("first_day"), values.get("last_day")
        default_first, default_end = self._default_days
        if first and last:
            return first, last + timedelta(days=1)
        if last:
            return last + timedelta(days=1) - (default_end - default_first), last + timedelta(days=1)
        if first:
            return first, max(default_end, first + timedelta(days=1))
        return default_first, default_end


class DashboardForm(PeriodForm):
    """Period, unit, base, type of vehicle, weekday, and what each figure is for. Everything may be left empty."""

    unit = forms.ChoiceField(label=_("Unit"), required=False)
    base = forms.ChoiceField(label=_("Base"), required=False)
    kind = forms.ChoiceField(label=_("Type of vehicle"), choices=[_ALL, *KINDS], required=False)
    weekday = forms.ChoiceField(label=_("Weekday"), choices=[_ALL, *WEEKDAYS.items()], required=False)
    per = forms.ChoiceField(label=_("A figure for each"), required=False)
    known_only = forms.BooleanField(label=_("Count only what is known"), required=False)

    def __init__(self, *args: Any, dashboard: Dashboard, reach: Reach, today: date, **kwargs: Any) -> None:
        super().__init__(*args, reach=reach, today=today, **kwargs)
        self._reach = reach
        self.fields["unit"].choices = [_ALL, *reach.unit_choices]  # type: ignore[attr-defined]
        self.fields["base"].choices = [_ALL, *((str(pk), name) for pk, name in reach.base_choices)]  # type: ignore[attr-defined]
        automatic = ("", _("Chosen by the period"))
        self.fields["per"].choices = [automatic, *((per.value, per.label) for per in dashboard.pers)]  # type: ignore[attr-defined]
        absent = [
            *(["per"] if not dashboard.pers else []),
            *(["kind"] if not dashboard.has_kind else []),
            *(["weekday"] if dashboard.name == "activity" else []),
            *(["known_only"] if dashboard.name != "co2e" else []),
        ]
        for name in absent:
            del self.fields[name]

    def selection(self) -> Selection:
        """What was asked for; where the form is not valid, what is shown by default."""
        values = self.cleaned_data if self.is_valid() else {}
        first_day, end_day = self._days(values)
        return Selection(
            reach=self._reach,
            first_day=first_day,
            end_day=end_day,
            unit_id=values.get("unit") or "",
            base_id=int(values["base"]) if values.get("base") else None,
            kind=values.get("kind") or "",
            weekday=int(values["weekday"]) if values.get("weekday") else None,
            per=Per(values["per"]) if values.get("per") else default_per(first_day, end_day),
            known_only=bool(values.get("known_only")),
        )

    @property
    def active_count(self) -> int:
        """How many of the fields the reader has set."""
        return sum(1 for value in self.cleaned_data.values() if value) if self.is_valid() else 0
