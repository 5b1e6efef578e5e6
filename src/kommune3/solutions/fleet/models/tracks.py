# SPDX-License-Identifier: MPL-2.0
"""Where trips come from: fleet systems, their devices, the legs they deliver, and where vehicles are parked.

A leg has the coordinates of its two ends, so that a parking point can be tried. It is deleted after the days that
``Limit`` says; the round trips made from it have no coordinates and stay.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.people import sealing
from kommune3.solutions.fleet.models.vehicles import Base, Vehicle


class ParkingPoint(models.Model):
    """A place, beside the base's own address, from which its vehicles leave and to which they come back."""

    base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="parking_points")
    name = models.CharField(_("Name"), max_length=100)
    latitude = models.FloatField(_("Latitude"))
    longitude = models.FloatField(_("Longitude"))
    radius_m = models.PositiveIntegerField(_("Radius, metres"), default=200)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["base__name", "name"]
        constraints = [
            models.UniqueConstraint(name="fleet_parking_name", fields=["base", "name"]),
            models.CheckConstraint(
                name="fleet_parking_place",
                condition=Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180)
                & Q(radius_m__gte=10, radius_m__lte=5000),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dialog(self) -> str:
        """The id of the dialog that asks before it is removed."""
        return f"remove-point-{self.pk}"


class SourceKind(models.TextChoices):
    """The fleet systems that can be connected. The values are those of ``adapters.fleetgps``."""

    TRACCAR = "TRACCAR", "Traccar"
    SKYHOST = "SKYHOST", "SkyHost"


class Cadence(models.TextChoices):
    """How often a source is asked of itself."""

    MANUAL = "MANUAL", _("Only when I ask")
    HOURLY = "HOURLY", _("Every hour")
    NIGHTLY = "NIGHTLY", _("Every night")


class GpsSource(models.Model):
    """A fleet system that is asked for legs. ``secret`` is sealed (``kernel.people.sealing``), place
    "fleet_gpssource.secret:<id>".

    ``seen_until``: what was driven before has been fetched; the next question begins a little earlier. ``problem``:
    why the last question failed; empty where it went well.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("Unit"))
    name = models.CharField(_("Name"), max_length=100, unique=True)
    kind = models.CharField(_("Fleet system"), max_length=10, choices=SourceKind.choices)
    address = models.URLField(_("Address"), max_length=300)
    account = models.CharField(_("User name or account"), max_length=200, blank=True)
    secret = models.BinaryField(default=bytes)
    cadence = models.CharField(_("Fetch"), max_length=10, choices=Cadence.choices, default=Cadence.NIGHTLY)
    first_date = models.DateField(_("Fetch trips from"))
    seen_until = models.DateTimeField(null=True)
    problem = models.CharField(max_length=500, blank=True)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="fleet_source_choices", condition=Q(kind__in=SourceKind.values, cadence__in=Cadence.values)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sealing_place(self) -> str:
        """Where the secret is, as sealing binds it."""
        return f"fleet_gpssource.secret:{self.pk}"


sealing.declare(
    "fleet_gpssource.secret",
    sealing.Column("fleet.GpsSource", "secret", place=lambda row: str(row.sealing_place)),
)


class GpsDevice(models.Model):
    """A tracker that a source told of. Without a vehicle its legs are not fetched."""

    source = models.ForeignKey(GpsSource, on_delete=models.CASCADE, related_name="devices")
    key = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    names = models.JSONField(default=list)
    vehicle = models.ForeignKey(Vehicle, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_ignored = models.BooleanField(default=False)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["title", "key"]
        constraints = [models.UniqueConstraint(name="fleet_device_once", fields=["source", "key"])]

    def __str__(self) -> str:
        return self.title


class DeliveryState(models.TextChoices):
    """How far a delivery has come."""

    WAITING = "WAITING", _("Under way")
    DONE = "DONE", _("Fetched")
    FAILED = "FAILED", _("Failed")


class LegDelivery(models.Model):
    """Legs that came in at one time: from a source, or from a track file of one vehicle.

    ``legs_new`` and ``legs_changed`` are what was not there before; ``unreadable`` were left out. ``trips_new`` and
    ``trips_removed``: round trips that this made and unmade.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(GpsSource, on_delete=models.CASCADE, null=True, related_name="deliveries")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, null=True, related_name="+")
    file_name = models.CharField(max_length=200, blank=True)
    stored_file_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    since = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    legs_read = models.PositiveIntegerField(default=0)
    legs_new = models.PositiveIntegerField(default=0)
    legs_changed = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    trips_new = models.PositiveIntegerField(default=0)
    trips_removed = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=500, blank=True)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(name="fleet_delivery_state", condition=Q(state__in=DeliveryState.values)),
            models.CheckConstraint(
                name="fleet_delivery_from", condition=Q(source=None, vehicle__isnull=False) | Q(source__isnull=False)
            ),
        ]


class Leg(models.Model):
    """One movement of a vehicle between two stops, as it was delivered: also where it cannot be right.

    ``start_*``/``end_*``: WGS84 degrees, empty where the tracker had no fix.
    """

    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, related_name="+", db_index=False)
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    km = models.FloatField()
    start_latitude = models.FloatField(null=True)
    start_longitude = models.FloatField(null=True)
    end_latitude = models.FloatField(null=True)
    end_longitude = models.FloatField(null=True)

    class Meta:
        ordering = ["vehicle", "start_at"]
        constraints = [models.UniqueConstraint(name="fleet_leg_once", fields=["vehicle", "start_at"])]
        indexes = [models.Index(name="fleet_leg_end", fields=["end_at"])]
