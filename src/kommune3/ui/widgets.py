# SPDX-License-Identifier: MPL-2.0
"""Widgets of the browser itself, which follow the reader's own keyboard and language."""

from django import forms


class DatePicker(forms.DateInput):
    """A day, chosen in the browser's calendar or typed."""

    input_type = "date"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs={"class": "input-width-s", **(attrs or {})}, format="%Y-%m-%d")


class DateTimePicker(forms.DateTimeInput):
    """A day and a time of day in Danish municipal time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs={"class": "input-width-m", **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class TimePicker(forms.TimeInput):
    """A time of day."""

    input_type = "time"

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__(attrs={"class": "input-width-xs", **(attrs or {})}, format="%H:%M")
