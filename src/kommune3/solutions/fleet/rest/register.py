# SPDX-License-Identifier: MPL-2.0
"""Vehicles, models, chargers, rates and register files in the API: the same operations as the pages."""

import tempfile
from collections import Counter
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from ninja import File, Form, Query, Router, UploadedFile

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import (
    Base,
    Charger,
    Rate,
    RateKind,
    RateSet,
    Register,
    RegisterImport,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.operations import rates, register, register_files, vehicles
from kommune3.solutions.fleet.queries.rate_words import WORDS
from kommune3.solutions.fleet.queries.register import contracts
from kommune3.solutions.fleet.queries.register_exports import FORMATS, written_register
from kommune3.solutions.fleet.rest.register_schemas import (
    ChangeOut,
    ChargerIn,
    ChargerOut,
    ContractOut,
    ModelIn,
    ModelOut,
    MoveIn,
    RateChange,
    RateFull,
    RateIn,
    ReadingIn,
    ReadingOut,
    RegisterCommitIn,
    RegisterImportOut,
    RetireIn,
    ServiceIn,
    ServiceOut,
    VehicleFull,
    VehicleIn,
)
from kommune3.solutions.fleet.rest.schemas import Paged, Problem, RateOut, VehicleOut

router = Router()
API = "API"
"""What the history says a change came through."""
EDIT = vehicles.EDIT


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


# --- Vehicles -----------------------------------------------------------------------------------------------------


@router.get("/vehicles", response=list[VehicleOut], url_name="vehicles")
def list_vehicles(request: HttpRequest) -> Any:
    """The vehicles you may see."""
    return reach.visible(_actor(request), Vehicle).select_related("model")


@router.post("/vehicles", response={201: VehicleFull, 422: Problem}, url_name="vehicles")
def create_vehicle(request: HttpRequest, given: VehicleIn) -> Any:
    """Create a vehicle."""
    return 201, _save_vehicle(request, Vehicle(), given)


@router.get("/vehicles/{int:vehicle_id}", response=VehicleFull, url_name="vehicle")
def one_vehicle(request: HttpRequest, vehicle_id: int) -> Any:
    """A vehicle with everything the register says of it."""
    return reach.get(_actor(request), Vehicle, vehicle_id)


@router.put("/vehicles/{int:vehicle_id}", response={200: VehicleFull, 422: Problem}, url_name="vehicle")
def change_vehicle(request: HttpRequest, vehicle_id: int, given: VehicleIn) -> Any:
    """Change a vehicle: what is left out is emptied."""
    return _save_vehicle(request, reach.get(_actor(request), Vehicle, vehicle_id, action=EDIT), given)


@router.post("/vehicles/{int:vehicle_id}/move", response={200: VehicleFull, 422: Problem}, url_name="vehicle_move")
def move_vehicle(request: HttpRequest, vehicle_id: int, given: MoveIn) -> Any:
    """Let a vehicle stand at another base from a day on."""
    actor = _actor(request)
    base = reach.get(actor, Base, given.base_id, action=EDIT)
    return vehicles.move_vehicle(
        actor=actor, now=clock.now(), vehicle_id=vehicle_id, base=base, on=given.on, origin=API
    )


@router.post("/vehicles/{int:vehicle_id}/retire", response={200: VehicleFull, 422: Problem}, url_name="vehicle_retire")
def retire_vehicle(request: HttpRequest, vehicle_id: int, given: RetireIn) -> Any:
    """Take a vehicle out of the fleet after a day."""
    return vehicles.retire_vehicle(
        actor=_actor(request), now=clock.now(), vehicle_id=vehicle_id, last_day=given.last_day, origin=API
    )


@router.get("/vehicles/{int:vehicle_id}/changes", response=list[ChangeOut], url_name="vehicle_changes")
def vehicle_changes(request: HttpRequest, vehicle_id: int, asked: Annotated[Paged, Query()]) -> Any:
    """Who changed what, newest first."""
    found = reach.get(_actor(request), Vehicle, vehicle_id).changes.all()
    return found[asked.offset : asked.offset + asked.limit]


@router.get("/contracts", response=list[ContractOut], url_name="contracts")
def list_contracts(request: HttpRequest) -> Any:
    """Every leased vehicle of today with its forecast, the largest excess first."""
    return [ContractOut.of(each) for each in contracts(actor=_actor(request), now=clock.now())]


# --- Out of use, odometer -----------------------------------------------------------------------------------------


@router.get("/vehicles/{int:vehicle_id}/services", response=list[ServiceOut], url_name="vehicle_services")
def services(request: HttpRequest, vehicle_id: int) -> Any:
    """When the vehicle is out of use."""
    return reach.get(_actor(request), Vehicle, vehicle_id).service_windows.all()


@router.post(
    "/vehicles/{int:vehicle_id}/services", response={201: ServiceOut, 422: Problem}, url_name="vehicle_services"
)
def create_service(request: HttpRequest, vehicle_id: int, given: ServiceIn) -> Any:
    """Say that the vehicle is out of use for a time. Overlaps are refused."""
    return 201, register.save_service_window(
        actor=_actor(request), now=clock.now(), vehicle_id=vehicle_id, origin=API, **given.dict()
    )


@router.put(
    "/vehicles/{int:vehicle_id}/services/{int:window_id}", response={200: ServiceOut, 422: Problem}, url_name="service"
)
def change_service(request: HttpRequest, vehicle_id: int, window_id: int, given: ServiceIn) -> Any:
    """Change when or why."""
    return register.save_service_window(
        actor=_actor(request), now=clock.now(), vehicle_id=vehicle_id, window_id=window_id, origin=API, **given.dict()
    )


@router.delete("/vehicles/{int:vehicle_id}/services/{int:window_id}", response={204: None}, url_name="service")
def remove_service(request: HttpRequest, vehicle_id: int, window_id: int) -> Any:
    """The vehicle can be driven after all."""
    register.remove_service_window(
        actor=_actor(request), now=clock.now(), vehicle_id=vehicle_id, window_id=window_id, origin=API
    )
    return 204, None


@router.get("/vehicles/{int:vehicle_id}/readings", response=list[ReadingOut], url_name="vehicle_readings")
def readings(request: HttpRequest, vehicle_id: int) -> Any:
    """What the odometer showed, newest first."""
    return reach.get(_actor(request), Vehicle, vehicle_id).readings.all()


@router.post(
    "/vehicles/{int:vehicle_id}/readings", response={201: ReadingOut, 422: Problem}, url_name="vehicle_readings"
)
def create_reading(request: HttpRequest, vehicle_id: int, given: ReadingIn) -> Any:
    """Write down what the odometer shows; a reading of the same day is corrected."""
    return 201, register.save_reading(
        actor=_actor(request), now=clock.now(), vehicle_id=vehicle_id, origin=API, **given.dict()
    )


# --- Models and chargers ------------------------------------------------------------------------------------------


@router.get("/models", response=list[ModelOut], url_name="models")
def models(request: HttpRequest) -> Any:
    """The catalogue. A null figure is one nobody has told."""
    return reach.visible(_actor(request), VehicleModel)


@router.post("/models", response={201: ModelOut, 422: Problem}, url_name="models")
def create_model(request: HttpRequest, given: ModelIn) -> Any:
    """Create a model."""
    return 201, _save_model(request, VehicleModel(), given)


@router.get("/models/{int:model_id}", response=ModelOut, url_name="model")
def one_model(request: HttpRequest, model_id: int) -> Any:
    """A model."""
    return reach.get(_actor(request), VehicleModel, model_id)


@router.put("/models/{int:model_id}", response={200: ModelOut, 422: Problem}, url_name="model")
def change_model(request: HttpRequest, model_id: int, given: ModelIn) -> Any:
    """Change a model: what is left out is emptied."""
    return _save_model(request, reach.get(_actor(request), VehicleModel, model_id), given)


@router.get("/chargers", response=list[ChargerOut], url_name="chargers")
def chargers(request: HttpRequest) -> Any:
    """The chargers you may see."""
    return reach.visible(_actor(request), Charger)


@router.post("/chargers", response={201: ChargerOut, 422: Problem}, url_name="chargers")
def create_charger(request: HttpRequest, given: ChargerIn) -> Any:
    """Create a charger."""
    return 201, _save_charger(request, Charger(), given)


@router.put("/chargers/{int:charger_id}", response={200: ChargerOut, 422: Problem}, url_name="charger")
def change_charger(request: HttpRequest, charger_id: int, given: ChargerIn) -> Any:
    """Change a charger, or end it."""
    return _save_charger(request, reach.get(_actor(request), Charger, charger_id, action=EDIT), given)


# --- Rates --------------------------------------------------------------------------------------------------------


@router.get("/rates", response=list[RateOut], url_name="rates")
def list_rates(request: HttpRequest) -> Any:
    """Every rate with its source; a null value is one nobody has told yet."""
    found = reach.visible(_actor(request), RateSet).prefetch_related("rates__rate_set")
    return [rate for rate_set in found for rate in rate_set.rates.all()]


@router.post("/rates", response={201: RateFull, 422: Problem}, url_name="rates")
def create_rate(request: HttpRequest, given: RateIn) -> Any:
    """Add a period: the one before it ends where it begins."""
    sets = reach.visible(_actor(request), RateSet)
    found = (sets.filter(name=given.rate_set) if given.rate_set else sets.filter(is_default=True)).first()
    if found is None or given.kind not in RateKind.values:
        raise reach.NotVisible
    return 201, _save_rate(request, Rate(rate_set=found, kind=given.kind), given)


@router.get("/rates/{int:rate_id}", response=RateFull, url_name="rate")
def one_rate(request: HttpRequest, rate_id: int) -> Any:
    """A period of a rate with what it is used for."""
    return _told_rate(reach.get(_actor(request), Rate, rate_id))


@router.put("/rates/{int:rate_id}", response={200: RateFull, 422: Problem}, url_name="rate")
def change_rate(request: HttpRequest, rate_id: int, given: RateChange) -> Any:
    """Correct a period."""
    return _save_rate(request, reach.get(_actor(request), Rate, rate_id), given)


@router.delete("/rates/{int:rate_id}", response={204: None, 422: Problem}, url_name="rate")
def remove_rate(request: HttpRequest, rate_id: int) -> Any:
    """Take a period away; the one before it holds on."""
    rates.remove_rate(actor=_actor(request), now=clock.now(), rate_id=rate_id, origin=API)
    return 204, None


@router.get("/rates/{int:rate_id}/changes", response=list[ChangeOut], url_name="rate_changes")
def rate_changes(request: HttpRequest, rate_id: int) -> Any:
    """Who changed the rate, all of its periods, newest first."""
    rate = reach.get(_actor(request), Rate, rate_id)
    return rate.rate_set.changes.filter(what__startswith=f"{rate.kind}@")[:200]


# --- Register files -----------------------------------------------------------------------------------------------


@router.get("/registers/{kind}/export/{form}", response={200: bytes}, url_name="register_export")
def export_register(request: HttpRequest, kind: str, form: str) -> HttpResponseBase:
    """The register ``vehicles`` or ``models`` as a file: xlsx, csv, json (models) or template."""
    actor, register = _actor(request), _register(kind)
    if form not in FORMATS[register]:
        raise Http404
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    written_register(actor=actor, now=clock.now(), register=register, form=form, target=file)
    file.seek(0)
    log.record(
        actor=actor,
        action="fleet.register.exported",
        now=clock.now(),
        detail={"register": register.value, "format": form},
    )
    return FileResponse(file, as_attachment=True, filename=f"{kind}.{'xlsx' if form == 'template' else form}")


@router.post("/registers/files", response={201: RegisterImportOut, 409: Problem}, url_name="register_imports")
def read_register_file(request: HttpRequest, file: File[UploadedFile], kind: Form[str]) -> Any:
    """Read a file of the ``kind`` vehicles or models and compare it with the register; then commit or discard it."""
    found = register_files.read_file(
        actor=_actor(request), now=clock.now(), register=_register(kind), stream=file,
        file_name=file.name or "register",
    )  # fmt: skip
    return 201, _told_import(found)


@router.get("/registers/files/{int:register_import_id}", response=RegisterImportOut, url_name="register_import")
def one_register_import(request: HttpRequest, register_import_id: int) -> Any:
    """What the file would change, line by line."""
    return _told_import(reach.get(_actor(request), RegisterImport, register_import_id))


@router.post(
    "/registers/files/{int:register_import_id}/commit", response={200: RegisterImportOut, 409: Problem},
    url_name="register_commit",
)  # fmt: skip
def commit_register(request: HttpRequest, register_import_id: int, chosen: RegisterCommitIn) -> Any:
    """Write all of it, or the good lines; or nothing."""
    done = register_files.commit(
        actor=_actor(request), now=clock.now(), register_import_id=register_import_id, keep_good=chosen.keep_good
    )
    return _told_import(done)


@router.post(
    "/registers/files/{int:register_import_id}/discard", response={200: RegisterImportOut, 409: Problem},
    url_name="register_discard",
)  # fmt: skip
def discard_register(request: HttpRequest, register_import_id: int) -> Any:
    """Throw away what was read."""
    done = register_files.discard(actor=_actor(request), now=clock.now(), register_import_id=register_import_id)
    return _told_import(done)


# --- Parts --------------------------------------------------------------------------------------------------------


def _save_vehicle(request: HttpRequest, vehicle: Vehicle, given: VehicleIn) -> Vehicle:
    actor = _actor(request)
    values = given.dict()
    vehicle.base = reach.get(actor, Base, values.pop("base_id"), action=EDIT)
    vehicle.model = reach.get(actor, VehicleModel, values.pop("model_id"))
    unit_id = values.pop("unit_id")
    unit = reach.units(actor, EDIT).filter(pk=unit_id).first() if unit_id else None
    if unit_id and unit is None:
        raise reach.NotVisible
    vehicle.unit = unit
    for name, value in values.items():
        setattr(vehicle, name, value)
    return vehicles.save_vehicle(actor=actor, now=clock.now(), vehicle=vehicle, origin=API)


def _save_model(request: HttpRequest, model: VehicleModel, given: ModelIn) -> VehicleModel:
    for name, value in given.dict().items():
        setattr(model, name, value)
    return vehicles.save_model(actor=_actor(request), now=clock.now(), model=model, origin=API)


def _save_charger(request: HttpRequest, charger: Charger, given: ChargerIn) -> Charger:
    actor, values = _actor(request), given.dict()
    charger.base = reach.get(actor, Base, values.pop("base_id"), action=EDIT)
    for name, value in values.items():
        setattr(charger, name, value)
    return register.save_charger(actor=actor, now=clock.now(), charger=charger, origin=API)


def _save_rate(request: HttpRequest, rate: Rate, given: RateIn | RateChange) -> dict[str, Any]:
    for name in ("value", "valid_from", "valid_to", "source"):
        setattr(rate, name, getattr(given, name))
    return _told_rate(rates.save_rate(actor=_actor(request), now=clock.now(), rate=rate, origin=API))


def _told_rate(rate: Rate) -> dict[str, Any]:
    words = WORDS[RateKind(rate.kind)]
    return {
        "id": rate.pk, "rate_set": rate.rate_set.name, "kind": rate.kind, "value": rate.value,
        "valid_from": rate.valid_from, "valid_to": rate.valid_to, "source": rate.source, "unit": str(words.unit),
        "used_for": str(words.used_for),
    }  # fmt: skip


def _told_import(found: RegisterImport) -> dict[str, Any]:
    lines = list(found.lines.all())
    counts = Counter(line.status.lower() for line in lines)
    return {
        "id": found.pk, "kind": found.register, "file_name": found.file_name, "state": found.state,
        "notices": found.notices, "created_at": found.created_at, "lines": lines,
        **{name: counts[name] for name in ("new", "changed", "unchanged", "bad")},
    }  # fmt: skip


def _register(word: str) -> Register:
    try:
        return Register(word.upper())
    except ValueError:
        raise Http404 from None
