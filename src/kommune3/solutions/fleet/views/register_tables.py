# SPDX-License-Identifier: MPL-2.0
"""The small tables, facts and pictures of a vehicle's page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models import Charger, ServiceKind, ServiceWindow, Vehicle, VehicleModel
from kommune3.solutions.fleet.queries.contracts import Contract, Forecast
from kommune3.solutions.fleet.queries.register import BaseCharging, VehiclePage
from kommune3.solutions.fleet.registers.fields import MODEL_FIELDS
from kommune3.solutions.fleet.registers.values import plain_model, shown
from kommune3.ui.numbers import format_instant, format_number
from kommune3.ui.pictures import Axis, Bound, Cell, Chart, FiguresTable, Heading, Point, Series, Timeline, Trip
from kommune3.ui.pictures import Vehicle as Row

Facts = list[tuple[str, str]]


def vehicle_facts(page: VehiclePage) -> Facts:
    """What the vehicle is."""
    vehicle = page.vehicle
    last_day = format_instant(_day_before(vehicle.valid_to)) if vehicle.valid_to else _("No end")
    reading = page.readings[0] if page.readings else None
    return [
        (_("Model"), vehicle.model.name),
        (_("Type of vehicle"), vehicle.model.get_kind_display()),
        (_("Base"), vehicle.base.name),
        (_("Used by"), (vehicle.unit or vehicle.base.unit).name),
        (_("Use"), vehicle.use or "–"),
        (_("Number in the fleet system"), vehicle.external_id or "–"),
        (_("In the fleet from"), format_instant(vehicle.valid_from)),
        (_("Last day in the fleet"), last_day),
        (_("A proposal must keep it"), _("Yes") if vehicle.is_locked else _("No")),
        (_("Fittings and equipment"), ", ".join(sorted(vehicle.fittings)) or "–"),
        (_("Odometer"), _reading(reading) if reading else "–"),
        (_("Notes"), vehicle.notes or "–"),
    ]


def lease_facts(vehicle: Vehicle) -> Facts:
    """What the lease says."""
    return [
        (_("Leasing company"), vehicle.supplier or "–"),
        (_("Lease from"), format_instant(vehicle.lease_start) if vehicle.lease_start else "–"),
        (_("Last day of the lease"), format_instant(_day_before(vehicle.lease_end)) if vehicle.lease_end else "–"),
        (_("Lease, kr. a month"), _kroner(vehicle.lease_dkk_month)),
        (_("Contract km a year"), _whole(vehicle.contract_km_year)),
        (_("Excess price, kr. per km"), _kroner(vehicle.excess_dkk_per_km)),
        (_("Refund, kr. per km"), _kroner(vehicle.refund_dkk_per_km)),
    ]


def forecast_text(contract: Contract) -> str:
    """The forecast in one sentence."""
    found = contract.forecast
    if found is None:
        return contract.missing
    filling = {
        "expected": _whole(found.expected_km), "contract": _whole(found.contract_km),
        "day": format_instant(_day_before(found.lease_end)),
    }  # fmt: skip
    said = (
        _("As until now, it will have driven %(expected)s km on %(day)s; the contract has %(contract)s km.") % filling
    )
    if found.excess_km:
        cost = _("about %(dkk)s kr.") % {"dkk": _whole(found.excess_dkk)} if found.excess_dkk is not None else ""
        price = cost or _("the price per km is not filled in")
        return f"{said} " + _("That is %(km)s km too many: %(price)s") % {"km": _whole(found.excess_km), "price": price}
    refund = f" {_('About %(dkk)s kr. come back.') % {'dkk': _whole(found.refund_dkk)}}" if found.refund_dkk else ""
    return f"{said} " + _("%(km)s km will not be used.") % {"km": _whole(found.unused_km)} + refund


def forecast_table(found: Forecast) -> FiguresTable:
    """How the forecast is made, step by step."""
    if found.readings:
        first, last = found.readings[0], found.readings[-1]
        basis = _("Odometer: %(first)s and %(last)s") % {"first": _reading(first), "last": _reading(last)}
    else:
        assert found.trips_from is not None and found.trips_to is not None and found.trips_km is not None
        basis = _("Imported trips: %(km)s km from %(since)s to %(until)s") % {
            "km": _whole(found.trips_km), "since": format_instant(found.trips_from),
            "until": format_instant(_day_before(found.trips_to)),
        }  # fmt: skip
    rows = [
        (_("Known from"), basis),
        (_("Km a day"), format_number(found.km_per_day, 1)),
        (_("Driven until %(day)s") % {"day": format_instant(found.known_on)}, f"{_whole(found.driven_km)} km"),
        (_("Expected at the end of the lease"), f"{_whole(found.expected_km)} km"),
        (_("Contract km for the whole lease"), f"{_whole(found.contract_km)} km"),
        (_("Above the contract"), f"{_whole(found.excess_km)} km"),
        (_("Expected excess cost"), _("%(dkk)s kr.") % {"dkk": _kroner(found.excess_dkk)}),
        (_("Expected refund"), _("%(dkk)s kr.") % {"dkk": _kroner(found.refund_dkk)}),
    ]
    return FiguresTable(
        (Heading(_("Step")), Heading(_("Figure"))), tuple((Cell(name), Cell(value)) for name, value in rows)
    )


def course_of(page: VehiclePage) -> Chart | None:
    """Km over time against the contract: readings since the lease began, the contract's line and the forecast."""
    found = page.contract.forecast if page.contract else None
    if found is None or not found.readings:
        return None
    first = found.readings[0]
    base = first.km - (found.driven_km - (found.readings[-1].km - first.km))
    readings = sorted(
        (each for each in page.readings if found.lease_start <= each.read_on < found.lease_end), key=lambda r: r.read_on
    )
    driven = [Point(_noon(each.read_on), float(each.km - base)) for each in readings]
    ahead = [Point(_noon(found.known_on), float(found.driven_km)),
             Point(_noon(found.lease_end), float(found.expected_km))]  # fmt: skip
    contract = [Point(_noon(found.lease_start), 0.0), Point(_noon(found.lease_end), float(found.contract_km))]
    return Chart(
        "line",
        Axis(_("Day")),
        Axis(_("Km since the lease began"), "km", 0, from_zero=True),
        (
            Series(_("Read"), driven, joined=True, chosen=True),
            Series(_("Forecast"), ahead, joined=True),
            Series(_("Contract"), contract, joined=True),
        ),
        (Bound("y", float(found.contract_km), _("Contract km for the whole lease")),),
    )


