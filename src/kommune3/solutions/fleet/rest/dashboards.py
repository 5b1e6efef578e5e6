# SPDX-License-Identifier: MPL-2.0
"""Dashboards, limits, targets, and the data behind them, in the API."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from openpyxl import Workbook
from pydantic import Field

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.files import sniffing
from kommune3.solutions.fleet.errors import InvalidPeriod
from kommune3.solutions.fleet.forms.dashboards import DashboardForm, PeriodForm
from kommune3.solutions.fleet.models import Limit
from kommune3.solutions.fleet.queries.dashboards import DASHBOARDS, Activity, activity, answer_of
from kommune3.solutions.fleet.queries.dashboards.answers import Column, Row, Told
from kommune3.solutions.fleet.queries.dashboards.open_data import DAYS_A_PAGE, DailyRow, daily_rows
from kommune3.solutions.fleet.queries.dashboards.selection import reach_of
from kommune3.solutions.fleet.queries.limits import fewest
from kommune3.solutions.fleet.queries.overview import trips_of
from kommune3.solutions.fleet.queries.targets import shown_targets
from kommune3.ui.lists.export import csv_text, neutralised

router = Router()
_ONE_DAY = timedelta(days=1)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET_ROWS = 1_048_575


class DashboardOut(Schema):
    """A dashboard. ``pers``: what a figure can be for."""

    name: str
    title: str
    method: str
    pers: list[str]


class AskedDashboard(Schema):
    """The period, both days included, and what is narrowed to. Empty: the last 13 weeks with trips, and everything."""

    first_day: date | None = None
    last_day: date | None = None
    unit: str = ""
    base: int | None = None
    kind: Literal["", "BIKE", "E_BIKE", "EV", "FOSSIL"] = ""
    weekday: int | None = Field(None, ge=0, le=6, description="0 is Monday")
    per: Literal["", "DAY", "WEEK", "MONTH", "UNIT", "BASE", "KIND"] = ""
    known_only: bool = False


class FigureOut(Schema):
    """``state``: SHOWN, FEW (built on too few to be told), UNKNOWN (something needed is not told) or NONE."""

    name: str
    unit: str
    value: float | None
    state: str


class BucketOut(Schema):
    """Figures of a bucket: a day, week, month, unit, base, type of vehicle, length of trip, or hour of the week."""

    label: str
    first_day: date
    last_day: date
    figures: list[FigureOut]


class AnswerOut(Schema):
    """``fewest``: figures built on fewer vehicles or trips are not told. ``before``: the period before."""

    name: str
    first_day: date
    last_day: date
    per: str
    fewest: int
    rows: list[BucketOut]
    total: list[FigureOut]
    before: list[FigureOut]
    missing: list[str]


class TargetOut(Schema):
    """A target and how it stands over the last 365 days."""

    id: int
    unit: str
    unit_id: str
    measure: str
    target: Decimal
    value: float | None
    state: str
    is_reached: bool | None
    set_on: date
    due_date: date
    source: str


class LimitOut(Schema):
    id: int
    kind: str
    value: int | None
    valid_from: date | None
    reason: str


class DailyOut(Schema):
    """What one type of vehicle drove from a base on a day. Null figures are built on too few to be told."""

    day: date
    base_id: int
    base: str
    unit_id: str
    unit: str
    kind: str
    trips: int | None
    vehicles: int | None
    km: float | None
    hours: float | None
    is_hidden: bool


class DailyPage(Schema):
    """``next_first_day``: where the next page begins; null on the last."""

    fewest: int
    items: list[DailyOut]
    next_first_day: date | None


class AskedDays(Schema):
    """Both days included."""

    first_day: date | None = None
    last_day: date | None = None


class AskedFile(AskedDays):
    form: Literal["csv", "xlsx"] = "csv"


_BINARY = {"schema": {"type": "string", "format": "binary"}}
A_FILE = {"responses": {200: {"content": {sniffing.CSV: _BINARY, sniffing.XLSX: _BINARY}}}}
"""What the description says of operations that answer with a file."""


@router.get("/dashboards", response=list[DashboardOut], url_name="dashboards")
def dashboards(request: HttpRequest) -> Any:
    """Which dashboards there are."""
    return [
        {
            "name": each.name, "title": str(each.title), "method": str(each.method),
            "pers": [per.value for per in each.pers],
        }
        for each in DASHBOARDS.values()
    ]  # fmt: skip


@router.get("/dashboards/{name}", response=AnswerOut, url_name="dashboard")
def dashboard(request: HttpRequest, name: str, asked: Annotated[AskedDashboard, Query()]) -> Any:
    """The figures of a dashboard, with the same small numbers left out as on its page."""
    shown = DASHBOARDS.get(name)
    if shown is None:
        raise Http404
    today = clock.municipal_date(clock.now())
    values = {key: str(value) for key, value in asked.dict().items() if value not in (None, "", False)}
    form = DashboardForm(
        _query(values) if values else None, dashboard=shown, reach=reach_of(_actor(request)), today=today
    )
    _require_valid(form)
    selection, few = form.selection(), fewest(on=today)
    told = {
        "name": name, "first_day": selection.first_day, "last_day": selection.last_day, "per": "", "fewest": few,
        "total": [], "before": [], "missing": [],
    }  # fmt: skip
    if name == "activity":
        return told | {"rows": _hours(activity(selection, few), selection.first_day, selection.last_day)}
    answer = answer_of(name, selection, fewest=few)
    return told | {
        "per": selection.per.value if shown.pers else "",
        "rows": [_bucket(row, answer.columns) for row in answer.rows],
        "total": _figures(answer.totals, answer.columns),
        "before": _figures(answer.before, answer.columns),
        "missing": [str(each.what) for each in answer.missing],
    }


@router.get("/targets", response=list[TargetOut], url_name="targets")
def targets(request: HttpRequest) -> Any:
    """The targets in force that you may see, and how they stand."""
    return [
        {
            "id": each.target.pk, "unit": each.target.unit.name, "unit_id": str(each.target.unit_id),
            "measure": each.target.measure, "target": each.target.value, "value": each.now.value,
            "state": each.now.state.value, "is_reached": each.is_reached, "set_on": each.target.set_on,
            "due_date": each.target.due_date, "source": each.target.source,
        }
        for each in shown_targets(actor=_actor(request), on=clock.municipal_date(clock.now()))
    ]  # fmt: skip


@router.get("/limits", response=list[LimitOut], url_name="limits")
def limits(request: HttpRequest) -> Any:
    """Every limit with its reason; of each kind the one with the newest ``valid_from`` that has come is in force."""
    return reach.visible(_actor(request), Limit)


@router.get("/daily", response=DailyPage, url_name="daily")
def daily(request: HttpRequest, asked: Annotated[AskedDays, Query()]) -> Any:
    """Daily figures, at most 31 days at a time; ask again from ``next_first_day`` on."""
    actor, today = _actor(request), clock.municipal_date(clock.now())
    first_day, end_day = _days(actor, asked, today)
    until = min(end_day, first_day + timedelta(days=DAYS_A_PAGE))
    few = fewest(on=today)
    rows = daily_rows(reach_of(actor), first_day=first_day, end_day=until, fewest=few)
    return {"fewest": few, "items": list(rows), "next_first_day": until if until < end_day else None}


@router.get("/daily/file", response=bytes, url_name="daily_file", openapi_extra=A_FILE)
def daily_file(request: HttpRequest, asked: Annotated[AskedFile, Query()]) -> HttpResponseBase:
    """The daily figures of a period as CSV or XLSX."""
    actor, today = _actor(request), clock.municipal_date(clock.now())
    first_day, end_day = _days(actor, asked, today)
    rows = daily_rows(reach_of(actor), first_day=first_day, end_day=end_day, fewest=fewest(on=today))
    headings = [
        _("Day"), _("Unit"), _("Base"), _("Type of vehicle"), _("Trips"), _("Vehicles"), _("Km"), _("Hours out"),
        _("Left out"),
    ]  # fmt: skip
    return _file(
        actor, "daily", asked.form, f"daily-{first_day}-{end_day - _ONE_DAY}", headings, map(_daily_line, rows)
    )


@router.get("/trips/file", response=bytes, url_name="trips_file", openapi_extra=A_FILE)
def trips_file(request: HttpRequest, asked: Annotated[AskedFile, Query()]) -> HttpResponseBase:
    """The trips that begin in a period as CSV or XLSX. The download is on record."""
    actor, today = _actor(request), clock.municipal_date(clock.now())
    first_day, end_day = _days(actor, asked, today)
    found = (
        trips_of(actor)
        .filter(start_at__gte=clock.day_bounds(first_day)[0], start_at__lt=clock.day_bounds(end_day)[0])
        .order_by("start_at", "id")
        .values_list(
            "external_id", "start_at", "end_at", "km", "base__unit__name", "base__name", "vehicle__registration",
            "vehicle__model__name", "vehicle__model__kind", "shift",
        )
    )  # fmt: skip
    headings = [
        _("Trip number"), _("Trip start"), _("Trip end"), _("Km"), _("Unit"), _("Base"), _("Vehicle"), _("Model"),
        _("Type of vehicle"), _("Shift"),
    ]  # fmt: skip
    lines = (list(row) for row in found.iterator(chunk_size=2000))
    return _file(actor, "trips", asked.form, f"trips-{first_day}-{end_day - _ONE_DAY}", headings, lines)


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _query(values: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(values)
    return query


def _days(actor: Actor, asked: AskedDays, today: date) -> tuple[date, date]:
    values = {key: value.isoformat() for key, value in asked.dict(include={"first_day", "last_day"}).items() if value}
    form = PeriodForm(_query(values) if values else None, reach=reach_of(actor), today=today)
    _require_valid(form)
    first_day, last_day = form.days()
    return first_day, last_day + _ONE_DAY


def _require_valid(form: PeriodForm) -> None:
    if form.is_bound and not form.is_valid():
        field, messages = next(iter(form.errors.items()))
        raise InvalidPeriod(f"{field}: {messages[0]}")


def _figures(cells: Sequence[Told], columns: Sequence[Column]) -> list[dict[str, Any]]:
    return [
        {"name": column.name, "unit": str(column.unit), "value": told.value, "state": told.state.value}
        for told, column in zip(cells, columns, strict=True)
    ]


def _bucket(row: Row, columns: Sequence[Column]) -> dict[str, Any]:
    return {
        "label": str(row.label), "first_day": row.first_day, "last_day": row.end_day - _ONE_DAY,
        "figures": _figures(row.cells, columns),
    }  # fmt: skip


def _hours(found: Activity, first_day: date, last_day: date) -> list[dict[str, Any]]:
    column = Column("vehicles", "")
    return [
        {
            "label": f"{weekday}:{hour:02}", "first_day": first_day, "last_day": last_day,
            "figures": _figures([found.cells[hour][weekday]], [column]),
        }
        for weekday in range(7)
        for hour in range(24)
    ]  # fmt: skip


def _daily_line(row: DailyRow) -> list[Any]:
    told = _("too few") if row.is_hidden else ""
    return [row.day, row.unit, row.base, row.kind, row.trips, row.vehicles, row.km, row.hours, told]


def _file(
    actor: Actor, what: str, form: str, name: str, headings: list[str], lines: Iterable[list[Any]]
) -> HttpResponseBase:
    detail = {"format": form, "by": "api", "file": name}
    log.record(actor=actor, action=f"fleet.{what}.exported", now=clock.now(), detail=detail)
    if form == "csv":
        answer = StreamingHttpResponse(_csv(headings, lines), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return answer
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(headings)
    for count, line in enumerate(lines):
        if count and count % _SHEET_ROWS == 0:
            sheet = book.create_sheet()
            sheet.append(headings)
        sheet.append([_cell(value) for value in line])
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return neutralised(value)
    return value.astimezone(clock.MUNICIPAL_ZONE).replace(tzinfo=None) if hasattr(value, "astimezone") else value


class _Line:
    """What ``csv.writer`` writes to: gives the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(headings: list[str], lines: Iterable[list[Any]]) -> Iterator[bytes]:
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    yield ("\ufeff" + str(writer.writerow([neutralised(heading) for heading in headings]))).encode()
    for line in lines:
        yield str(writer.writerow([csv_text(value) for value in line])).encode()
