# SPDX-License-Identifier: MPL-2.0
"""Optimisations and simulations in the API."""

import tempfile
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Query, Router

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError, InvalidRun
from kommune3.solutions.fleet.models import Base, ChargingRule, FleetMode, RateSet, Run, RunGoal, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import accepting, runs
from kommune3.solutions.fleet.queries.charging import charges_of
from kommune3.solutions.fleet.queries.comparing import FEWEST, MOST, compare
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.queries.results import Result, assignments_of, get_result
from kommune3.solutions.fleet.queries.usage import LENGTHS_KM, Usage, get_usage
from kommune3.solutions.fleet.queries.workbook import write_workbook
from kommune3.solutions.fleet.rest.run_schemas import (
    AcceptIn,
    AssignmentsOut,
    ChargesOut,
    ComparisonOut,
    DescribeIn,
    ResultOut,
    RunIn,
    RunOut,
    UsageOut,
)
from kommune3.solutions.fleet.rest.schemas import Paged, Problem

router = Router()
OPTIMISE = "fleet.runs.start"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/runs", response=list[RunOut], url_name="runs")
def list_runs(request: HttpRequest, asked: Annotated[Paged, Query()]) -> Any:
    """The optimisations and simulations you may see, newest first."""
    return reach.visible(_actor(request), Run)[asked.offset : asked.offset + asked.limit]


@router.post("/runs", response={202: RunOut, 409: Problem}, url_name="runs")
def start_run(request: HttpRequest, asked: RunIn) -> Any:
    """Start an optimisation or simulation; ask for it until its state is FINISHED. A small simulation is so at once."""
    actor = _actor(request)
    wanted = _asked(actor, asked)
    start = tasks.start_simulation if wanted.fleet_mode == FleetMode.MANUAL else tasks.start_run
    return 202, start(actor=actor, now=clock.now(), asked=wanted)


@router.get("/runs/compare", response={200: ComparisonOut, 409: Problem}, url_name="run_compare")
def compare_runs(request: HttpRequest, runs: Annotated[list[int], Query()]) -> Any:
    """Two to four finished runs side by side."""
    if not FEWEST <= len(set(runs)) <= MOST:
        raise InvalidRun(_("Choose two, three or four."))
    found = compare(actor=_actor(request), run_ids=runs)
    sides = [
        {
            "run_id": side.run.pk, "title": side.run.title, "plan": side.plan, "km": side.km_of,
            "vehicles_by_model": side.count_of,
        }
        for side in found.sides
    ]  # fmt: skip
    return {"sides": sides, "differs": found.differs}


@router.get("/runs/{int:run_id}", response=ResultOut, url_name="run")
def one_run(request: HttpRequest, run_id: int, plan: int | None = None) -> Any:
    """A run: how far it is, or its result with its proof. ``plan``: another of its plans than the proposal."""
    return _told(get_result(actor=_actor(request), run_id=run_id, plan_id=plan))


@router.patch("/runs/{int:run_id}", response={200: RunOut, 409: Problem}, url_name="run")
def describe_run(request: HttpRequest, run_id: int, said: DescribeIn) -> Any:
    """Give a run another title and note."""
    return runs.describe_run(actor=_actor(request), now=clock.now(), run_id=run_id, title=said.title, note=said.note)


@router.delete("/runs/{int:run_id}", response={204: None, 409: Problem}, url_name="run")
def delete_run(request: HttpRequest, run_id: int) -> Any:
    """Delete a run that is not evidence. It can be restored for 30 days."""
    runs.delete_run(actor=_actor(request), now=clock.now(), run_id=run_id)
    return 204, None


@router.post("/runs/{int:run_id}/restore", response=RunOut, url_name="run_restore")
def restore_run(request: HttpRequest, run_id: int) -> Any:
    """Bring a deleted run back."""
    return runs.restore_run(actor=_actor(request), now=clock.now(), run_id=run_id)


@router.get("/runs/{int:run_id}/assignments", response=AssignmentsOut, url_name="run_assignments")
def run_assignments(
    request: HttpRequest, run_id: int, asked: Annotated[Paged, Query()], plan: int | None = None, unserved: bool = False
) -> Any:
    """Who drives what in the proposal, or in the plan asked for. ``unserved``: only trips without a vehicle."""
    found = assignments_of(actor=_actor(request), run_id=run_id, plan_id=plan)
    if unserved:
        found = found.filter(plan_vehicle=None)
    part = found.order_by("trip__start_at", "trip_id")[asked.offset : asked.offset + asked.limit]
    return {"count": found.count(), "items": list(part)}


@router.get("/runs/{int:run_id}/charges", response=ChargesOut, url_name="run_charges")
def run_charges(request: HttpRequest, run_id: int, asked: Annotated[Paged, Query()], plan: int | None = None) -> Any:
    """Which vehicle charges where and when, in the proposal or in the plan asked for. Empty without real charging."""
    found = charges_of(actor=_actor(request), run_id=run_id, plan_id=plan)
    return {"count": found.count(), "items": list(found[asked.offset : asked.offset + asked.limit])}