def places(page: VehiclePage) -> FiguresTable:
    """Where the vehicle has stood."""
    return FiguresTable(
        (Heading(_("Base")), Heading(_("From")), Heading(_("Last day"))),
        tuple(
            (
                Cell(stood.base.name),
                Cell(format_instant(stood.since)),
                Cell(format_instant(_day_before(stood.until)) if stood.until else "–"),
            )
            for stood in page.places
        ),
    )


def windows_of(page: VehiclePage, *, may_edit: bool) -> FiguresTable:
    """When the vehicle is out of use, newest first; each leads to its form."""
    rows = (
        (
            Cell(
                format_instant(window.starts_at),
                href=reverse("fleet:service", args=[page.vehicle.pk, window.pk]) if may_edit else "",
            ),
            Cell(format_instant(window.ends_at)),
            Cell(str(ServiceKind(window.kind).label)),
            Cell(window.note or "–"),
        )
        for window in page.windows
    )
    return FiguresTable(
        (Heading(_("From")), Heading(_("Until")), Heading(_("Reason")), Heading(_("Note"))), tuple(rows)
    )


def timeline_of(windows: Sequence[ServiceWindow], *, day: date | None) -> Timeline | None:
    """Service windows, a row for each vehicle; None where there are none."""
    if not windows:
        return None
    rows: dict[int, tuple[int, Row]] = {}
    for window in windows:
        vehicle = window.vehicle
        rows.setdefault(vehicle.pk, (len(rows), Row(vehicle.registration, vehicle.base.name)))
    bars = [Trip(rows[each.vehicle_id][0], each.starts_at, each.ends_at, _label(each), "muted") for each in windows]
    return Timeline([row for _place, row in rows.values()], bars, day=day)


def _label(window: ServiceWindow) -> str:
    kind = str(ServiceKind(window.kind).label)
    return f"{kind}: {window.note}" if window.note else kind


@dataclass(frozen=True)
class ShownReading:
    """A reading with the km since the one before it."""

    pk: int
    read_on: str
    km: str
    since_last: str
    source: str


def readings_of(page: VehiclePage) -> list[ShownReading]:
    """The readings, newest first."""
    found = []
    for place, reading in enumerate(page.readings):
        earlier = page.readings[place + 1] if place + 1 < len(page.readings) else None
        since = f"{_whole(reading.km - earlier.km)} km" if earlier else "–"
        found.append(
            ShownReading(reading.pk, format_instant(reading.read_on), _whole(reading.km), since, reading.source or "–")
        )
    return found


