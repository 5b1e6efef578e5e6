# SPDX-License-Identifier: MPL-2.0
"""Booking a vehicle, and bringing it back. Times are those of the clock in the town hall."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.kernel.people.models import Person
from kommune3.solutions.fleet.models import Base, Booking, Priority, Whereabouts
from kommune3.solutions.fleet.operations.bookings import Wish
from kommune3.ui.widgets import DatePicker, TimePicker

QUARTER = timedelta(minutes=15)
USUAL = timedelta(hours=2)


class BookingForm(forms.Form):
    """When, how long, from where, how far, and what is needed."""

    day = forms.DateField(label=_("Day"), widget=DatePicker)
    start = forms.TimeField(label=_("From"), widget=TimePicker)
    end = forms.TimeField(label=_("Until"), widget=TimePicker)
    end_day = forms.DateField(
        label=_("Last day"), widget=DatePicker, required=False,
        help_text=_("Only where you come back on another day."),
    )  # fmt: skip
    base: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(label=_("From which base"), queryset=None)
    km = forms.DecimalField(
        label=_("Km in all"), min_value=0, max_value=4999, max_digits=5, decimal_places=1,
        help_text=_("There and back, about. Used to find a vehicle whose battery lasts."),
    )  # fmt: skip
    by_bike = forms.BooleanField(
        label=_("A bike will do"), required=False, help_text=_("For short trips in daytime. Otherwise you get a car.")
    )
    needs = forms.MultipleChoiceField(
        label=_("The vehicle must have"), required=False, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(
        label=_("Purpose"), max_length=100, required=False,
        help_text=_("If you like, for example: meeting in Aarhus. No names or addresses of citizens."),
    )  # fmt: skip
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label=_("For whom"), queryset=None, required=False, empty_label=_("Myself")
    )
    priority = forms.TypedChoiceField(
        label=_("Urgency"), choices=Priority.choices, coerce=int, required=False, initial=Priority.NORMAL,
        help_text=_("Urgent ones go first among those who wait for a vehicle."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, bases: Sequence[Base], fittings: Sequence[str], people: QuerySet[Person] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        base: Any = self.fields["base"]
        base.queryset = Base.objects.filter(pk__in=[each.pk for each in bases])
        if len(bases) == 1:
            base.initial, base.empty_label = bases[0], None
        needs: Any = self.fields["needs"]
        needs.choices = [(word, word) for word in fittings]
        if not fittings:
            del self.fields["needs"]
        if people is None:
            del self.fields["person"], self.fields["priority"]
        else:
            person: Any = self.fields["person"]
            person.queryset = people

    def wish(self) -> Wish:
        """What was asked for; of a valid form."""
        values = self.cleaned_data
        start = datetime.combine(values["day"], values["start"], MUNICIPAL_ZONE)
        end = datetime.combine(values.get("end_day") or values["day"], values["end"], MUNICIPAL_ZONE)
        return Wish(
            base=values["base"], start_at=start.astimezone(UTC), end_at=end.astimezone(UTC), km=float(values["km"]),
            needs=list(values.get("needs") or []), by_bike=values["by_bike"],
            purpose=values["purpose"], priority=values.get("priority") or Priority.NORMAL, person=values.get("person"),
        )  # fmt: skip


def beginning(now: datetime, *, day: date | None = None) -> dict[str, object]:
    """What the form holds when it is opened: the next quarter of an hour, for two hours."""
    local = now.astimezone(MUNICIPAL_ZONE)
    start = (local + QUARTER).replace(minute=(local + QUARTER).minute // 15 * 15, second=0, microsecond=0)
    if day is not None and day != start.date():
        start = datetime.combine(day, start.replace(hour=9, minute=0).time(), MUNICIPAL_ZONE)
    return {"day": start.date(), "start": start.time(), "end": (start + USUAL).time()}


def as_initial(row: Booking) -> dict[str, object]:
    """A booking as the form shows it."""
    start, end = row.start_at.astimezone(MUNICIPAL_ZONE), row.end_at.astimezone(MUNICIPAL_ZONE)
    return {
        "day": start.date(), "start": start.time(), "end": end.time(),
        "end_day": end.date() if end.date() != start.date() else None,
        "base": row.base_id, "km": row.km, "by_bike": row.by_bike, "needs": row.needs, "purpose": row.purpose,
        "person": row.person_id, "priority": row.priority,
    }  # fmt: skip


class ReturnForm(forms.Form):
    """What is told when the vehicle is back. All may be left empty."""

    driven_km = forms.DecimalField(
        label=_("Km driven"), min_value=0, max_value=9999, max_digits=6, decimal_places=1, required=False
    )
    odometer_km = forms.IntegerField(
        label=_("The odometer shows"), min_value=0, max_value=9_999_999, required=False, help_text=_("In whole km.")
    )
    charge_per_cent = forms.IntegerField(
        label=_("Battery, per cent"), min_value=0, max_value=100, required=False, help_text=_("Of an electric car.")
    )
    fault = forms.CharField(
        label=_("Is something wrong with the vehicle?"), max_length=300, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The fleet managers are told. Leave empty if all is well."),
    )  # fmt: skip


class WhereaboutsForm(forms.ModelForm[Whereabouts]):
    """Where a vehicle's key and the vehicle itself are found."""

    class Meta:
        model = Whereabouts
        fields = ["key_place", "parking"]
