# SPDX-License-Identifier: MPL-2.0
"""A carer's shift, and copying a week. Times are those of the clock in the town hall."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.care.models import Carer, Shift
from kommune3.ui.widgets import DatePicker, TimePicker


class ShiftForm(forms.Form):
    """When a carer works on a day."""

    carer: "forms.ModelChoiceField[Carer]" = forms.ModelChoiceField(label=_("Carer"), queryset=None)
    date = forms.DateField(label=_("Day"), widget=DatePicker, help_text=_("A night's is the day it begins on."))
    start = forms.TimeField(label=_("From"), widget=TimePicker)
    end = forms.TimeField(
        label=_("Until"), widget=TimePicker, help_text=_("Earlier than the beginning: it ends on the next day.")
    )
    pause_minutes = forms.IntegerField(
        label=_("Break, minutes"), min_value=1, max_value=240, required=False,
        widget=forms.NumberInput(attrs={"class": "input-width-xs"}), help_text=_("Empty: no break."),
    )  # fmt: skip
    pause_earliest = forms.TimeField(label=_("Break from"), widget=TimePicker, required=False)
    pause_latest = forms.TimeField(label=_("Break begins at the latest"), widget=TimePicker, required=False)
    may_run_over = forms.BooleanField(label=_("May run over time"), required=False, initial=True)

    def __init__(self, *args: Any, carers: QuerySet[Carer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["carer"]
        field.queryset = carers

    def write(self, shift: Shift) -> Shift:
        """Put what was entered into the row (not saved); of a valid form."""
        values = self.cleaned_data
        day: date = values["date"]
        start = _instant(day, values["start"])
        shift.carer, shift.date, shift.may_run_over = values["carer"], day, values["may_run_over"]
        shift.start_at, shift.end_at = start, _after(start, day, values["end"])
        shift.pause_minutes = values["pause_minutes"]
        shift.pause_earliest_at, shift.pause_latest_at = (
            None if values[name] is None else _after(start, day, values[name], or_same=True)
            for name in ("pause_earliest", "pause_latest")
        )
        return shift


def as_initial(shift: Shift) -> dict[str, object]:
    """A shift as the form shows it."""
    return {
        "carer": shift.carer_id, "date": shift.date, "may_run_over": shift.may_run_over,
        "start": _clock(shift.start_at), "end": _clock(shift.end_at), "pause_minutes": shift.pause_minutes,
        "pause_earliest": _clock(shift.pause_earliest_at), "pause_latest": _clock(shift.pause_latest_at),
    }  # fmt: skip


class CopyForm(forms.Form):
    """The week to copy the shown one to."""

    target = forms.DateField(
        label=_("To the week of"), widget=DatePicker, help_text=_("Any day of the week. Shifts that are there stay.")
    )


def _instant(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, MUNICIPAL_ZONE).astimezone(UTC)


def _after(start: datetime, day: date, clock: time, *, or_same: bool = False) -> datetime:
    """When the clock shows this, on the day or, where that lies before the beginning, on the next one."""
    found = _instant(day, clock)
    return found if found > start or (or_same and found == start) else _instant(day + timedelta(days=1), clock)


def _clock(at: datetime | None) -> time | None:
    return None if at is None else at.astimezone(MUNICIPAL_ZONE).time()
