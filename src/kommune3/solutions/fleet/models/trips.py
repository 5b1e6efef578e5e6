# SPDX-License-Identifier: MPL-2.0
"""Trips, and the imports they come from."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.organisation.models import Unit
from kommune3.solutions.fleet.models.vehicles import Base, Vehicle


class ImportState(models.TextChoices):
    """How far an import has come. Only COMMITTED imports have trips."""

    MAPPING = "MAPPING", _("Waiting for its columns")
    READING = "READING", _("Being read")
    READY = "READY", _("Ready to look through")
    REFUSED = "REFUSED", _("Cannot be read")
    COMMITTED = "COMMITTED", _("Imported")
    DISCARDED = "DISCARDED", _("Discarded")
    UNDONE = "UNDONE", _("Undone")


class TripImport(models.Model):
    """A file with trips: read into staged rows, looked through, then imported as a whole or not at all.

    ``definitions`` are the bases, models and vehicles that an instance file brings along; they are created with the
    import only where ``create_vehicles`` was chosen. ``decimal_separator`` and the like say how the file was read.
    ``reading``: the column mapping it is read with (``importing.mapping``), where the columns have other names.
    ``rows_without_car``: good rows that were kept without their car, since it was on another trip.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    stored_file_id = models.UUIDField(null=True)
    job_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10, choices=ImportState.choices, default=ImportState.READING)
    encoding = models.CharField(max_length=20, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    decimal_separator = models.CharField(max_length=1, blank=True)
    reading = models.JSONField(null=True)
    definitions = models.JSONField(default=dict)
    create_vehicles = models.BooleanField(default=False)
    rows_read = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    rows_without_car = models.PositiveIntegerField(default=0)
    kept_good = models.BooleanField(default=False)
    first_start_at = models.DateTimeField(null=True)
    last_end_at = models.DateTimeField(null=True)
    created_by_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="fleet_import_state", condition=Q(state__in=ImportState.values))]

    def __str__(self) -> str:
        return self.file_name


class TripFields(models.Model):
    """What a trip is: a round trip [start_at, end_at) from a base, for which one vehicle is away.

    ``segments``: [[start, end, km], …] with instants in ISO 8601 UTC. ``needs``: fittings the vehicle must have.
    ``shift``: trips of one shift word are driven by one vehicle. ``soc_start``/``soc_end``: charge in per cent.
    Who drove is never stored.
    """

    external_id = models.CharField(max_length=64, blank=True)
    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, on_delete=models.PROTECT, null=True, related_name="+")
    start_at = models.DateTimeField()
    end_at = models.DateTimeField()
    km = models.FloatField()
    segments = models.JSONField(default=list)
    needs = models.JSONField(default=list)
    shift = models.CharField(max_length=40, blank=True)
    soc_start = models.FloatField(null=True)
    soc_end = models.FloatField(null=True)

    class Meta:
        abstract = True


class Trip(TripFields):
    """A trip that was driven. Trips of one vehicle never overlap: imports see to it under one write lock.

    ``is_prepared``: made from legs (``operations.preparing``), and made anew when they or the parking points change.
    """

    is_prepared = models.BooleanField(default=False, db_default=False)
    trip_import = models.ForeignKey(TripImport, on_delete=models.PROTECT, null=True, related_name="trips")

    class Meta:
        constraints = [
            models.CheckConstraint(name="fleet_trip_period", condition=Q(end_at__gt=F("start_at"))),
            models.CheckConstraint(name="fleet_trip_km_sign", condition=Q(km__gte=0)),
            models.UniqueConstraint(
                name="fleet_trip_one_start", fields=["vehicle", "start_at"], condition=Q(vehicle__isnull=False)
            ),
        ]
        indexes = [
            models.Index(name="fleet_trip_start", fields=["start_at", "id"]),
            models.Index(name="fleet_trip_km", fields=["km", "id"]),
            models.Index(name="fleet_trip_base_start", fields=["base", "start_at", "id"]),
        ]


class StagedTrip(TripFields):
    """A row of a file that has been read but not imported. It is good unless a problem names its line.

    ``new_base`` and ``new_vehicle`` name a definition of the file where the base or vehicle does not exist yet.
    """

    trip_import = models.ForeignKey(TripImport, on_delete=models.CASCADE, related_name="staged", db_index=False)
    line = models.PositiveIntegerField()
    base = models.ForeignKey(  # type: ignore[assignment]  # may have to be created first
        Base, on_delete=models.CASCADE, null=True, related_name="+", db_index=False
    )
    vehicle = models.ForeignKey(Vehicle, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    new_base = models.CharField(max_length=100, blank=True)
    new_vehicle = models.CharField(max_length=64, blank=True)
    is_good = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="fleet_staged_line", fields=["trip_import", "line"])]


class ImportProblem(models.Model):
    """Something in a file that cannot be right. The text is made from ``code`` in the reader's language.

    ``line`` 0 speaks of the file as a whole. ``is_notice``: worth knowing, but keeps nothing back.
    """

    trip_import = models.ForeignKey(TripImport, on_delete=models.CASCADE, related_name="problems", db_index=False)
    line = models.PositiveIntegerField(default=0)
    field = models.CharField(max_length=60, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    detail = models.JSONField(default=dict)
    is_notice = models.BooleanField(default=False)

    class Meta:
        ordering = ["trip_import", "line", "id"]
        indexes = [models.Index(name="fleet_problem_line", fields=["trip_import", "line"])]
