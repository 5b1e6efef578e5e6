# SPDX-License-Identifier: MPL-2.0
"""Bookings in the API: as the pages have them, for apps and intranets."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Booking, BookingState
from kommune3.solutions.fleet.operations import allocating, booking_trips
from kommune3.solutions.fleet.operations import bookings as operations
from kommune3.solutions.fleet.queries import board as board_queries
from kommune3.solutions.fleet.queries import bookings as queries
from kommune3.solutions.fleet.queries.bookings import MANAGE
from kommune3.solutions.fleet.rest.schemas import ImportOut, Paged, Problem

router = Router()


class BookingIn(Schema):
    """A wish. ``start_at`` and ``end_at`` with a time zone. ``person``: for whom; only dispatchers book for others."""

    base: int
    start_at: AwareDatetime
    end_at: AwareDatetime
    km: float = Field(ge=0, le=4999)
    needs: list[str] = []
    by_bike: bool = False
    purpose: str = Field("", max_length=100)
    priority: int = Field(0, ge=0, le=1)
    person: UUID | None = None


class NewBookingIn(BookingIn):
    """``request_key``: sending the same again books nothing more. ``may_wait``: else 409 where nothing is free."""

    request_key: str = Field("", max_length=64)
    may_wait: bool = False


class BookingOut(Schema):
    """A booking. ``state``: REQUESTED (waiting), ALLOCATED, FROZEN, STARTED, RETURNED, CANCELLED or UNSERVED."""

    id: int
    base_id: int
    person_id: UUID | None
    start_at: datetime
    end_at: datetime
    km: float
    needs: list[str]
    by_bike: bool
    purpose: str
    priority: int
    state: str
    vehicle_id: int | None
    vehicle: str | None
    is_pinned: bool
    driven_km: float | None

    @staticmethod
    def resolve_vehicle(row: Booking) -> str | None:
        return str(row.vehicle) if row.vehicle else None


class OtherOut(Schema):
    base_id: int
    start_at: datetime
    end_at: datetime
    by_bike: bool
    vehicle: str


class OfferOut(Schema):
    """What a wish would get now: ``vehicle``, or why none (reason -> registrations) and what is free instead."""

    vehicle_id: int | None
    vehicle: str | None
    moved: int
    refusals: dict[str, list[str]]
    others: list[OtherOut]


class ReturnIn(Schema):
    driven_km: float | None = Field(None, ge=0, le=9999)
    odometer_km: int | None = Field(None, ge=0)
    charge_per_cent: int | None = Field(None, ge=0, le=100)
    fault: str = Field("", max_length=300)


class PinIn(Schema):
    is_pinned: bool


class MoveIn(Schema):
    vehicle: int


class BoardAsked(Schema):
    base: int
    day: date


class LaneOut(Schema):
    vehicle_id: int
    vehicle: str
    bookings: list[BookingOut]


class BoardOut(Schema):
    base_id: int
    day: date
    vehicles: list[LaneOut]
    without_vehicle: list[BookingOut]


class AllocatedOut(Schema):
    """How many people were told of a change."""

    told: int


class TripsIn(Schema):
    base: int
    first_day: date
    last_day: date


class DispatchOut(Schema):
    """A day's figures: as allocated, by first come (naive), and at best. Kroner and kg are null where not known."""

    base_id: int
    day: date
    bookings: int
    unserved: int
    unserved_naive: int
    unserved_best: int
    dkk: Decimal | None
    dkk_naive: Decimal | None
    dkk_best: Decimal | None
    kg: Decimal | None
    kg_naive: Decimal | None
    kg_best: Decimal | None
    is_proven: bool


@router.get("/bookings", response=list[BookingOut], url_name="bookings")
def list_bookings(request: HttpRequest, asked: Annotated[Paged, Query()]) -> Any:
    """The bookings you may see, newest start first: your own, or your units' where you dispatch."""
    actor = _actor(request)
    rows = reach.visible(actor, Booking).select_related("vehicle").order_by("-start_at", "-id")
    page = list(rows[asked.offset : asked.offset + asked.limit])
    queries.note_list(actor=actor, now=clock.now(), by=(), rows=page)
    return page


@router.post("/bookings", response={201: BookingOut, 409: Problem}, url_name="bookings")
def book(request: HttpRequest, asked: NewBookingIn) -> Any:
    """Book a vehicle."""
    actor = _actor(request)
    return 201, operations.create_booking(
        actor=actor, now=clock.now(), wish=_wish(actor, asked), request_key=asked.request_key, may_wait=asked.may_wait
    )


@router.post("/bookings/free", response={200: OfferOut, 409: Problem}, url_name="free")
def free(request: HttpRequest, asked: BookingIn) -> Any:
    """What the wish would get; nothing is booked."""
    actor, now = _actor(request), clock.now()
    wish = operations.draft(_wish(actor, asked), actor=actor, now=now)
    offer = queries.offer(wish, bases=list(queries.bookable_bases(actor)), now=now)
    return {
        "vehicle_id": offer.vehicle.pk if offer.vehicle else None,
        "vehicle": str(offer.vehicle) if offer.vehicle else None,
        "moved": offer.moved,
        "refusals": {reason.value: [str(each) for each in cars] for reason, cars in offer.refusals.items()},
        "others": [
            {
                "base_id": each.base.pk, "start_at": each.start_at, "end_at": each.end_at, "by_bike": each.by_bike,
                "vehicle": str(each.vehicle),
            }
            for each in offer.others
        ],
    }  # fmt: skip


