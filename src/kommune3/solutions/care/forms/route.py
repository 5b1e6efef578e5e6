# SPDX-License-Identifier: MPL-2.0
"""What a carer tells of a visit, and why the way in is looked up. Field by field as the phone sends it."""

from datetime import UTC, datetime

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.models import Report

MINUTES = (5, 10, 15, 20, 30, 45, 60, 90)
LONGEST_REASON = 60

NOT_MADE = (
    ("not_home", gettext_lazy("The citizen was not at home")),
    ("declined", gettext_lazy("The citizen declined")),
    ("hospital", gettext_lazy("The citizen is in hospital")),
    ("no_way_in", gettext_lazy("I could not get in")),
    ("no_time", gettext_lazy("There was no time")),
    ("other", gettext_lazy("Something else")),
)
"""Why a visit was not made. None of them tells of an illness."""

PURPOSES = (
    ("visit", gettext_lazy("I stand at the door to make the visit")),
    ("no_answer", gettext_lazy("The citizen does not open")),
    ("alarm", gettext_lazy("An alarm or something else that cannot wait")),
)


class InstantField(forms.IntegerField):
    """An instant in milliseconds since 1970 (UTC), as a browser tells it."""

    def clean(self, value: object) -> datetime | None:
        number = super().clean(value)
        if number is None:
            return None
        try:
            return datetime.fromtimestamp(number / 1000, UTC)
        except (OverflowError, OSError, ValueError):
            raise ValidationError(_("That is no instant.")) from None


class ReportForm(forms.Form):
    """One report. ``reason`` is a choice that is written before the text."""

    kind = forms.ChoiceField(choices=Report.Kind.choices)
    request_key = forms.CharField(max_length=64)
    said_at = InstantField(required=False)
    sent_at = InstantField(required=False)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=720)
    reason = forms.ChoiceField(choices=NOT_MADE, required=False)
    text = forms.CharField(required=False, max_length=300 - LONGEST_REASON)

    def told(self) -> dict[str, object]:
        """What ``operations.reports.tell`` takes; only after the form is valid."""
        given = dict(self.cleaned_data)
        reason = _in_our_language(dict(NOT_MADE).get(given.pop("reason"), ""))
        given["text"] = ": ".join(part for part in (reason, given["text"].strip()) if part)
        return given


class PurposeForm(forms.Form):
    """What the way in is needed for. It stands on record, and the citizen can see it."""

    purpose = forms.ChoiceField(
        label=gettext_lazy("What do you need it for?"), choices=PURPOSES, widget=forms.RadioSelect, initial="visit",
        help_text=gettext_lazy("It is put on record that you looked, when and what for. The citizen can see it."),
    )  # fmt: skip

    def said(self) -> str:
        """The purpose as it is put on record."""
        return _in_our_language(dict(PURPOSES)[self.cleaned_data["purpose"]])


def _in_our_language(text: object) -> str:
    """What is kept is in the municipality's language, whichever the carer reads the page in."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(text)
