# SPDX-License-Identifier: MPL-2.0
"""Maps, timelines and charts of the fleet."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kommune3.kernel import clock
from kommune3.solutions.fleet.models import Assignment, Plan, PlanKind, PlanVehicle
from kommune3.solutions.fleet.queries.maps import PlacedBase
from kommune3.solutions.fleet.queries.results import Result
from kommune3.solutions.fleet.views.picking import plan_url
from kommune3.ui.pictures import Axis, Chart, Interval, Map, Place, Point, Series, Timeline, Trip, Vehicle

LEAST_GAP = Decimal("0.0001")
"""A bound nearer than this would be drawn on top of its plan."""


def map_of(bases: Sequence[PlacedBase]) -> Map | None:
    """The bases whose coordinates are known; None where there are none."""
    places = [
        Place(
            longitude=base.longitude,
            latitude=base.latitude,
            title=base.name,
            lines=[base.unit, _vehicles(base.vehicles)],
            href=f"{reverse('fleet:trips')}?base={base.pk}",
            figure=str(base.vehicles),
        )
        for base in bases
        if base.latitude is not None and base.longitude is not None
    ]
    return Map(places) if places else None


def map_of_result(result: Result) -> Map | None:
    """The run's bases with the vehicles proposed at each."""
    counts: dict[int, int] = {}
    for count in result.counts:
        counts[count.base_id] = counts.get(count.base_id, 0) + count.count
    placed = [
        PlacedBase(
            base.pk, base.name, base.unit.name, base.address.latitude, base.address.longitude, counts.get(base.pk, 0)
        )
        for base in result.bases
        if base.address is not None
    ]
    return map_of(placed)


def timeline_of(result: Result, assignments: Sequence[Assignment], binding_at: datetime | None) -> Timeline | None:
    """The vehicles of the binding base with their trips around the instant that decides."""
    proof = result.binding
    if proof is None or binding_at is None or not assignments:
        return None
    rows = [vehicle for vehicle in result.vehicles if vehicle.base_id == proof.base.pk]
    place = {vehicle.pk: position for position, vehicle in enumerate(rows)}
    vehicles = [Vehicle(name_of(vehicle), _trips(vehicle.trips)) for vehicle in rows]
    unserved = [each for each in assignments if each.plan_vehicle_id is None]
    if unserved:
        vehicles.append(Vehicle(_("Unserved"), _("employees' own cars")))
    decisive = set(proof.witness.trip_ids)
    trips = [
        Trip(
            place.get(each.plan_vehicle_id or 0, len(rows)),
            each.trip.start_at,
            each.trip.end_at,
            trip_label(each, decisive),
            "unserved" if each.plan_vehicle_id is None else "",
        )
        for each in assignments
    ]
    label = ngettext("%(n)s trip at once", "%(n)s trips at once", proof.witness.vehicles_needed)
    binding = Interval(proof.witness.starts_at, proof.witness.ends_at, label % {"n": proof.witness.vehicles_needed})
    return Timeline(vehicles, trips, binding, clock.municipal_date(binding_at))


def front_of(result: Result) -> Chart | None:
    """Cash against CO2e: the front with the bound that is proven for each point, the plan shown, and today.

    A point leads to its plan.
    """
    if len(result.front) < 2 or result.run.unknown_figures:
        return None
    series = [Series(_("Alternatives"), [_point(plan) for plan in result.front], joined=True)]
    bounds = [
        Point(float(plan.co2e_t), float(plan.bound), _("No plan that emits as little costs less"))
        for plan in result.front
        if plan.bound is not None and plan.gap is not None and plan.gap >= LEAST_GAP
    ]
    if bounds:
        series.append(Series(_("Proven lower bound"), bounds))
    if result.today is not None:
        series.append(Series(str(result.today.get_kind_display()), [_point(result.today)]))
    if result.shown is not None:
        name = _("Shown on this page") if result.is_picked else str(result.shown.get_kind_display())
        here = result.shown
        series.append(
            Series(name, [Point(float(here.co2e_t), float(here.cash_dkk), _vehicles(here.vehicles))], chosen=True)
        )
    return Chart("scatter", Axis(_("CO2e a year"), "t", 3), Axis(_("Cash a year"), "kr.", 0), series)


def _point(plan: Plan) -> Point:
    label = _vehicles(plan.vehicles)
    if plan.kind == PlanKind.FRONT:
        label = f"{plan.position}: {label}"
    href = plan_url(plan) if plan.has_assignments else ""
    return Point(float(plan.co2e_t), float(plan.cash_dkk), label, href)


def name_of(vehicle: PlanVehicle) -> str:
    """A vehicle of a plan as it is called: model and number."""
    return f"{vehicle.model.name} {vehicle.number}"


def trip_label(assignment: Assignment, decisive: set[int]) -> str:
    """What the timeline says of a trip."""
    trip = assignment.trip
    number = trip.external_id or str(trip.pk)
    text = _("Trip %(number)s, %(km)s km") % {"number": number, "km": f"{trip.km:.0f}"}
    return f"★ {text}" if trip.pk in decisive else text


def _vehicles(count: int) -> str:
    return ngettext("%(n)s vehicle", "%(n)s vehicles", count) % {"n": count}


def _trips(count: int) -> str:
    return ngettext("%(n)s trip", "%(n)s trips", count) % {"n": count}
