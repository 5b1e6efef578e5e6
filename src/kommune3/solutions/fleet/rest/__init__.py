# SPDX-License-Identifier: MPL-2.0
"""``/api/v1/fleet/``: the same operations as the pages. Instants are UTC, periods half-open, money decimal kroner."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Query, UploadedFile

from kommune3.kernel import clock, files
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError, InvalidRow
from kommune3.solutions.fleet.importing import describe
from kommune3.solutions.fleet.models import Base, TripImport
from kommune3.solutions.fleet.operations import imports
from kommune3.solutions.fleet.queries.overview import trips_of
from kommune3.solutions.fleet.rest import dashboards, pools, prices, register, runs, tracks, trials
from kommune3.solutions.fleet.rest.bookings import router as bookings
from kommune3.solutions.fleet.rest.schemas import (
    BaseOut,
    CommitIn,
    ImportOut,
    Paged,
    Problem,
    ProblemOut,
    TripsAsked,
    TripsOut,
)
from kommune3.ui.rest import make_api

api = make_api(key="fleet", title="Kommune3: fleet")
api.add_router("", bookings)
api.add_router("", runs.router)
api.add_router("", dashboards.router)
api.add_router("", pools.router)
api.add_router("", trials.router)
api.add_router("", prices.router)
api.add_router("", register.router)
api.add_router("", tracks.router)


@api.exception_handler(FleetError)
def refused(request: HttpRequest, error: FleetError) -> HttpResponse:
    """What cannot be done, in the words of the page."""
    return api.create_response(request, {"code": type(error).__name__, "detail": str(error)}, status=409)


@api.exception_handler(InvalidRow)
def invalid_row(request: HttpRequest, error: InvalidRow) -> HttpResponse:
    """A row that cannot be so, fault by fault."""
    detail = {"code": "InvalidRow", "detail": str(error), "faults": error.faults}
    return api.create_response(request, detail, status=422)


@api.exception_handler(files.NotStored)
def not_stored(request: HttpRequest, error: Exception) -> HttpResponse:
    """An upload that was not kept."""
    return api.create_response(request, {"code": type(error).__name__, "detail": str(error)}, status=422)


# --- Vehicles, bases, rates and trips -----------------------------------------------------------------------------


@api.get("/bases", response=list[BaseOut], url_name="bases")
def bases(request: HttpRequest) -> Any:
    """The bases you may see."""
    return reach.visible(_actor(request), Base).select_related("address")


@api.get("/trips", response=TripsOut, url_name="trips")
def trips(request: HttpRequest, asked: Annotated[TripsAsked, Query()]) -> Any:
    """The trips you may see, in order of start."""
    found = trips_of(_actor(request))
    for lookup, value in (
        ("base", asked.base), ("vehicle", asked.vehicle), ("start_at__gte", asked.start), ("start_at__lt", asked.end),
    ):  # fmt: skip
        if value is not None:
            found = found.filter(**{lookup: value})
    part = found.order_by("start_at", "id")[asked.offset : asked.offset + asked.limit]
    return {"count": found.count(), "items": list(part)}


# --- Imports ------------------------------------------------------------------------------------------------------


@api.get("/imports", response=list[ImportOut], url_name="imports")
def list_imports(request: HttpRequest, asked: Annotated[Paged, Query()]) -> Any:
    """The imports you may see, newest first."""
    return reach.visible(_actor(request), TripImport)[asked.offset : asked.offset + asked.limit]


@api.post("/imports", response={202: ImportOut, 422: Problem}, url_name="imports")
def upload(
    request: HttpRequest,
    file: File[UploadedFile],
    create_vehicles: Form[bool] = False,
    mapping: Form[int | None] = None,
) -> Any:
    """Upload a file with trips. It is read in the background; then look at it and commit or discard it.

    ``mapping``: the saved column mapping it is read with, where its columns have names of their own.
    """
    return 202, tasks.start_reading(
        actor=_actor(request), now=clock.now(), content=file, file_name=file.name or "trips.csv",
        create_vehicles=create_vehicles, mapping_id=mapping,
    )  # fmt: skip


@api.get("/imports/{int:import_id}", response=ImportOut, url_name="import")
def one_import(request: HttpRequest, import_id: int) -> Any:
    """An import as it stands."""
    return reach.get(_actor(request), TripImport, import_id)


@api.get("/imports/{int:import_id}/problems", response=list[ProblemOut], url_name="import_problems")
def import_problems(request: HttpRequest, import_id: int, asked: Annotated[Paged, Query()]) -> Any:
    """What is wrong with the file."""
    found = reach.get(_actor(request), TripImport, import_id).problems.all()[asked.offset : asked.offset + asked.limit]
    told = []
    for problem in found:
        said = describe(problem.code, problem.detail)
        told.append(
            {
                "line": problem.line, "field": problem.field, "value": problem.value, "code": problem.code,
                "message": said.message, "advice": said.advice, "is_notice": problem.is_notice,
            }
        )  # fmt: skip
    return told


@api.post("/imports/{int:import_id}/commit", response={200: ImportOut, 409: Problem}, url_name="import_commit")
def commit_import(request: HttpRequest, import_id: int, chosen: CommitIn) -> Any:
    """Import all of it, or what you choose to keep; or nothing."""
    return imports.commit_import(
        actor=_actor(request), now=clock.now(), import_id=import_id, keep_good=chosen.keep_good,
        keep_overlaps=chosen.keep_overlaps,
    )  # fmt: skip


@api.post("/imports/{int:import_id}/discard", response={200: ImportOut, 409: Problem}, url_name="import_discard")
def discard_import(request: HttpRequest, import_id: int) -> Any:
    """Throw away what was read."""
    return imports.discard_import(actor=_actor(request), now=clock.now(), import_id=import_id)


@api.post("/imports/{int:import_id}/undo", response={200: ImportOut, 409: Problem}, url_name="import_undo")
def undo_import(request: HttpRequest, import_id: int) -> Any:
    """Remove the trips of an import again."""
    return imports.undo_import(actor=_actor(request), now=clock.now(), import_id=import_id)


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
