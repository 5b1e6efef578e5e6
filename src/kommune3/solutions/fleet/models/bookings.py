# SPDX-License-Identifier: MPL-2.0
"""Vehicles in daily use: who has booked one, where its key is, and what the allocation gained.

Who booked is personal data; ``operations.stripping`` removes it when it has been kept long enough.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.people.models import Person
from kommune3.solutions.fleet.models.vehicles import Base, Vehicle


class BookingState(models.TextChoices):
    """How far a booking has come. REQUESTED waits for a vehicle; UNSERVED: its time came and there was none."""

    REQUESTED = "REQUESTED", _("Waiting for a vehicle")
    ALLOCATED = "ALLOCATED", _("Booked")
    FROZEN = "FROZEN", _("Fixed")
    STARTED = "STARTED", _("Under way")
    RETURNED = "RETURNED", _("Returned")
    CANCELLED = "CANCELLED", _("Cancelled")
    UNSERVED = "UNSERVED", _("No vehicle was free")


WITH_VEHICLE = (BookingState.ALLOCATED, BookingState.FROZEN, BookingState.STARTED, BookingState.RETURNED)
OPEN = (BookingState.REQUESTED, BookingState.ALLOCATED, BookingState.FROZEN, BookingState.STARTED)
MOVABLE = (BookingState.REQUESTED, BookingState.ALLOCATED, BookingState.FROZEN)


class Priority(models.IntegerChoices):
    """Who is served first among those who wait."""

    NORMAL = 0, _("Normal")
    URGENT = 1, _("Urgent")


class Booking(models.Model):
    """A wish for a vehicle from ``base`` and back in [start_at, end_at), for ``km``, and what became of it.

    ``person`` is for whom, ``booked_by`` who booked; both are empty once they have been stripped. ``is_pinned``: the
    vehicle is not changed by itself. ``announced_at``: when the person was told of the present vehicle. ``request_key``
    names the sending of the form, which books once. ``driven_km`` is empty while nobody has told.
    """

    base = models.ForeignKey(Base, on_delete=models.PROTECT, related_name="bookings", verbose_name=_("Base"))
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("For whom")
    )
    booked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    start_at = models.DateTimeField(_("From"))
    end_at = models.DateTimeField(_("Until"))
    km = models.FloatField(_("Expected km"))
    purpose = models.CharField(_("Purpose"), max_length=100, blank=True)
    needs = models.JSONField(_("Fittings"), default=list)
    by_bike = models.BooleanField(_("A bike will do"), default=False)
    priority = models.SmallIntegerField(_("Urgency"), choices=Priority.choices, default=Priority.NORMAL)
    state = models.CharField(_("State"), max_length=10, choices=BookingState.choices, default=BookingState.REQUESTED)
    vehicle = models.ForeignKey(
        Vehicle, on_delete=models.PROTECT, null=True, related_name="bookings", verbose_name=_("Vehicle")
    )
    is_pinned = models.BooleanField(_("Vehicle is fixed"), default=False)
    announced_at = models.DateTimeField(null=True)
    request_key = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    driven_km = models.FloatField(_("Driven km"), null=True)
    charge_per_cent = models.PositiveSmallIntegerField(_("Battery, per cent"), null=True)
    fault = models.CharField(_("Something wrong with the vehicle"), max_length=300, blank=True)
    is_stripped = models.BooleanField(default=False)

    class Meta:
        ordering = ["start_at", "id"]
        constraints = [
            models.CheckConstraint(name="fleet_booking_period", condition=Q(end_at__gt=F("start_at"))),
            models.CheckConstraint(name="fleet_booking_km", condition=Q(km__gte=0)),
            models.CheckConstraint(name="fleet_booking_driven", condition=Q(driven_km=None) | Q(driven_km__gte=0)),
            models.CheckConstraint(
                name="fleet_booking_vehicle",
                condition=Q(state__in=WITH_VEHICLE, vehicle__isnull=False)
                | Q(state__in=[BookingState.REQUESTED, BookingState.UNSERVED], vehicle=None)
                | Q(state=BookingState.CANCELLED),
            ),
            models.CheckConstraint(
                name="fleet_booking_stripped",
                condition=Q(is_stripped=False) | Q(person=None, booked_by=None, purpose="", fault=""),
            ),
            models.UniqueConstraint(
                name="fleet_booking_sent_once", fields=["booked_by", "request_key"], condition=~Q(request_key="")
            ),
        ]
        indexes = [
            models.Index(name="fleet_booking_base_start", fields=["base", "start_at"]),
            models.Index(name="fleet_booking_start", fields=["start_at", "id"]),
            models.Index(name="fleet_booking_end", fields=["state", "end_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.base} {self.start_at:%d-%m-%Y}"


class Whereabouts(models.Model):
    """Where a vehicle's key is fetched and where it is parked, in words."""

    vehicle = models.OneToOneField(Vehicle, on_delete=models.CASCADE, related_name="whereabouts")
    key_place = models.CharField(
        _("Key"), max_length=200, blank=True, help_text=_("For example: key cabinet in the hall, hook 7.")
    )
    parking = models.CharField(
        _("Parking space"), max_length=200, blank=True, help_text=_("For example: behind the town hall, space 12.")
    )


class CalendarFeed(models.Model):
    """A secret address that shows a calendar program one person's bookings: kept as a digest, deleted to revoke it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    last_read_date = models.DateField(null=True)


class DispatchDay(models.Model):
    """What a base's bookings of a day came to: as allocated, by the naive rule, and at best with hindsight.

    The naive rule: in the order made, each booking gets the greenest free vehicle, and nobody is moved. Kroner and kg
    are empty where a rate or a consumption was not known. ``is_proven``: the best is proven to be it.
    """

    base = models.ForeignKey(Base, on_delete=models.CASCADE, related_name="+")
    day = models.DateField(_("Day"))
    bookings = models.PositiveIntegerField(_("Bookings"))
    unserved = models.PositiveIntegerField()
    unserved_naive = models.PositiveIntegerField()
    unserved_best = models.PositiveIntegerField()
    dkk = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    dkk_naive = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    dkk_best = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    kg = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    kg_naive = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    kg_best = models.DecimalField(max_digits=12, decimal_places=3, null=True)
    social_dkk_per_t = models.DecimalField(max_digits=12, decimal_places=5, null=True)
    is_proven = models.BooleanField(default=False)
    counted_at = models.DateTimeField()

    class Meta:
        ordering = ["-day", "base__name"]
        constraints = [models.UniqueConstraint(name="fleet_dispatch_once", fields=["base", "day"])]
