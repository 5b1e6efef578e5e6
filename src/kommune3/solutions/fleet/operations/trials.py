# SPDX-License-Identifier: MPL-2.0
"""Starting a trial on other weeks or a what-if, writing its result, deleting it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import fleetplan
from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import (
    Base,
    FleetMode,
    PlanKind,
    Run,
    RunState,
    Trial,
    TrialKind,
    TrialPlan,
    TrialPlanCount,
    TrialPlanKind,
    TrialWeek,
    UnservedTrip,
    WeekTried,
)
from kommune3.solutions.fleet.operations import runs
from kommune3.solutions.fleet.operations.imports import name_of
from kommune3.solutions.fleet.planning.problem import Prepared, class_id, split_class_id
from kommune3.solutions.fleet.planning.trials import Case, HoldoutAsked, KnownWay, WhatIfAsked

START = "fleet.runs.start"


@dataclass(frozen=True, kw_only=True)
class AskedTrial:
    """What a trial shall tell: of a finished ``run``, or of a ``question`` of its own. ``period_end`` is not included.

    The period is that of the trips that are looked at; None: the run's or question's own.
    """

    run: Run | None = None
    question: runs.Asked | None = None
    what: HoldoutAsked | WhatIfAsked
    title: str = ""
    period_start: date | None = None
    period_end: date | None = None


def open_trial(*, actor: Actor, now: datetime, asked: AskedTrial) -> Trial:
    """Write down what shall be tried; :mod:`kommune3.solutions.fleet.tasks` tries it.

    Raises :class:`InvalidRun`, and ``Forbidden`` for a base where the actor may not optimise.
    """
    with transaction.atomic():
        run = asked.run or _question(asked, actor=actor, now=now)
        reach.require(actor, START, unit=run.unit)
        start, end = asked.period_start or run.period_start, asked.period_end or run.period_end
        if end <= start:
            raise InvalidRun(_("The period ends before it has begun."))
        if end - start > runs.LONGEST_PERIOD:
            raise InvalidRun(_("The period may be at most a year."))
        kind = TrialKind.HOLDOUT if isinstance(asked.what, HoldoutAsked) else TrialKind.WHATIF
        if isinstance(asked.what, HoldoutAsked):
            _require_weeks(run, asked, start, end)
        else:
            _require_changes(run, asked.what)
        trial = Trial.objects.create(
            unit=run.unit, run=run, owns_run=asked.run is None, kind=kind, period_start=start, period_end=end,
            title=(asked.title or f"{kind.label}: {run.title}")[:120], settings=asked.what.as_json(),
            created_by_name=name_of(actor), created_at=now,
        )  # fmt: skip
        log.record(
            actor=actor, action="fleet.trial.started", now=now, object=trial, unit_id=trial.unit_id,
            detail={"kind": kind.value},
        )  # fmt: skip
        return trial


def given_fleet(run: Run) -> dict[str, int] | None:
    """The fleet that a finished run proposed, as the engine's class ids; None where it has no plan."""
    plan = run.plans.filter(kind=PlanKind.PROPOSED).first()
    if plan is None:
        return None
    return {class_id(row.base_id, row.model_id): row.count for row in plan.counts.all()}


def days_of(run: Run) -> list[date]:
    """Every day of a run's period."""
    return [run.period_start + timedelta(days=n) for n in range((run.period_end - run.period_start).days)]


def first_monday(day: date) -> date:
    """The day itself or the Monday after it: weeks are those of the calendar."""
    return day + timedelta(days=-day.weekday() % 7)


def known_ways(asked: WhatIfAsked, *, now: datetime) -> dict[tuple[int, int], KnownWay]:
    """The way between the bases asked about, by the municipality's travel times. Raises :class:`InvalidRun`."""
    found = {}
    for here, there in asked.ways:
        bases = {base.pk: base for base in Base.objects.filter(pk__in=(here, there)).select_related("address")}
        leg = travel.minutes_and_km(
            origin=_point(bases[here]), destination=_point(bases[there]), mode=travel.Mode.CAR, now=now
        )
        if leg.minutes is None:
            raise InvalidRun(
                _("Nobody has told how fast one drives, so the way between the bases is not known: %(source)s")
                % {"source": leg.source}
            )
        found[here, there] = KnownWay(round(leg.minutes, 1), round(leg.km, 1), leg.is_estimate, leg.source)
    return found


