# SPDX-License-Identifier: MPL-2.0
"""Trials in the API: fleets tried on other weeks, and what if."""

import tempfile
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from fleetplan import Split
from ninja import Query, Router, Schema
from pydantic import Field

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.errors import FleetError, InvalidRun
from kommune3.solutions.fleet.models import Base, RateSet, Run, RunGoal, RunState, Trial, VehicleModel
from kommune3.solutions.fleet.operations import runs, trials
from kommune3.solutions.fleet.planning.trials import LEVELS, HoldoutAsked, WhatIfAsked
from kommune3.solutions.fleet.queries import trial_exports
from kommune3.solutions.fleet.queries.progress import progress_of
from kommune3.solutions.fleet.queries.trials import unserved_of
from kommune3.solutions.fleet.rest.schemas import Paged, Problem

router = Router()
OPTIMISE = "fleet.runs.start"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class HoldoutIn(Schema):
    """Which weeks it is chosen on. ``given``: those of ``run``, with its fleet. ``levels``: shares of trips."""

    split: Literal["random", "rolling", "leave-one-out", "given"] = "random"
    train_weeks: int = Field(4, ge=1, le=51)
    seed: int = Field(1, ge=0)
    levels: list[Annotated[float, Field(gt=0, le=1)]] = list(LEVELS)


class WhatIfIn(Schema):
    """What shall change; each by itself. Bases by their ids. A figure needs a source."""

    electrify: bool = False
    charge_kw: float | None = Field(None, gt=0)
    charge_source: str = ""
    close_base: int | None = None
    to_base: int | None = None
    share: tuple[int, int] | None = None
    move_twice: bool = False
    move_dkk: float | None = Field(None, ge=0)
    move_source: str = ""
    grow_percent: float | None = Field(None, gt=-100, le=1000)
    seed: int = Field(1, ge=0)


class TrialIn(Schema):
    """One of the two kinds, of a finished ``run`` or of ``bases`` in a period. ``period_end`` is not included."""

    holdout: HoldoutIn | None = None
    whatif: WhatIfIn | None = None
    run: int | None = None
    bases: list[int] = []
    period_start: date | None = None
    period_end: date | None = None
    goal: Literal["CASH", "CO2E", "VEHICLES"] = "CASH"
    models: list[int] = []
    max_unserved: int | None = Field(0, ge=0)
    rates: str | None = None
    title: str = Field("", max_length=120)


class CountOut(Schema):
    """Vehicles of a model at a base. ``half``: 0 all year, 1 April to September, 2 the rest."""

    base_id: int
    model: str = Field(alias="model.name")
    half: int
    count: int


class WeekTriedOut(Schema):
    """A fleet in a week it was not chosen on; kroner and kg are the week's, scaled to a year."""

    first_date: date = Field(alias="week.first_date")
    trips: int = Field(alias="week.trips")
    unserved_trips: int
    unserved_km: float
    unserved_at_least: int
    cash_dkk: Decimal
    social_dkk: Decimal
    co2e_kg: Decimal


class TrialPlanOut(Schema):
    """A fleet of a trial. Cash and social cost are two figures."""

    id: int
    kind: str
    change: str
    chosen_on: list[int]
    status: str
    vehicles: int | None
    cash_dkk: Decimal | None
    moving_dkk: Decimal | None
    social_dkk: Decimal | None
    co2e_kg: Decimal | None
    unserved_trips: int | None
    value: Decimal | None
    bound: Decimal | None
    facts: dict[str, Any]
    counts: list[CountOut]
    tested: list[WeekTriedOut]


class TrialOut(Schema):
    """A trial. ``state``: STARTED, FINISHED or FAILED; ``percent`` tells how far a started one is."""

    id: int
    kind: str
    title: str
    state: str
    failure: str
    period_start: date
    period_end: date
    settings: dict[str, Any]
    trips: int
    violations: int
    created_at: datetime
    percent: int | None = None


class TrialResultOut(TrialOut):
    """A trial with its result. ``result``: service, saving and sizes of a hold-out, each with its interval."""

    result: dict[str, Any] = {}
    plans: list[TrialPlanOut] = []
    rates_used: list[dict[str, Any]] = []


class UnservedOut(Schema):
    """A trip without a vehicle in a plan of the trial."""

    plan_id: int
    trip_id: int
    external_id: str = Field(alias="trip.external_id")
    base_id: int = Field(alias="trip.base_id")
    start_at: datetime = Field(alias="trip.start_at")
    end_at: datetime = Field(alias="trip.end_at")
    obstacle: str


class UnservedPage(Schema):
    count: int
    items: list[UnservedOut]


@router.get("/trials", response=list[TrialOut], url_name="trials")
def list_trials(request: HttpRequest, asked: Annotated[Paged, Query()]) -> Any:
    """The trials you may see, newest first."""
    return reach.visible(_actor(request), Trial)[asked.offset : asked.offset + asked.limit]


