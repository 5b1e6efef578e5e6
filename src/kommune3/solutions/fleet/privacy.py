# SPDX-License-Identifier: MPL-2.0
"""What the fleet solution keeps about people: the record of processing activities (GDPR article 30).

Trips are not tied to a person, but a vehicle, its times and a rota together tell where somebody was. They are therefore
treated as personal data: no coordinates, no driver, no ranking of drivers.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock
from kommune3.kernel.inventory import Record, Rule, Way, Whose, grounds, not_personal, record, rule
from kommune3.solutions.fleet import fetching, keeping, nightly
from kommune3.solutions.fleet.models import Booking, Leg, LimitKind, Trip
from kommune3.solutions.fleet.operations import purging
from kommune3.solutions.fleet.queries import limits

_RUNNING = _("Running the municipality's vehicles economically.")
_READERS = _("Holders of the right fleet.read in the unit or above.")
_NOBODY_NAMED = _("No name stands in the rows; a person's cannot be told from others'.")


def _line(model: str, **more: Any) -> None:
    """A line with what is the same throughout the solution."""
    record(
        Record(
            model=model,
            **{
                "purpose": _RUNNING,
                "basis": grounds.PUBLIC_TASK,
                "seen_by": _READERS,
                "about": (Whose.EMPLOYEE,),
                "way": Way.ANONYMISE,
                "kept": grounds.AS_LONG_AS_THE_ROW,
                **more,
            },
        )
    )


_UNNAMED: dict[str, Any] = {"way": Way.KEEP, "reason": _NOBODY_NAMED, "about": (Whose.DRIVER,)}

_line(
    "fleet.Trip",
    **_UNNAMED,
    what=_("Vehicle, base, start, end and km of a round trip; its segments' times without places."),
    fields=("base", "vehicle", "start_at", "end_at", "km"),
    kept=_("The months that the municipality has decided under Limits; until then, until the import is undone."),
    beside={"segments": "times and km of the trip's parts", "needs": "fittings"},
)
_line(
    "fleet.Leg",
    **{**_UNNAMED, "about": (Whose.DRIVER, Whose.CITIZEN)},
    what=_("A movement of a vehicle between two stops: times, km and the coordinates of both ends, not the way."),
    fields=("vehicle", "start_at", "end_at", "start_latitude", "start_longitude", "end_latitude", "end_longitude"),
    purpose=_("Telling which driving is a round trip, and trying parking points."),
    seen_by=_("Nobody sees single movements; figures and frequent stops are seen by those who may edit vehicles."),
    kept=_(
        "The days decided under Limits, 90 to begin with; then deleted every night. The trips stay, without places."
    ),
)
_line(
    "fleet.StagedTrip",
    **_UNNAMED,
    what=_("The same, read from a file but not imported; and lines with faults as fleet.ImportProblem."),
    fields=("base", "vehicle", "start_at", "end_at", "km"),
    kept=_("Until the import is committed or discarded; problems stay with the import's history."),
    beside={
        "segments": "times and km of the trip's parts",
        "needs": "fittings",
        "new_base": "a base",
        "new_vehicle": "a vehicle",
    },
)
_line(
    "fleet.ImportProblem",
    **_UNNAMED,
    what=_("What a faulty line of a file held. It may hold whatever the file held."),
    fields=("line", "field", "value", "detail"),
    kept=_("Until the import is committed or discarded; problems stay with the import's history."),
)
_line(
    "fleet.DailyUse",
    **_UNNAMED,
    what=_("Sums of a day's trips by base and model: trips, vehicles, km and hours (fleet.HourlyUse: by the hour)."),
    fields=("day", "base", "model", "trips", "vehicles"),
    seen_by=_("Holders of the right fleet.read in the base's unit or above, as dashboards and daily figures."),
    kept=_("Without limit; when the trips of a day are deleted, sums built on few vehicles or trips are deleted too."),
)
_line(
    "fleet.UnservedTrip",
    **_UNNAMED,
    what=_("Which trips found no vehicle in a trial."),
    fields=("trip",),
    kept=_("Until the trial is deleted; its trips go with their import."),
)
_line(
    "fleet.Assignment",
    **_UNNAMED,
    what=_("Which trip an optimisation gave to which vehicle of its plan."),
    fields=("trip",),
    kept=_("As long as the import or run is kept."),
)
_line(
    "fleet.Vehicle",
    **_UNNAMED,
    what=_("Notes on a vehicle. Others than its users only where somebody writes them into a note."),
    fields=("notes",),
    beside={"external_id": "the vehicle's number", "equipment": "fittings", "supplier": "a firm"},
)
_line("fleet.ServiceWindow", **_UNNAMED, what=_("Why a vehicle was out of use, in words."), fields=("note",))
_line(
    "fleet.RegisterLine",
    **_UNNAMED,
    what=_("A line of a register file. It may hold whatever the file held."),
    fields=("values", "changes", "faults"),
    beside={"name": "a vehicle or model"},
)
_line(
    "fleet.GpsDevice",
    **_UNNAMED,
    what=_("A tracker's number and name in the fleet system, and its vehicle; fleet.GpsSource: a sealed login."),
    fields=("title", "names", "seen_at"),
    seen_by=_("Holders of the right fleet.sources.edit in the fleet system's unit or above."),
    kept=_("Until the fleet system is removed."),
)

_BY = _("Name of who made or imported it.")
_MAKER: dict[str, Any] = {"what": _BY, "purpose": _("To account for decisions."), "basis": grounds.ACCOUNTABILITY}


def _made_by(model: str, *others: str, name: str = "created_by_name", at: str = "created_at", **more: Any) -> None:
    """A line of a model that says who made the row. ``others``: further fields with names."""
    _line(model, **{**_MAKER, "fields": (name, *others, *([at] if at else [])), "names": (name, *others), **more})


_made_by(
    "fleet.TripImport",
    beside={
        "file_name": "redacted where it names somebody",
        "encoding": "of the file",
        "delimiter": "of the file",
        "reading": "how columns are read",
        "definitions": "bases and vehicles of the file",
    },
)
_made_by(
    "fleet.Run",
    "accepted_by_name",
    what=_("Name of who imported, and of who started or accepted an optimisation (fleet.Run)."),
    kept=_("As long as the import or run is kept."),
    beside=dict.fromkeys(
        (
            "title",
            "note",
            "locked_vehicles",
            "pools_used",
            "bike_rules",
            "rates_used",
            "unknown_figures",
            "violations",
            "obstacle",
        ),
        "figures and identifiers of the optimisation",
    ),
)
_made_by(
    "fleet.Trial",
    what=_("Name of who started a trial, and which trips found no vehicle in it (fleet.UnservedTrip)."),
    kept=_("Until the trial is deleted; its trips go with their import."),
    beside=dict.fromkeys(("title", "settings", "result", "rates_used", "unknown_figures"), "figures of the trial"),
)
_made_by(
    "fleet.RegisterImport",
    beside={"file_name": "redacted where it names somebody", "notices": "what the file says of itself"},
)
_made_by("fleet.PriceFile", name="imported_by_name", at="", beside={"name": "of the file"})
_made_by("fleet.ColumnMapping", beside={"name": "of the mapping", "reading": "how columns are read"})
_made_by(
    "fleet.ParkingPoint",
    beside={"name": "of the place", "latitude": "of a parking place", "longitude": "of a parking place"},
)
_made_by(
    "fleet.GpsSource",
    beside={
        "name": "of the fleet system",
        "address": "of the fleet system",
        "account": "the municipality's own login there",
    },
)
_made_by("fleet.LegDelivery", beside={"file_name": "redacted where it names somebody"})
_made_by(
    "fleet.Change",
    name="by_name",
    at="at",
    what=_(
        "Name of who changed a vehicle, model, base, charger or rate, with the value before and after; and notes "
        "on vehicles."
    ),
    beside={
        "field": "which field",
        "old": "redacted where it names somebody",
        "new": "redacted where it names somebody",
    },
)

_line(
    "fleet.Booking",
    what=_("Who booked a vehicle, when, from where, how far, and what for where the person wrote it."),
    fields=(
        "base",
        "person",
        "booked_by",
        "start_at",
        "end_at",
        "km",
        "purpose",
        "state",
        "vehicle",
        "driven_km",
        "fault",
    ),
    purpose=_("Lending the municipality's vehicles and finding who had one."),
    seen_by=_("The person; holders of the right fleet.bookings.manage in the base's unit or above."),
    kept=_("Person and purpose: the days decided under Limits, 365 to begin with. Then times, km and vehicle remain."),
    person=("person", "booked_by"),
    emptied={"purpose": "", "fault": "", "request_key": ""},
    beside={"needs": "fittings", "request_key": "a random key"},
)
_line(
    "fleet.CalendarFeed",
    what=_("That an employee has a secret address for a calendar program, and the day it was last read."),
    fields=("created_at", "last_read_date"),
    purpose=_("Lending the municipality's vehicles and finding who had one."),
    seen_by=_("The person. Whoever has the address sees the person's bookings."),
    kept=_("Until the person revokes it or makes a new one."),
    way=Way.DELETE,
    person=("person",),
    beside={"digest": "a digest"},
)

_FIGURES = "figures of an optimisation or trial"
_VEHICLES = "about vehicles and places, not people"
not_personal(
    {
        f"fleet.{name}": _FIGURES
        for name in (
            "Run_bases",
            "RunCandidate",
            "RunPart",
            "Plan",
            "PlanCount",
            "PlanVehicle",
            "PlanCharge",
            "BaseWitness",
            "TrialWeek",
            "TrialPlan",
            "TrialPlanCount",
            "WeekTried",
        )
    }
    | {
        f"fleet.{name}": _VEHICLES
        for name in (
            "Base",
            "VehicleModel",
            "Whereabouts",
            "Stay",
            "OdometerReading",
            "Charger",
            "Pool",
            "PoolBase",
            "PoolWay",
        )
    }
    | {
        f"fleet.{name}": "rates, prices and limits"
        for name in ("RateSet", "Rate", "SpotPrice", "EnergyTariff", "Limit", "Target")
    }
    | {f"fleet.{name}": "sums and days" for name in ("DispatchDay", "HourlyUse", "Recount", "Purge")}
)


# --- How long --------------------------------------------------------------------------------------------------------


def _trip_days(on: date) -> int | None:
    """Days back to the first of the month from which trips are kept on a day."""
    before = purging.due_date(now=clock.day_bounds(on)[0])
    return None if before is None else (on - before).days


def _trips_due(at: datetime) -> QuerySet[Any]:
    before = purging.due_date(now=at)
    return Trip.objects.none() if before is None else Trip.objects.filter(end_at__lte=clock.day_bounds(before)[0])


def _leg_days(on: date) -> int | None:
    return limits.value_of(LimitKind.LEGS_DAYS, on=on)


def _legs_due(at: datetime) -> QuerySet[Any]:
    today = clock.municipal_date(at)
    before, _end = clock.day_bounds(today - timedelta(days=_leg_days(today) or 0))
    return Leg.objects.filter(end_at__lt=before, start_at__lt=before)


def _booking_days(on: date) -> int | None:
    return limits.value_of(LimitKind.BOOKINGS_DAYS, on=on)


def _bookings_due(at: datetime) -> QuerySet[Any]:
    days = _booking_days(clock.municipal_date(at)) or 0
    return Booking.objects.filter(is_stripped=False, end_at__lt=at - timedelta(days=days))


_AT_LIMITS: dict[str, Any] = {"source": _("Decided under Limits of the fleet solution."), "set_at": "fleet:limits"}

rule(
    Rule(
        key="fleet.trips",
        title=_("Trips of vehicles"),
        model="fleet.Trip",
        period=_trip_days,
        due=_trips_due,
        task=nightly.purge_trips,
        **_AT_LIMITS,
    )
)
rule(
    Rule(
        key="fleet.legs",
        title=_("Movements of vehicles with coordinates"),
        model="fleet.Leg",
        period=_leg_days,
        due=_legs_due,
        task=fetching.delete_old_legs,
        **_AT_LIMITS,
    )
)
rule(
    Rule(
        key="fleet.bookings",
        title=_("Who booked a vehicle, and what for"),
        model="fleet.Booking",
        way=Way.ANONYMISE,
        period=_booking_days,
        due=_bookings_due,
        task=keeping.strip_bookings,
        **_AT_LIMITS,
    )
)