@router.get("/runs/{int:run_id}/usage", response={200: UsageOut, 409: Problem}, url_name="run_usage")
def run_usage(request: HttpRequest, run_id: int, plan: int | None = None) -> Any:
    """Histograms and the use of each vehicle, of the proposal or of the plan asked for."""
    usage = get_usage(actor=_actor(request), run_id=run_id, plan_id=plan)
    if usage is None:
        raise FleetError(_("The optimisation has no plan to export."))
    return _used(usage)


@router.get("/runs/{int:run_id}/export", response={200: bytes, 409: Problem}, url_name="run_export")
def export_run(request: HttpRequest, run_id: int, plan: int | None = None) -> HttpResponseBase:
    """The result as an Excel workbook, of the proposal or of the plan asked for."""
    actor = _actor(request)
    result = get_result(actor=actor, run_id=run_id, plan_id=plan)
    if result.shown is None:
        raise FleetError(_("The optimisation has no plan to export."))
    log.record(
        actor=actor, action="fleet.run.exported", now=clock.now(), object=result.run, unit_id=result.run.unit_id,
        detail={"format": "xlsx"},
    )  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    write_workbook(result, assignments_of(actor=actor, run_id=run_id, plan_id=result.shown.pk), file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"run-{run_id}.xlsx", content_type=_XLSX)


@router.post("/runs/{int:run_id}/accept", response={200: RunOut, 409: Problem}, url_name="run_accept")
def accept_run(request: HttpRequest, run_id: int, said: AcceptIn | None = None) -> Any:
    """Accept the proposal, or the plan named; its effect goes into the ledger."""
    plan = said.plan if said else None
    return accepting.accept_plan(actor=_actor(request), now=clock.now(), run_id=run_id, plan_id=plan)


@router.post("/runs/{int:run_id}/cancel", response=RunOut, url_name="run_cancel")
def cancel_run(request: HttpRequest, run_id: int) -> Any:
    """Ask a run that is not finished to stop."""
    actor = _actor(request)
    run = reach.get(actor, Run, run_id, action=OPTIMISE)
    runs.cancel_run(run, actor=actor, now=clock.now())
    return run


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found


def _asked(actor: Actor, asked: RunIn) -> runs.Asked:
    """What is asked, with every row looked up on behalf of the actor. Raises ``NotVisible``."""
    wanted_models = {*asked.models, *(each.model for each in asked.counts), *(each.model for each in asked.ranges)}
    chosen = list(reach.visible(actor, Base).filter(pk__in=asked.bases).select_related("unit"))
    models = {model.pk: model for model in reach.visible(actor, VehicleModel).filter(pk__in=wanted_models)}
    locked = reach.visible(actor, Vehicle).filter(pk__in=asked.locked or [], base__in=asked.bases).count()
    sets = reach.visible(actor, RateSet)
    rate_set = (sets.filter(name=asked.rates) if asked.rates else sets.filter(is_default=True)).first()
    is_whole = len(chosen) == len(set(asked.bases)) and len(models) == len(wanted_models)
    if not is_whole or rate_set is None or locked != len(set(asked.locked or [])):
        raise reach.NotVisible
    return runs.Asked(
        title=asked.title, note=asked.note, bases=chosen, period_start=asked.period_start, period_end=asked.period_end,
        goal=RunGoal(asked.goal), fleet_mode=FleetMode(asked.fleet_mode), models=[models[pk] for pk in asked.models],
        counts={(each.base, each.model): each.count for each in asked.counts},
        ranges={(each.base, each.model): runs.Range(each.min_count, each.max_count) for each in asked.ranges},
        locked=asked.locked, max_unserved=asked.max_unserved, max_cash_dkk=asked.max_cash_dkk,
        max_co2e_kg=asked.max_co2e_kg, priority=asked.priority or None, changeover_minutes=asked.changeover_minutes,
        rate_set=rate_set, with_front=asked.with_front, shares_pools=asked.shares_pools,
        charging=ChargingRule(asked.charging), price_area=asked.price_area,
    )  # fmt: skip


def _told(result: Result) -> dict[str, Any]:
    run = result.run
    progress = progress_of(run.job_id) if run.state == "STARTED" else None
    return {
        **RunOut.from_orm(run).dict(),
        "percent": progress.percent if progress else None,
        "plans": list(run.plans.all()),
        "witnesses": [proof.witness for proof in result.proofs],
        "fleet": result.vehicles,
        "rates_used": run.rates_used,
    }


def _used(usage: Usage) -> dict[str, Any]:
    def named(counts: dict[str, list[int]]) -> dict[str, list[int]]:
        return {kind or "UNSERVED": figures for kind, figures in counts.items()}

    return {
        "plan_id": usage.plan.pk,
        "days": usage.days,
        "lengths_km": list(LENGTHS_KM),
        "trips_by_hour": named(usage.by_hour),
        "trips_by_length": named(usage.by_length),
        "most_out_by_hour": named(usage.most_out),
        "vehicles": [
            {
                "plan_vehicle_id": use.vehicle.pk, "base_id": use.vehicle.base_id, "model": use.vehicle.model.name,
                "number": use.vehicle.number, "trips": use.vehicle.trips, "km": use.vehicle.km,
                "days_used": use.days_used, "km_per_day_used": use.km_per_day_used, "hours_out": use.hours_out,
                "share_in_use": use.share_in_use,
            }
            for use in usage.vehicles
        ],
    }  # fmt: skip
