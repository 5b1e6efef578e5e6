# SPDX-License-Identifier: MPL-2.0
"""Fleet systems, precision and parking points. Degrees are WGS84; a precision is a share from 0 to 1."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from fleetplan.tracks import Figures
from ninja import Field, Query, Router, Schema

from kommune3.adapters.fleetgps import SourceError
from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet import fetching
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import Base, ColumnMapping, GpsSource, LegDelivery, ParkingPoint
from kommune3.solutions.fleet.operations import parking, sources
from kommune3.solutions.fleet.queries import preparation as queries
from kommune3.solutions.fleet.rest.schemas import Problem

router = Router()


class PeriodAsked(Schema):
    """Municipal days [start, end); none: the last four weeks."""

    start: date | None = None
    end: date | None = None


class FiguresOut(Schema):
    """``km`` is that of the movements that take part; ``set_aside`` are those that cannot be right, by reason."""

    precision: float | None
    round_trips: int
    km: float
    km_complete: float
    km_incomplete: float
    movements: int
    incomplete: dict[str, int]
    set_aside: dict[str, int]
    without_fix: int
    missing: int


class BaseFiguresOut(Schema):
    """The figures of a base in the period asked for."""

    base: int
    name: str
    figures: FiguresOut


class PointIn(Schema):
    """A parking point of a base."""

    base: int
    name: str = Field(min_length=1, max_length=100)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    radius_m: int = Field(200, ge=10, le=5000)


class PointOut(Schema):
    """A parking point."""

    id: int
    base_id: int
    name: str
    latitude: float
    longitude: float
    radius_m: int


class TrialOut(Schema):
    """What a point would give, nothing having been saved."""

    before: FiguresOut
    after: FiguresOut
    vehicles_changed: int


class SourceOut(Schema):
    """A fleet system; its secret is never told."""

    id: int
    name: str
    kind: str
    cadence: str
    seen_until: datetime | None
    problem: str


class DeliveryOut(Schema):
    """Movements that came in at one time. ``state``: WAITING, DONE or FAILED."""

    id: int
    source_id: int | None
    file_name: str
    state: str
    legs_read: int
    legs_new: int
    legs_changed: int
    unreadable: int
    trips_new: int
    trips_removed: int
    problem: str
    created_at: datetime
    finished_at: datetime | None


class MappingOut(Schema):
    """A saved column mapping; ``reading`` says which column is what."""

    id: int
    name: str
    reading: dict[str, Any]


class TriedOut(Schema):
    """The connection works."""

    devices: int


class StartedOut(Schema):
    """Work that has been put in its queue."""

    job: str


@router.get("/mappings", response=list[MappingOut], url_name="mappings")
def mappings(request: HttpRequest) -> Any:
    """The saved column mappings, to be named when a file is uploaded."""
    return reach.visible(_actor(request), ColumnMapping)


@router.get("/preparation", response=list[BaseFiguresOut], url_name="preparation")
def preparation(request: HttpRequest, asked: Annotated[PeriodAsked, Query()]) -> Any:
    """How much of the driving of each base lies in complete round trips."""
    found = queries.get_preparation(actor=_actor(request), period=_period(asked))
    return [{"base": row.base.pk, "name": row.base.name, "figures": _figures(row.figures)} for row in found.bases]


@router.get("/parking-points", response=list[PointOut], url_name="points")
def points(request: HttpRequest) -> Any:
    """The extra parking points of the bases you may see."""
    return reach.visible(_actor(request), ParkingPoint)


@router.post("/parking-points", response={201: PointOut, 409: Problem}, url_name="points")
def add_point(request: HttpRequest, asked: PointIn) -> Any:
    """Add a parking point; then ask for the trips to be made anew."""
    return 201, parking.add_point(
        actor=_actor(request), now=clock.now(), base_id=asked.base, name=asked.name, latitude=asked.latitude,
        longitude=asked.longitude, radius_m=asked.radius_m,
    )  # fmt: skip


@router.post("/parking-points/try", response=TrialOut, url_name="point_try")
def try_point(request: HttpRequest, asked: PointIn, period: Annotated[PeriodAsked, Query()]) -> Any:
    """What a point would give, before anything is saved."""
    found = queries.get_base_preparation(actor=_actor(request), base_id=asked.base, period=_period(period))
    trial = queries.try_point(found, latitude=asked.latitude, longitude=asked.longitude, radius_m=asked.radius_m)
    return {
        "before": _figures(trial.before), "after": _figures(trial.after), "vehicles_changed": len(trial.changed),
    }  # fmt: skip


@router.delete("/parking-points/{int:point_id}", response={204: None}, url_name="point")
def remove_point(request: HttpRequest, point_id: int) -> Any:
    """Remove a parking point; then ask for the trips to be made anew."""
    parking.remove_point(actor=_actor(request), now=clock.now(), point_id=point_id)
    return 204, None


@router.post("/bases/{int:base_id}/recompute", response={202: StartedOut}, url_name="base_recompute")
def recompute(request: HttpRequest, base_id: int) -> Any:
    """Make the trips of the base's vehicles anew from their movements."""
    actor = _actor(request)
    base = reach.get(actor, Base, base_id)
    return 202, {"job": str(fetching.start_preparing(actor=actor, now=clock.now(), bases=[base]).pk)}


@router.get("/sources", response=list[SourceOut], url_name="sources")
def list_sources(request: HttpRequest) -> Any:
    """The fleet systems that are connected."""
    return reach.visible(_actor(request), GpsSource)


@router.post("/sources/{int:source_id}/try", response={200: TriedOut, 409: Problem}, url_name="source_try")
def try_source(request: HttpRequest, source_id: int) -> Any:
    """Ask the fleet system for its devices."""
    try:
        return 200, {"devices": sources.try_source(actor=_actor(request), now=clock.now(), source_id=source_id)}
    except SourceError as error:
        raise FleetError(str(error)) from error


@router.post("/sources/{int:source_id}/fetch", response={202: DeliveryOut}, url_name="source_fetch")
def fetch(request: HttpRequest, source_id: int) -> Any:
    """Ask the fleet system for trips; look at the delivery until it is DONE or FAILED."""
    return 202, fetching.start_fetch(actor=_actor(request), now=clock.now(), source_id=source_id)


@router.get("/deliveries/{int:delivery_id}", response=DeliveryOut, url_name="delivery")
def one_delivery(request: HttpRequest, delivery_id: int) -> Any:
    """A delivery as it stands."""
    return reach.get(_actor(request), LegDelivery, delivery_id)


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _period(asked: PeriodAsked) -> queries.Period:
    usual = queries.usual_period(now=clock.now())
    first = asked.start or usual.first_day
    return queries.Period(first, max(asked.end or usual.end_day, first + timedelta(days=1)))


def _figures(found: Figures) -> dict[str, Any]:
    return {
        "precision": found.precision, "round_trips": found.round_trips, "km": found.km,
        "km_complete": found.km_complete, "km_incomplete": found.km_incomplete, "movements": found.legs,
        "incomplete": {kind.value: count for kind, count in found.incomplete.items()},
        "set_aside": {fault.value: count for fault, count in found.faults.items()},
        "without_fix": found.unplaced, "missing": found.jumps,
    }  # fmt: skip
