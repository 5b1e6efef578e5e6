# SPDX-License-Identifier: MPL-2.0
"""What is asked about fleet systems, track files and parking points."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet.models import GpsDevice, GpsSource, Vehicle
from kommune3.ui.widgets import DatePicker

SOURCES = "fleet.sources.edit"
IMPORT = "fleet.trips.import"
IGNORED = "ignored"


class PeriodForm(forms.Form):
    """The days that figures are shown for."""

    first_day = forms.DateField(label=_("First day"), widget=DatePicker)
    last_day = forms.DateField(label=_("Last day"), widget=DatePicker)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first_day"), values.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day comes before the first."))
        if isinstance(first, date) and isinstance(last, date) and (last - first).days > 366:
            self.add_error("last_day", _("Choose at most a year."))
        return values


class PointForm(forms.Form):
    """A parking point: by coordinates, by an address that is known here, or by a click on the map."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("For example the street, or what is there."))
    address: "forms.ModelChoiceField[Address]" = forms.ModelChoiceField(
        label=_("Address known here"), queryset=Address.objects.none(), required=False,
        help_text=_("Instead of coordinates."),
    )  # fmt: skip
    latitude = forms.FloatField(
        label=_("Latitude"), min_value=-90, max_value=90, required=False,
        help_text=_("Degrees, such as 56.4158. A click on the map fills it in."),
    )  # fmt: skip
    longitude = forms.FloatField(
        label=_("Longitude"), min_value=-180, max_value=180, required=False, help_text=_("Degrees, such as 10.8783.")
    )
    radius_m = forms.IntegerField(
        label=_("Radius, metres"), min_value=10, max_value=5000, initial=200,
        help_text=_("Vehicles that stop within it are at the base."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        placed = Address.objects.filter(latitude__isnull=False, longitude__isnull=False).order_by("town", "street")
        self.fields["address"].queryset = placed  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        address = values.get("address")
        if address is not None and values.get("latitude") is None:
            values["latitude"], values["longitude"] = address.latitude, address.longitude
        if values.get("latitude") is None or values.get("longitude") is None:
            self.add_error("latitude", _("Give both latitude and longitude, or choose an address."))
        elif abs(values["latitude"]) < 0.001 and abs(values["longitude"]) < 0.001:
            self.add_error("latitude", _("0, 0 is what trackers say when they do not know where they are."))
        return values


class SourceForm(forms.ModelForm[GpsSource]):
    """A fleet system."""

    secret = forms.CharField(
        label=_("Password or key"), required=False, max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Kept sealed and never shown. Empty: the one that is kept."),
    )  # fmt: skip

    class Meta:
        model = GpsSource
        fields = ["name", "unit", "kind", "address", "account", "cadence", "first_date"]
        widgets = {"first_date": DatePicker}
        help_texts = {
            "unit": _("Its leaders and fleet managers see what is fetched."),
            "address": _(
                "Traccar: where you log in, such as https://traccar.example.dk. SkyHost: https://api.skyhost.dk"
            ),
            "account": _("Traccar: the user name; empty with an access token. SkyHost: the account number."),
            "first_date": _("The first time, trips from this day on are fetched."),
        }

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = reach.units(actor, SOURCES).order_by("name")  # type: ignore[attr-defined]
        self.order_fields(["name", "unit", "kind", "address", "account", "secret", "cadence", "first_date"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("secret") and not self.instance.secret:
            self.add_error("secret", _("Give the password or key."))
        if values.get("kind") == "SKYHOST" and not values.get("account"):
            self.add_error("account", _("SkyHost needs the account number."))
        return values


class DevicesForm(forms.Form):
    """Which vehicle each device is in."""

    def __init__(self, *args: Any, actor: Actor, source: GpsSource, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vehicles = reach.visible(actor, Vehicle, action=SOURCES).order_by("registration")
        names = [(str(pk), registration) for pk, registration in vehicles.values_list("pk", "registration")]
        self.devices: list[GpsDevice] = list(source.devices.select_related("vehicle"))
        for device in self.devices:
            self.fields[f"device_{device.pk}"] = forms.ChoiceField(
                label=device.title, required=False,
                choices=[("", _("None yet")), (IGNORED, _("None: not one of ours")), *names],
                initial=IGNORED if device.is_ignored else str(device.vehicle_id or ""),
            )  # fmt: skip

    def rows(self) -> list[tuple[Any, GpsDevice]]:
        """The select and the device of each line."""
        return [(self[f"device_{device.pk}"], device) for device in self.devices]

    def chosen(self) -> tuple[dict[int, int | None], list[int]]:
        """Device -> vehicle, and the devices that are to be ignored; the form must be valid."""
        vehicles: dict[int, int | None] = {}
        ignored = []
        for device in self.devices:
            value = self.cleaned_data[f"device_{device.pk}"]
            vehicles[device.pk] = int(value) if value.isdecimal() else None
            if value == IGNORED:
                ignored.append(device.pk)
        return vehicles, ignored


class TrackForm(forms.Form):
    """A track file of one vehicle."""

    vehicle: "forms.ModelChoiceField[Vehicle]" = forms.ModelChoiceField(
        label=_("Vehicle"), queryset=Vehicle.objects.none(), empty_label=_("Choose the vehicle")
    )
    file = forms.FileField(label=_("Track file (GPX)"), help_text=_("With the time of each point, at most 50 MB."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["vehicle"].queryset = reach.visible(actor, Vehicle, action=IMPORT)  # type: ignore[attr-defined]
