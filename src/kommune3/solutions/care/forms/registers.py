# SPDX-License-Identifier: MPL-2.0
"""Teams, carers, services and weights. What cannot stand is told by the operations, the same as to files."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.competences.models import Competence
from kommune3.kernel.people.models import Person
from kommune3.kernel.places.models import Address
from kommune3.solutions.care.models import Carer, Service, Team, WeightSet
from kommune3.solutions.care.operations.addresses import Place
from kommune3.ui.widgets import DatePicker

EDIT = "care.needs.edit"
PLACE_FIELDS = ("street", "postcode", "town", "latitude", "longitude")


class RowForm(forms.ModelForm[Any]):
    """A form of a row whose rules are the operation's: the database's own words of a constraint are for nobody."""

    def validate_unique(self) -> None:
        """Told by the operation."""

    def _update_errors(self, errors: ValidationError) -> None:
        errors.error_dict.pop(NON_FIELD_ERRORS, None)
        super()._update_errors(errors)  # type: ignore[misc]


class PlaceForm(forms.Form):
    """An address with its coordinates."""

    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=200, required=False)
    postcode = forms.RegexField(r"^\d{4}$", label=gettext_lazy("Postcode"), required=False)
    town = forms.CharField(label=gettext_lazy("Town"), max_length=100, required=False)
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"), min_value=-90, max_value=90, required=False,
        help_text=gettext_lazy("Degrees, for the map: 56.4158"),
    )  # fmt: skip
    longitude = forms.FloatField(
        label=gettext_lazy("Longitude"), min_value=-180, max_value=180, required=False,
        help_text=gettext_lazy("Degrees, for the map: 10.8783"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if (values.get("latitude") is None) != (values.get("longitude") is None):
            self.add_error("longitude", _("Give both latitude and longitude, or neither."))
        given = [name for name in ("street", "postcode", "town") if values.get(name)]
        if given and len(given) < 3 and not {"street", "postcode", "town"} & set(self.errors):
            self.add_error("street", _("Give street, postcode and town, or none of them."))
        return values

    def place(self) -> Place:
        """What was entered; of a valid form."""
        return Place(**{name: self.cleaned_data[name] for name in PLACE_FIELDS})


def initial_place(address: Address | None) -> dict[str, Any]:
    """An address as :class:`PlaceForm` shows it."""
    return {name: getattr(address, name) for name in PLACE_FIELDS} if address is not None else {}


class TeamForm(PlaceForm, RowForm):
    """A team and its base."""

    field_order = ("name", "unit", "street", "postcode", "town", "latitude", "longitude", "is_active")

    class Meta:
        model = Team
        fields = ["name", "unit", "is_active"]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = reach.units(actor, EDIT).order_by("name")  # type: ignore[attr-defined]
        self.fields["street"].label = _("Base: street and number")
        self.initial.update(initial_place(self.instance.address))


class CarerForm(RowForm):
    """An employee who makes visits."""

    class Meta:
        model = Carer
        fields = ["person", "team", "mode", "starts_from_home", "is_active"]

    def __init__(self, *args: Any, teams: QuerySet[Team], people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams
        if len(teams) == 1:
            fields["team"].initial = teams[0]
        if self.instance.pk is None:
            fields["person"].queryset = people
        else:
            del self.fields["person"]
        fields["starts_from_home"].help_text = _("The way is counted from the employee's own address.")


class ServiceForm(RowForm):
    """An entry of the catalogue of services."""

    competences: "forms.ModelMultipleChoiceField[Competence]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Competences"), queryset=None, to_field_name="code", required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("The carer must have all of them on the day of the visit."),
    )  # fmt: skip

    class Meta:
        model = Service
        fields = ["code", "title", "fs_code", "minutes", "is_active"]
        help_texts = {"fs_code": gettext_lazy("Fælles Sprog III, as KL lists it. Empty where there is none.")}

    field_order = ("code", "title", "fs_code", "minutes", "competences", "is_active")

    def __init__(self, *args: Any, competences: QuerySet[Competence], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["competences"]
        field.queryset = competences
        self.initial["competences"] = self.instance.competences
        unknown = sorted(set(self.instance.competences) - {each.code for each in competences})
        self.kept = unknown
        if unknown:
            field.help_text = _("Also asked for, and not in the catalogue of competences: %(codes)s.") % {
                "codes": ", ".join(unknown)
            }

    def codes(self) -> list[str]:
        """The codes of what was chosen; codes that the catalogue does not know stay, so that nothing falls away."""
        return sorted({each.code for each in self.cleaned_data["competences"]} | set(self.kept))


class WeightsForm(RowForm):
    """What a plan weighs, in points."""

    class Meta:
        model = WeightSet
        exclude = ["set_by_name", "set_at"]
        widgets = {"valid_from": DatePicker}
        help_texts = {
            "source": gettext_lazy("Such as the committee's meeting and item, or who decided it and when."),
            "travel_minute": gettext_lazy(
                "All weights are points, held against each other. A minute of travel is the measure."
            ),
        }