def contracts_table(found: Sequence[Contract]) -> FiguresTable:
    """Every lease with its forecast."""
    headings = (
        Heading(_("Vehicle")), Heading(_("Model")), Heading(_("Base")), Heading(_("Last day of the lease")),
        Heading(_("Contract km"), True), Heading(_("Expected km"), True), Heading(_("Too many km"), True),
        Heading(_("Expected excess, kr."), True), Heading(_("Expected refund, kr."), True), Heading(_("Known from")),
    )  # fmt: skip
    return FiguresTable(headings, tuple(_contract_row(each) for each in found))


def _contract_row(each: Contract) -> tuple[Cell, ...]:
    vehicle, forecast = each.vehicle, each.forecast
    name = (
        Cell(vehicle.registration, href=f"{reverse('fleet:vehicle', args=[vehicle.pk])}"),
        Cell(vehicle.model.name), Cell(vehicle.base.name),
        Cell(format_instant(_day_before(vehicle.lease_end)) if vehicle.lease_end else "–"),
    )  # fmt: skip
    if forecast is None:
        return (*name, *(Cell("–", True) for _column in range(5)), Cell(each.missing))
    return (
        *name,
        Cell(_whole(forecast.contract_km), True),
        Cell(_whole(forecast.expected_km), True),
        Cell(_whole(forecast.excess_km), True),
        Cell(_whole(forecast.excess_dkk), True),
        Cell(_whole(forecast.refund_dkk), True),
        Cell(_("Odometer") if forecast.readings else _("Imported trips")),
    )


@dataclass(frozen=True)
class ContractSums:
    """The leases together."""

    excess_dkk: Decimal
    refund_dkk: Decimal
    above: int


def contract_sums(found: Sequence[Contract]) -> ContractSums:
    """Expected excess and refund of all leases with a forecast, and how many go above their contract."""
    forecasts = [each.forecast for each in found if each.forecast is not None]
    return ContractSums(
        sum((each.excess_dkk for each in forecasts if each.excess_dkk), Decimal(0)),
        sum((each.refund_dkk for each in forecasts if each.refund_dkk), Decimal(0)),
        sum(1 for each in forecasts if each.excess_km),
    )


def model_facts(model: VehicleModel) -> FiguresTable:
    """Every figure of a model with its own source."""
    plain = plain_model(model)
    hidden = {"name", "source", "sources", "figures_from", "figures_to"}
    return FiguresTable(
        (Heading(_("Figure")), Heading(_("Value")), Heading(_("Source"))),
        tuple(
            (
                Cell(str(field.title)),
                Cell(shown(field, plain[field.name]) or "–"),
                Cell((model.sources.get(field.name) or model.source or "–") if plain[field.name] else "–"),
            )
            for field in MODEL_FIELDS
            if field.name not in hidden
        ),
    )


def charging_table(found: Sequence[BaseCharging]) -> FiguresTable:
    """What each base can charge with."""
    return FiguresTable(
        (
            Heading(_("Base")), Heading(_("Chargers"), True), Heading(_("Outlets"), True),
            Heading(_("Most power for charging, kW"), True), Heading(_("Can give at once, kW"), True),
        ),
        tuple(
            (
                Cell(each.base.name, href=reverse("fleet:base", args=[each.base.pk])),
                Cell(str(len(each.chargers)), True),
                Cell(str(sum(charger.outlets for charger in each.chargers)), True),
                Cell(format_number(each.base.power_limit_kw) if each.base.power_limit_kw else "–", True),
                Cell(format_number(each.power_kw, 1), True),
            )
            for each in found
        ),
    )  # fmt: skip


def charger_title(charger: Charger) -> str:
    """A charger as it is called."""
    return f"{charger.name}, {charger.base.name}"


def _reading(reading: object) -> str:
    km, read_on = reading.km, reading.read_on  # type: ignore[attr-defined]
    return _("%(km)s km on %(day)s") % {"km": _whole(km), "day": format_instant(read_on)}


def _whole(value: float | Decimal | None) -> str:
    return "–" if value is None else format_number(value, 0)


def _kroner(value: Decimal | None) -> str:
    if value is None:
        return "–"
    return format_number(value, 0 if value == value.to_integral_value() else 2)


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), MUNICIPAL_ZONE).astimezone(UTC)
