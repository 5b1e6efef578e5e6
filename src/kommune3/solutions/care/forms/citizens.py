# SPDX-License-Identifier: MPL-2.0
"""A citizen who gets visits, what has been granted, and how needs hang together."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.forms.registers import PlaceForm, RowForm, initial_place
from kommune3.solutions.care.models import Carer, Citizen, Need, NeedLink, PartOfDay, Service, Team, WishKind
from kommune3.solutions.care.operations.citizens import CitizenValues
from kommune3.ui.cpr_wall import CprField
from kommune3.ui.widgets import DatePicker, TimePicker


class CitizenForm(PlaceForm):
    """Where a citizen lives and what a carer must know."""

    given_name = forms.CharField(label=gettext_lazy("Given name"), max_length=100)
    family_name = forms.CharField(label=gettext_lazy("Family name"), max_length=100)
    phone = forms.CharField(label=gettext_lazy("Telephone"), required=False, max_length=30)
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=None)
    access_seconds = forms.IntegerField(
        label=gettext_lazy("Getting in, seconds"), min_value=0, max_value=3600, initial=0,
        widget=forms.NumberInput(attrs={"class": "input-width-xs"}),
        help_text=gettext_lazy("What each visit takes besides the way itself: parking, stairs, key box."),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("What a carer must know"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Not how to get in: that is kept sealed, on the citizen's page."),
    )  # fmt: skip
    is_active = forms.BooleanField(label=gettext_lazy("Gets visits"), required=False, initial=True)
    cpr = CprField(
        label=gettext_lazy("CPR number"), required=False,
        help_text=gettext_lazy("Finds a citizen who is registered already. Kept sealed."),
    )  # fmt: skip

    field_order = (
        "cpr", "given_name", "family_name", "phone", "team", "street", "postcode", "town", "latitude", "longitude",
        "access_seconds", "note", "is_active",
    )  # fmt: skip

    def __init__(self, *args: Any, teams: QuerySet[Team], citizen: Citizen | None = None, **kwargs: Any) -> None:
        if citizen is not None:
            person = citizen.person
            own = {name: getattr(citizen, name) for name in ("team", "access_seconds", "note", "is_active")}
            named = {name: getattr(person, name) for name in ("given_name", "family_name", "phone")}
            kwargs["initial"] = own | named | initial_place(person.address)
        super().__init__(*args, **kwargs)
        field: Any = self.fields["team"]
        field.queryset = teams
        if len(teams) == 1:
            field.initial = teams[0]
        if citizen is not None:
            del self.fields["cpr"]

    def values(self) -> CitizenValues:
        """What was entered; of a valid form."""
        names = ("team", "given_name", "family_name", "phone", "access_seconds", "note", "is_active")
        return CitizenValues(place=self.place(), **{name: self.cleaned_data[name] for name in names})


class EntryForm(forms.Form):
    """How one gets in."""

    entry = forms.CharField(
        label=gettext_lazy("How to get in"), max_length=200, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as the code of the key box. Kept sealed. Leave it empty to remove what is kept."),
    )  # fmt: skip


class EntryPurposeForm(forms.Form):
    """Why somebody needs to know how to get in."""

    purpose = forms.CharField(
        label=gettext_lazy("Purpose"), min_length=5, max_length=200,
        help_text=gettext_lazy("Why you need it. It is kept on record, and the citizen may see it."),
    )  # fmt: skip


class WishForm(forms.Form):
    """How the citizen stands to a carer."""

    carer: "forms.ModelChoiceField[Carer]" = forms.ModelChoiceField(label=gettext_lazy("Carer"), queryset=None)
    kind = forms.ChoiceField(label=gettext_lazy("Wish"), choices=WishKind.choices)

    def __init__(self, *args: Any, carers: QuerySet[Carer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["carer"]
        field.queryset = carers


class NeedForm(RowForm):
    """A granted service: how often, when in the day, how long, by how many."""

    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Weekdays"), choices=list(WEEKDAYS.items()), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"), min_value=1, max_value=600, required=False,
        widget=forms.NumberInput(attrs={"class": "input-width-xs"}),
        help_text=gettext_lazy("Empty: the service's usual minutes."),
    )  # fmt: skip
    earliest = forms.TimeField(label=gettext_lazy("Begins at the earliest"), widget=TimePicker, required=False)
    latest = forms.TimeField(label=gettext_lazy("Begins at the latest"), widget=TimePicker, required=False)
    carers = forms.TypedChoiceField(
        label=gettext_lazy("Carers at once"), coerce=int, initial=1, widget=forms.RadioSelect,
        choices=[(1, gettext_lazy("One")), (2, gettext_lazy("Two, at the same time"))],
    )  # fmt: skip

    class Meta:
        model = Need
        fields = [
            "service", "channel", "valid_from", "valid_to", "weekdays", "every_weeks", "part_of_day", "earliest",
            "latest", "is_strict", "minutes", "carers", "priority", "tasks",
        ]  # fmt: skip
        widgets = {
            "valid_from": DatePicker,
            "valid_to": DatePicker,
            "every_weeks": forms.NumberInput(attrs={"class": "input-width-xs"}),
            "tasks": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "every_weeks": gettext_lazy("1 is every week. Counted from the week in which the need begins."),
            "is_strict": gettext_lazy(
                "Outside its window the visit is not made at all, such as insulin before breakfast."
            ),
        }

    def __init__(
        self, *args: Any, services: QuerySet[Service], usual: Mapping[str, tuple[time, time]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.usual = usual
        field: Any = self.fields["service"]
        field.queryset = services
        if usual:
            told = "; ".join(
                f"{PartOfDay(part).label} {usual[part][0]:%H:%M}–{usual[part][1]:%H:%M}"
                for part in PartOfDay.values
                if part in usual
            )
            self.fields["part_of_day"].help_text = _(
                "Leave the times empty to take those that most of the team's needs have: %(windows)s."
            ) % {"windows": told}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("minutes") is None and "minutes" not in self.errors and values.get("service") is not None:
            values["minutes"] = values["service"].minutes
        if values.get("earliest") is None and values.get("latest") is None and not self._timed_wrongly():
            window = self.usual.get(values.get("part_of_day") or "")
            if window is None:
                self.add_error(
                    "earliest", _("Give both times: no other need of the team has this part of the day yet.")
                )
            else:
                values["earliest"], values["latest"] = window
        elif (values.get("earliest") is None or values.get("latest") is None) and not self._timed_wrongly():
            self.add_error("latest", _("Give both times, or neither."))
        return values

    def _timed_wrongly(self) -> bool:
        return bool({"earliest", "latest"} & set(self.errors))


class LinkForm(RowForm):
    """Two needs of a citizen that hang together."""

    class Meta:
        model = NeedLink
        fields = ["first", "second", "least_minutes", "most_minutes", "by"]
        labels = {"first": gettext_lazy("First"), "second": gettext_lazy("Then")}
        widgets = {
            name: forms.NumberInput(attrs={"class": "input-width-xs"}) for name in ("least_minutes", "most_minutes")
        }
        help_texts = {"least_minutes": gettext_lazy("From the start of the first to the start of the second.")}

    def __init__(self, *args: Any, needs: QuerySet[Need], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.queryset = needs
            field.label_from_instance = need_name


def need_name(need: Need) -> str:
    """A need in a few words: the service and when in the day."""
    return f"{need.service.title}, {need.earliest:%H:%M}–{need.latest:%H:%M}"