@router.post("/trials", response={202: TrialOut, 409: Problem}, url_name="trials")
def start_trial(request: HttpRequest, asked: TrialIn) -> Any:
    """Start a trial; ask for it until its state is FINISHED."""
    actor = _actor(request)
    return 202, tasks.start_trial(actor=actor, now=clock.now(), asked=_asked(actor, asked))


@router.get("/trials/{int:trial_id}", response=TrialResultOut, url_name="trial")
def one_trial(request: HttpRequest, trial_id: int) -> Any:
    """A trial: how far it is, or its result."""
    trial = reach.get(_actor(request), Trial, trial_id)
    progress = progress_of(trial.job_id) if trial.state == RunState.STARTED else None
    plans = trial.plans.prefetch_related("counts__model", "tested__week")
    return {
        **TrialOut.from_orm(trial).dict(), "percent": progress.percent if progress else None,
        "result": trial.result, "rates_used": trial.rates_used,
        "plans": list(plans),
    }  # fmt: skip


@router.delete("/trials/{int:trial_id}", response={204: None, 409: Problem}, url_name="trial")
def delete_trial(request: HttpRequest, trial_id: int) -> Any:
    """Delete a trial. The optimisation it was made of stays."""
    trials.delete_trial(actor=_actor(request), now=clock.now(), trial_id=trial_id)
    return 204, None


@router.get("/trials/{int:trial_id}/unserved", response=UnservedPage, url_name="trial_unserved")
def trial_unserved(
    request: HttpRequest, trial_id: int, asked: Annotated[Paged, Query()], plan: int | None = None
) -> Any:
    """The trips without a vehicle, of all its plans or of one."""
    found = unserved_of(actor=_actor(request), trial_id=trial_id)
    if plan is not None:
        found = found.filter(plan_id=plan)
    part = found.order_by("plan_id", "trip__start_at", "trip_id")[asked.offset : asked.offset + asked.limit]
    return {"count": found.count(), "items": list(part)}


@router.get("/trials/{int:trial_id}/export", response={200: bytes, 409: Problem}, url_name="trial_export")
def export_trial(request: HttpRequest, trial_id: int) -> HttpResponseBase:
    """The result as an Excel workbook."""
    actor = _actor(request)
    trial = reach.get(actor, Trial, trial_id)
    if trial.state != RunState.FINISHED:
        raise FleetError(_("The trial has no result to export."))
    log.record(
        actor=actor, action="fleet.trial.exported", now=clock.now(), object=trial, unit_id=trial.unit_id,
        detail={"format": "xlsx"},
    )  # fmt: skip
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    trial_exports.write_trial(actor=actor, trial=trial, target=file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"trial-{trial_id}.xlsx", content_type=_XLSX)


@router.post("/trials/{int:trial_id}/cancel", response=TrialOut, url_name="trial_cancel")
def cancel_trial(request: HttpRequest, trial_id: int) -> Any:
    """Ask a trial that is not finished to stop."""
    actor = _actor(request)
    trial = reach.get(actor, Trial, trial_id, action=OPTIMISE)
    trials.cancel_trial(trial, actor=actor, now=clock.now())
    return trial


def _asked(actor: Actor, asked: TrialIn) -> trials.AskedTrial:
    what = _what(asked)
    if asked.run is not None:
        return trials.AskedTrial(
            run=reach.get(actor, Run, asked.run, action=OPTIMISE), what=what, title=asked.title,
            period_start=asked.period_start, period_end=asked.period_end,
        )  # fmt: skip
    chosen = list(reach.visible(actor, Base).filter(pk__in=asked.bases).select_related("unit"))
    models = list(reach.visible(actor, VehicleModel).filter(pk__in=asked.models))
    sets = reach.visible(actor, RateSet)
    rate_set = (sets.filter(name=asked.rates) if asked.rates else sets.filter(is_default=True)).first()
    if len(chosen) != len(set(asked.bases)) or len(models) != len(set(asked.models)) or rate_set is None:
        raise reach.NotVisible
    if asked.period_start is None or asked.period_end is None:
        raise InvalidRun(_("Give a period, or a finished optimisation."))
    question = runs.Asked(
        title=asked.title, bases=chosen, period_start=asked.period_start, period_end=asked.period_end,
        goal=RunGoal(asked.goal), models=models, max_unserved=asked.max_unserved, rate_set=rate_set, with_front=False,
    )  # fmt: skip
    return trials.AskedTrial(question=question, what=what, title=asked.title)


def _what(asked: TrialIn) -> HoldoutAsked | WhatIfAsked:
    if (asked.holdout is None) == (asked.whatif is None):
        raise InvalidRun(_("Ask either for a trial on other weeks or for a what-if."))
    if asked.holdout is not None:
        found = asked.holdout
        return HoldoutAsked(
            split=Split(found.split), train_weeks=found.train_weeks, seed=found.seed, levels=tuple(found.levels)
        )
    assert asked.whatif is not None
    for figure, source in (("charge_kw", "charge_source"), ("move_dkk", "move_source")):
        if getattr(asked.whatif, figure) is not None and not getattr(asked.whatif, source):
            raise InvalidRun(_("Say where the figure comes from, so that others can trust it."))
    return WhatIfAsked(**asked.whatif.dict())


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