@router.get("/bookings/effect", response=list[DispatchOut], url_name="dispatch")
def effect(request: HttpRequest, asked: Annotated[Paged, Query()]) -> Any:
    """What the allocation gained, newest day first; days of too few bookings are left out."""
    rows, fewest = queries.dispatch_days(actor=_actor(request), on=clock.municipal_date(clock.now()))
    shown: Any = rows.filter(bookings__gte=fewest).order_by("-day", "base_id")
    return shown[asked.offset : asked.offset + asked.limit]


@router.post("/bookings/trips", response={201: ImportOut, 409: Problem}, url_name="bookings_to_trips")
def to_trips(request: HttpRequest, asked: TripsIn) -> Any:
    """Make trips of returned bookings; undo it like an import."""
    actor = _actor(request)
    base = reach.get(actor, Base, asked.base, action=booking_trips.IMPORT)
    return 201, booking_trips.make_trips(
        actor=actor, now=clock.now(), base=base, first_day=asked.first_day, last_day=asked.last_day
    )


@router.get("/bookings/{int:booking_id}", response=BookingOut, url_name="booking")
def one_booking(request: HttpRequest, booking_id: int) -> Any:
    """A booking."""
    actor = _actor(request)
    row = reach.get(actor, Booking, booking_id)
    queries.note_read(actor=actor, now=clock.now(), row=row)
    return row


@router.put("/bookings/{int:booking_id}", response={200: BookingOut, 409: Problem}, url_name="booking")
def change(request: HttpRequest, booking_id: int, asked: NewBookingIn) -> Any:
    """Change a booking; where nothing is free for the change, it stays as it was."""
    actor = _actor(request)
    reach.get(actor, Booking, booking_id)
    return operations.change_booking(
        actor=actor, now=clock.now(), booking_id=booking_id, wish=_wish(actor, asked), may_wait=asked.may_wait
    )


@router.delete("/bookings/{int:booking_id}", response={200: BookingOut, 409: Problem}, url_name="booking")
def cancel(request: HttpRequest, booking_id: int) -> Any:
    """Cancel a booking."""
    return operations.cancel_booking(actor=_actor(request), now=clock.now(), booking_id=booking_id)


@router.post("/bookings/{int:booking_id}/start", response={200: BookingOut, 409: Problem}, url_name="booking_start")
def start(request: HttpRequest, booking_id: int) -> Any:
    """The vehicle has been fetched."""
    return operations.start_booking(actor=_actor(request), now=clock.now(), booking_id=booking_id)


@router.post("/bookings/{int:booking_id}/return", response={200: BookingOut, 409: Problem}, url_name="booking_return")
def bring_back(request: HttpRequest, booking_id: int, told: ReturnIn) -> Any:
    """The vehicle is back."""
    return operations.return_booking(
        actor=_actor(request), now=clock.now(), booking_id=booking_id, told=operations.Returned(**told.dict())
    )


@router.post("/bookings/{int:booking_id}/pin", response={200: BookingOut, 409: Problem}, url_name="booking_pin")
def pin(request: HttpRequest, booking_id: int, asked: PinIn) -> Any:
    """Keep the vehicle as it is, or let it be changed."""
    return operations.pin_booking(
        actor=_actor(request), now=clock.now(), booking_id=booking_id, is_pinned=asked.is_pinned
    )


@router.post("/bookings/{int:booking_id}/move", response={200: BookingOut, 409: Problem}, url_name="booking_move")
def move(request: HttpRequest, booking_id: int, asked: MoveIn) -> Any:
    """Give the booking another vehicle."""
    return operations.move_booking(
        actor=_actor(request), now=clock.now(), booking_id=booking_id, vehicle_id=asked.vehicle
    )


@router.get("/board", response=BoardOut, url_name="board")
def board(request: HttpRequest, asked: Annotated[BoardAsked, Query()]) -> Any:
    """A base's day."""
    actor = _actor(request)
    base = reach.get(actor, Base, asked.base, action=MANAGE)
    found = board_queries.get_board(actor=actor, base=base, day=asked.day)
    shown = [row for lane in found.rows for row in lane.bookings] + list(found.unserved)
    queries.note_list(actor=actor, now=clock.now(), by=("base", "day"), rows=shown)
    return {
        "base_id": base.pk,
        "day": asked.day,
        "vehicles": [
            {"vehicle_id": lane.vehicle.pk, "vehicle": str(lane.vehicle), "bookings": lane.bookings}
            for lane in found.rows
        ],
        "without_vehicle": [row for row in found.unserved if row.state == BookingState.REQUESTED],
    }


@router.post("/board/optimise", response={200: AllocatedOut, 409: Problem}, url_name="board_optimise")
def optimise(request: HttpRequest, asked: BoardAsked) -> Any:
    """Allocate a base's day anew."""
    actor = _actor(request)
    base = reach.get(actor, Base, asked.base, action=MANAGE)
    return {"told": allocating.reallocate(base, asked.day, actor=actor, now=clock.now())}


def _wish(actor: Actor, asked: BookingIn) -> operations.Wish:
    base = queries.bookable_bases(actor).filter(pk=asked.base).first()
    if base is None:
        raise reach.NotVisible
    person = None
    if asked.person is not None and asked.person != actor.person_id:
        known = queries.people_to_book_for(actor, on=clock.municipal_date(clock.now()))
        person = known.filter(pk=asked.person).first()
        if person is None:
            raise reach.NotVisible
    return operations.Wish(
        base=base, start_at=asked.start_at, end_at=asked.end_at, km=asked.km, needs=asked.needs, by_bike=asked.by_bike,
        purpose=asked.purpose, priority=asked.priority, person=person,
    )  # fmt: skip


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