def write_holdout(trial: Trial, prepared: Prepared, found: fleetplan.Holdout, *, seconds: float, now: datetime) -> None:
    """Write what was found, in the caller's transaction."""
    _finish(trial, prepared, seconds=seconds, now=now, violations=found.violations)
    tested = {week.week for week in found.tested}
    weeks = TrialWeek.objects.bulk_create(
        TrialWeek(
            trial=trial, number=week.number, first_date=week.first_day, is_tested=week.number in tested,
            trips=week.trips, km=round(week.km, 3),
        )
        for week in found.weeks
    )  # fmt: skip
    by_number = {week.number: week for week in weeks}
    for choice in found.choices:
        plan = TrialPlan.objects.create(
            trial=trial, kind=TrialPlanKind.CHOSEN, position=choice.fold.number, chosen_on=list(choice.fold.train),
            status=choice.status.name if choice.status else "", vehicles=choice.vehicles, value=choice.value,
            bound=choice.bound,
        )  # fmt: skip
        _write_counts(plan, choice.fleet)
        _write_weeks(plan, [week for week in found.tested if week.fold == choice.fold.number], by_number)
    if found.today:
        plan = TrialPlan.objects.create(
            trial=trial, kind=TrialPlanKind.TODAY, vehicles=len(prepared.problem.vehicles)
        )  # fmt: skip
        today = [vehicle.class_id for vehicle in prepared.problem.vehicles]
        _write_counts(plan, [fleetplan.ClassCount(each, today.count(each)) for each in sorted(set(today))])
        _write_weeks(plan, found.today, by_number)
    for position, rung in enumerate(found.rungs):
        plan = TrialPlan.objects.create(
            trial=trial, kind=TrialPlanKind.SIZE, position=position, vehicles=rung.vehicles,
            fixed_dkk=Decimal(str(round(rung.fixed_dkk, 2))), unserved_trips=rung.service.unserved,
            facts={"design": rung.design, "growth_percent": rung.growth_percent, "service": asdict(rung.service)},
        )  # fmt: skip
        _write_counts(plan, rung.fleet)
    trial.result = {
        "service": asdict(found.service),
        "today_service": asdict(found.today_service) if found.today_service else None,
        "saving": asdict(found.saving) if found.saving else None,
        "sizes": [asdict(size) for size in found.sizes],
    }
    trial.save(update_fields=["result"])


def write_cases(trial: Trial, prepared: Prepared, cases: list[Case], *, seconds: float, now: datetime) -> None:
    """Write what was found, in the caller's transaction."""
    _finish(trial, prepared, seconds=seconds, now=now, violations=sum(case.violations for case in cases))
    kept = {trip.id for trip in prepared.problem.trips}
    for position, case in enumerate(cases):
        totals = case.totals
        plan = TrialPlan.objects.create(
            trial=trial, kind=TrialPlanKind.CHANGED if case.change else TrialPlanKind.BASE_CASE,
            change=case.change or "", position=position, status=case.status.name, value=case.value, bound=case.bound,
            vehicles=totals.vehicles if totals else None, fixed_dkk=totals.fixed_dkk if totals else None,
            energy_dkk=totals.energy_dkk if totals else None, allowance_dkk=totals.allowance_dkk if totals else None,
            moving_dkk=case.moving_dkk, social_dkk=totals.social_dkk if totals else None,
            co2e_kg=totals.co2e_kg if totals else None, km=totals.km if totals else None,
            unserved_trips=totals.unserved_trips if totals else None, facts=case.facts,
        )  # fmt: skip
        for half in case.halves:
            _write_counts(plan, half.fleet, half=half.half)
        # Trips that a growth made up exist in the calculation only.
        UnservedTrip.objects.bulk_create(
            UnservedTrip(plan=plan, trip_id=int(trip), obstacle=obstacle)
            for trip, obstacle in case.unserved.items()
            if trip in kept
        )


def write_failure(trial: Trial, *, message: str, now: datetime) -> None:
    """Write why there is no result, in the caller's transaction."""
    trial.state = RunState.FAILED
    trial.failure = message[:500]
    trial.finished_at = now
    trial.save(update_fields=["state", "failure", "finished_at"])


