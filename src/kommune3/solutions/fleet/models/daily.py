# SPDX-License-Identifier: MPL-2.0
"""What was driven, day by day: sums of trips that dashboards read instead of the trips themselves.

``counting`` makes them from the trips, ``operations.daily`` keeps them exact. Days are municipal (Europe/Copenhagen). A
trip across midnight gives each day its share of km, by its segments where it has them, else by time.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.models.vehicles import Base, Kind, VehicleModel

BANDS_KM = (2, 5, 10, 15, 25, 50, 100)
"""Where one band of trip lengths ends and the next begins; the last band has no end. 15 km is the longest bike trip."""
BANDS = tuple(f"band_{number}" for number in range(len(BANDS_KM) + 1))
HOURS = range(24)
SECONDS = tuple(f"seconds_{hour:02}" for hour in HOURS)
VEHICLES = tuple(f"vehicles_{hour:02}" for hour in HOURS)
ALL_KINDS = ""


class DailyUse(models.Model):
    """What the vehicles of one model drove from a base on a day; no model: trips whose vehicle nobody knows.

    ``trips`` and the bands count trips that began on the day, ``underway`` every trip that was out at some time of it;
    ``vehicles``: different vehicles that were out (1 for all unknown together).
    """

    day = models.DateField(_("Day"))
    base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+", db_index=False)
    model = models.ForeignKey(VehicleModel, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
    trips = models.PositiveIntegerField(_("Trips"))
    underway = models.PositiveIntegerField()
    vehicles = models.PositiveIntegerField(_("Vehicles"))
    metres = models.PositiveBigIntegerField()
    away_seconds = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="fleet_daily_once", fields=["day", "base", "model"]),
            models.UniqueConstraint(name="fleet_daily_unknown", fields=["day", "base"], condition=Q(model=None)),
        ]
        indexes = [models.Index(name="fleet_daily_base", fields=["base", "day"])]


for _band in BANDS:
    DailyUse.add_to_class(_band, models.PositiveIntegerField(default=0))


class HourlyUse(models.Model):
    """How a base's vehicles of one type, or of all types (:data:`ALL_KINDS`), were out through a day.

    ``peak``: most vehicles out at one instant. For each hour of the clock: ``seconds_hh`` that vehicles were out, added
    up, and ``vehicles_hh`` that were out at some time of it. The hour that comes twice in autumn has up to 7 200 s.
    """

    day = models.DateField(_("Day"))
    base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=[(ALL_KINDS, _("All")), *Kind.choices], blank=True)
    vehicles = models.PositiveIntegerField()
    peak = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="fleet_hourly_once", fields=["kind", "day", "base"])]
        indexes = [models.Index(name="fleet_hourly_base", fields=["base", "day"])]


for _name in (*SECONDS, *VEHICLES):
    HourlyUse.add_to_class(_name, models.PositiveIntegerField(default=0))


class Recount(models.Model):
    """Days [first_day, end_day) of a base whose sums must be made anew, since its trips have changed."""

    base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+")
    first_day = models.DateField()
    end_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="fleet_recount_period", condition=Q(end_day__gt=F("first_day"))),
        ]


class Purge(models.Model):
    """Trips that began before ``before_date`` were deleted, since they were older than trips are kept.

    The daily sums before that day stay as they are: there is nothing left to count them from.
    """

    before_date = models.DateField()
    trips = models.PositiveIntegerField()
    small_sums = models.PositiveIntegerField(default=0)
    purged_at = models.DateTimeField()

    class Meta:
        ordering = ["-before_date"]
