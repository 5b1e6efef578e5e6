# SPDX-License-Identifier: MPL-2.0
"""Durable background work of the fleet solution."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import IO, cast
from uuid import UUID

import fleetplan
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import files, jobs
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.jobs import JobContext, durable, leases, schedule
from kommune3.kernel.jobs.running import run as run_now
from kommune3.kernel.jobs.worker import Worker, own_name
from kommune3.solutions.fleet import fetching as fetching  # its schedules are declared where tasks are looked for
from kommune3.solutions.fleet import keeping as keeping
from kommune3.solutions.fleet import parting
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.importing import Mapping
from kommune3.solutions.fleet.models import ImportState, Run, RunState, Trial, TrialKind, TripImport
from kommune3.solutions.fleet.operations import accepting, imports, mappings, results, runs, staging, trials
from kommune3.solutions.fleet.planning import problem, solving
from kommune3.solutions.fleet.planning import trials as planned

WAIT_SECONDS = 0.2
KEPT_DELETED = timedelta(days=30)
"""How long a deleted run can be brought back."""


@durable(queue="optimisation", max_attempts=3, timeout_minutes=60)
def optimise(job: JobContext, *, run_id: int) -> None:
    """Find the best fleet for a run. Killed, it begins again; its result and effect are written once, in the commit."""
    run = Run.with_deleted.select_related("rate_set", "unit").get(pk=run_id)
    if run.state != RunState.STARTED:
        with job.commit():
            return
    try:
        prepared = problem.prepare(run)
        found = solving.find(
            prepared.problem,
            wanted=problem.wanted(run, prepared),
            on_progress=lambda fraction, text: job.progress(fraction, str(text)),
            should_cancel=job.cancelled,
            in_parts=parting.in_parts(job, run),
        )
    except solving.Cancelled:
        return
    except FleetError as refusal:
        with job.commit():
            results.write_failure(run, message=str(refusal), now=job.now())
        return
    with job.commit():
        results.write_result(run, prepared, found, now=job.now())
        parting.forget_parts(run)
        if run.accept_when_done and found.answer.totals is not None and not found.violations:
            accepting.accept_plan(actor=job.actor, now=job.now(), run_id=run.pk)
        job.result = {"run": run.pk, "status": run.status}


@durable(queue="optimisation", max_attempts=3, timeout_minutes=240)
def try_out(job: JobContext, *, trial_id: int) -> None:
    """Try a fleet on other weeks, or under other conditions. Killed, it begins again; its result is written once."""
    trial = Trial.objects.select_related("run__rate_set", "unit").get(pk=trial_id)
    if trial.state != RunState.STARTED:
        with job.commit():
            return
    began = time.monotonic()

    def told(fraction: float, text: solving.Text) -> None:
        job.progress(fraction, str(text))

    try:
        prepared, write = _tried(trial, job, told)
    except solving.Cancelled:
        return
    except FleetError as refusal:
        with job.commit():
            trials.write_failure(trial, message=str(refusal), now=job.now())
        return
    with job.commit():
        write(seconds=time.monotonic() - began, now=job.now())
        job.result = {"trial": trial.pk, "violations": trial.violations}


def _tried(trial: Trial, job: JobContext, told: solving.OnProgress) -> tuple[problem.Prepared, Callable[..., None]]:
    """What the engine was asked, and how its answer is written down."""
    run = trial.run
    told(0.01, _("Building the model"))
    if trial.kind == TrialKind.WHATIF:
        change = planned.WhatIfAsked.from_json(trial.settings)
        ways = trials.known_ways(change, now=job.now())
        run.period_start, run.period_end = trial.period_start, trial.period_end
        prepared = problem.prepare(run)
        cases = planned.find_cases(prepared.problem, change, ways, on_progress=told, should_cancel=job.cancelled)
        return prepared, partial(trials.write_cases, trial, prepared, cases)
    asked = planned.HoldoutAsked.from_json(trial.settings)
    is_given = asked.split is fleetplan.Split.GIVEN
    given, fleet = (trials.days_of(run), trials.given_fleet(run)) if is_given else ([], None)
    run.period_start, run.period_end = trial.period_start, trial.period_end
    prepared = problem.prepare(run)
    found = planned.find_holdout(
        prepared.problem, asked, first_day=trials.first_monday(trial.period_start),
        last_day=trial.period_end - timedelta(days=1), given=given, fleet=fleet, on_progress=told,
        should_cancel=job.cancelled,
    )  # fmt: skip
    return prepared, partial(trials.write_holdout, trial, prepared, found)


@durable(queue="default", max_attempts=3, timeout_minutes=60)
def read_upload(job: JobContext, *, import_id: int) -> None:
    """Read an uploaded file into staged rows. Killed, it begins again from the first line."""
    trip_import = TripImport.objects.get(pk=import_id)
    if trip_import.state != ImportState.READING or trip_import.stored_file_id is None:
        with job.commit():
            return
    stored = files.get(actor=job.actor, file_id=trip_import.stored_file_id)
    with files.open_file(stored) as stream:
        staging.stage(
            trip_import,
            cast(IO[bytes], stream),
            actor=job.actor,
            in_step=job.checkpoint,
            finish=job.commit,
            on_progress=lambda fraction, line: job.progress(fraction, f"{line:,}".replace(",", ".")),
        )


def start_run(*, actor: Actor, now: datetime, asked: runs.Asked) -> Run:
    """Write down what shall be found and put the finding in its queue: both or neither.

    Raises as :func:`runs.open_run` does.
    """
    with transaction.atomic():
        run = runs.open_run(actor=actor, now=now, asked=asked)
        job = jobs.enqueue(
            optimise, {"run_id": run.pk}, actor=actor, now=now, unit=run.unit, idempotency_key=f"fleet.run.{run.pk}",
            title=_("Optimisation: %(title)s") % {"title": run.title},
        )  # fmt: skip
        run.job_id = job.pk
        run.save(update_fields=["job_id"])
        return run


def start_trial(*, actor: Actor, now: datetime, asked: trials.AskedTrial) -> Trial:
    """Write down what shall be tried and put the trying in its queue: both or neither.

    Raises as :func:`trials.open_trial` does.
    """
    with transaction.atomic():
        trial = trials.open_trial(actor=actor, now=now, asked=asked)
        job = jobs.enqueue(
            try_out, {"trial_id": trial.pk}, actor=actor, now=now, unit=trial.unit,
            idempotency_key=f"fleet.trial.{trial.pk}", title=_("Trial: %(title)s") % {"title": trial.title},
        )  # fmt: skip
        trial.job_id = job.pk
        trial.save(update_fields=["job_id"])
        return trial


def start_simulation(*, actor: Actor, now: datetime, asked: runs.Asked) -> Run:
    """Start a simulation; a small one is done when this returns, unless a worker was quicker.

    Raises as :func:`runs.open_run` does.
    """
    run = start_run(actor=actor, now=now, asked=asked)
    if problem.is_quick(run, problem.trips_of_run(run).count()):
        hurry(run, now=now)
    return run


@durable()
def remove_deleted_runs(job: JobContext) -> None:
    """Remove for good what was deleted so long ago that nobody will want it back."""
    with job.commit():
        job.result = {"runs": runs.remove_deleted(until=job.now() - KEPT_DELETED)}


schedule("fleet.runs.removed", "10 3 * * *", remove_deleted_runs, title=gettext_lazy("Remove deleted optimisations"))


def start_reading(
    *,
    actor: Actor,
    now: datetime,
    content: IO[bytes],
    file_name: str,
    create_vehicles: bool = False,
    mapping_id: int | None = None,
    choose_columns: bool = False,
) -> TripImport:
    """Keep an uploaded file and put the reading of it in its queue. Raises ``files.NotStored``; ``NotVisible``.

    ``mapping_id``: the saved column mapping to read it with. ``choose_columns``: it waits until its columns are mapped.
    """  # fmt: skip
    with transaction.atomic():
        trip_import = imports.open_import(actor=actor, now=now, file_name=file_name, create_vehicles=create_vehicles)
        imports.store_upload(trip_import, content=content, actor=actor, now=now)
        if choose_columns:
            trip_import.state = ImportState.MAPPING
            trip_import.save(update_fields=["state"])
            return trip_import
        if mapping_id is not None:
            mappings.use_mapping(trip_import, actor=actor, now=now, mapping_id=mapping_id)
        return _enqueue_reading(trip_import, actor=actor, now=now)


def start_reading_mapped(
    *, actor: Actor, now: datetime, import_id: int, mapping: Mapping, save_as: str = ""
) -> TripImport:
    """Have an import read with a column mapping. Raises as :func:`mappings.choose_columns` does."""
    with transaction.atomic():
        trip_import = mappings.choose_columns(
            actor=actor, now=now, import_id=import_id, mapping=mapping, save_as=save_as
        )
        return _enqueue_reading(trip_import, actor=actor, now=now)


def _enqueue_reading(trip_import: TripImport, *, actor: Actor, now: datetime) -> TripImport:
    job = jobs.enqueue(
        read_upload, {"import_id": trip_import.pk}, actor=actor, now=now, unit=trip_import.unit,
        title=_("Reading %(file)s") % {"file": trip_import.file_name},
    )  # fmt: skip
    trip_import.job_id = job.pk
    trip_import.save(update_fields=["job_id"])
    return trip_import


def hurry(run: Run, *, now: datetime) -> None:
    """Do a run's job at once in this process, unless a worker has it already; what is killed here a worker takes up."""
    assert run.job_id is not None
    claimed = leases.claim_one(run.job_id, worker=own_name(), now=now)
    if claimed:
        run_now(claimed)
        run.refresh_from_db()


def work_off(job_id: UUID) -> jobs.Job:
    """See a job to its end from a command: as a worker, or waiting where another worker has it already."""
    worker = Worker(queues=[optimise.queue_name])
    while not (job := jobs.Job.objects.get(pk=job_id)).is_finished:
        if not worker.step():
            time.sleep(WAIT_SECONDS)
    return job