def cancel_trial(trial: Trial, *, actor: Actor, now: datetime) -> bool:
    """Ask the trial's job to stop; False where it has ended already. The caller has shown that the actor may."""
    job = jobs.Job.objects.filter(pk=trial.job_id).first() if trial.job_id else None
    if trial.state != RunState.STARTED or job is None or job.is_finished:
        return False
    jobs.cancel(job, actor=actor, now=now)
    return True


def delete_trial(*, actor: Actor, now: datetime, trial_id: int) -> None:
    """Delete a trial and its result. The optimisation it was made of stays."""
    with transaction.atomic():
        trial = reach.get(actor, Trial, trial_id, action=START)
        cancel_trial(trial, actor=actor, now=now)
        log.record(actor=actor, action="fleet.trial.deleted", now=now, object=trial, unit_id=trial.unit_id)
        run, owns_run = trial.run, trial.owns_run
        trial.delete()
        if owns_run:
            run.delete()


def _question(asked: AskedTrial, *, actor: Actor, now: datetime) -> Run:
    assert asked.question is not None, "a trial needs a run or a question"
    run = runs.open_run(actor=actor, now=now, asked=asked.question)
    run.state = RunState.QUESTION
    run.save(update_fields=["state"])
    return run


def _require_weeks(run: Run, asked: AskedTrial, start: date, end: date) -> None:
    what = asked.what
    assert isinstance(what, HoldoutAsked)
    if what.split is fleetplan.Split.GIVEN:
        if asked.run is None or run.state != RunState.FINISHED or given_fleet(run) is None:
            raise InvalidRun(_("Only a finished optimisation with a plan has a fleet that can be tried."))
        if not start <= run.period_start or not run.period_end <= end:
            raise InvalidRun(
                _("The period must hold the weeks of the optimisation (%(start)s – %(last)s) and weeks besides them.")
                % {"start": f"{run.period_start:%d-%m-%Y}", "last": f"{run.period_end - timedelta(days=1):%d-%m-%Y}"}
            )
    if what.levels and run.fleet_mode != FleetMode.FREE:
        raise InvalidRun(
            _("Sizes can only be looked for where the fleet may be chosen. Leave them out, or start without a run.")
        )


def _require_changes(run: Run, what: WhatIfAsked) -> None:
    if not what.changes:
        raise InvalidRun(_("Choose at least one thing to change."))
    own = set(run.bases.values_list("pk", flat=True))
    for here, there in what.ways:
        if here == there:
            raise InvalidRun(_("Choose two different bases."))
        if not {here, there} <= own:
            raise InvalidRun(_("Both bases must be among those of the trial."))


def _point(base: Base) -> Point:
    if base.address is None or base.address.latitude is None:
        raise InvalidRun(
            _("%(base)s has no place on the map. Fill in its coordinates under Bases.") % {"base": base.name}
        )
    return Point.of(base.address)


def _finish(trial: Trial, prepared: Prepared, *, seconds: float, now: datetime, violations: int) -> None:
    trial.state = RunState.FINISHED
    trial.finished_at = trial.checked_at = now
    trial.seconds = round(seconds, 3)
    trial.trips = len(prepared.problem.trips)
    trial.rates_used = [rate.as_json() for rate in prepared.rates]
    trial.unknown_figures = prepared.unknown
    trial.violations = violations
    trial.save()


def _write_counts(plan: TrialPlan, fleet: Iterable[fleetplan.ClassCount], *, half: int = 0) -> None:
    counts = ((split_class_id(entry.class_id), entry.count) for entry in fleet if entry.count)
    TrialPlanCount.objects.bulk_create(
        TrialPlanCount(plan=plan, base_id=base, model_id=model, half=half, count=count)
        for (base, model), count in counts
    )


def _write_weeks(plan: TrialPlan, tested: Iterable[fleetplan.Tested], by_number: Mapping[int, TrialWeek]) -> None:
    weeks = list(tested)
    WeekTried.objects.bulk_create(
        WeekTried(
            plan=plan, week=by_number[each.week], unserved_trips=len(each.unserved),
            unserved_km=round(each.unserved_km, 3), unserved_at_least=each.unserved_at_least,
            cash_dkk=each.totals.cash_dkk, social_dkk=each.totals.social_dkk, co2e_kg=each.totals.co2e_kg,
        )
        for each in weeks
    )  # fmt: skip
    UnservedTrip.objects.bulk_create(
        UnservedTrip(plan=plan, week=by_number[each.week], trip_id=int(trip))
        for each in weeks
        for trip in each.unserved
    )
