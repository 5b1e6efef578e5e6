# SPDX-License-Identifier: MPL-2.0
"""Starting an optimisation or simulation, describing it, deleting it and bringing it back."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import clock, jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.errors import InvalidRun, NotDeletable
from kommune3.solutions.fleet.models import (
    Base,
    ChargingRule,
    RateSet,
    Run,
    RunCandidate,
    RunGoal,
    RunState,
    Vehicle,
    VehicleModel,
)
from kommune3.solutions.fleet.models.runs import FleetMode
from kommune3.solutions.fleet.operations.imports import name_of
from kommune3.solutions.fleet.planning.fronts import ALL_TENTHS
from kommune3.solutions.fleet.planning.pooling import copy_of_pools
from kommune3.solutions.fleet.planning.problem import DEFAULT_BIKE_RULES

LONGEST_PERIOD = timedelta(days=366)
DEFAULT_CHANGEOVER = Decimal(5)
"""Minutes: what OS2fleetoptimiser 2.2 takes where nobody says otherwise."""


Place = tuple[int, int]
"""The keys of a base and of a model."""


@dataclass(frozen=True)
class Range:
    """How many vehicles of a model may stand at a base; no ``max_count`` = any number."""

    min_count: int = 0
    max_count: int | None = None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a run shall find. ``period_end`` is not included. Empty ``models``: every model that may be proposed.

    ``max_unserved`` None = as many as pays off. ``max_co2e_kg``, ``max_cash_dkk``: ceilings a year. ``priority``: how
    many tenths of the CO2e that can be saved at all the cheapest plan shall save. ``ranges``: where a model at a base
    is not free. ``locked``: keys of the vehicles to keep; None: those locked in the register. ``counts``: all vehicles
    of a simulation. ``shares_pools``: whether the bases of a pool share vehicles. ``price_area``: of real
    charging.
    """

    title: str = ""
    note: str = ""
    based_on: Run | None = None
    bases: Sequence[Base]
    period_start: date
    period_end: date
    goal: RunGoal = RunGoal.CASH
    fleet_mode: FleetMode = FleetMode.FREE
    models: Sequence[VehicleModel] = ()
    ranges: Mapping[Place, Range] = field(default_factory=dict)
    locked: Collection[int] | None = None
    counts: Mapping[Place, int] = field(default_factory=dict)
    max_unserved: int | None = 0
    max_co2e_kg: Decimal | None = None
    max_cash_dkk: Decimal | None = None
    priority: int | None = None
    charging: ChargingRule = ChargingRule.REST
    price_area: str = ""
    changeover_minutes: Decimal = DEFAULT_CHANGEOVER
    bike_rules: dict[str, Any] = field(default_factory=lambda: dict(DEFAULT_BIKE_RULES))
    rate_set: RateSet
    with_front: bool = True
    accept_when_done: bool = False
    shares_pools: bool = False


def open_run(*, actor: Actor, now: datetime, asked: Asked) -> Run:
    """Write down what shall be found; :mod:`kommune3.solutions.fleet.tasks` finds it.

    Raises :class:`InvalidRun`, and ``Forbidden`` for a base where the actor may not optimise.
    """
    if not asked.bases:
        raise InvalidRun(_("Choose at least one base."))
    if asked.period_end <= asked.period_start:
        raise InvalidRun(_("The period ends before it has begun."))
    if asked.period_end - asked.period_start > LONGEST_PERIOD:
        raise InvalidRun(_("The period may be at most a year."))
    _require_sense(asked)
    for base in asked.bases:
        reach.require(actor, "fleet.runs.start", unit=base.unit)
        if asked.accept_when_done:
            reach.require(actor, "fleet.plans.accept", unit=base.unit)
    with transaction.atomic():
        run = Run.objects.create(
            unit=common_unit(asked.bases),
            title=asked.title or _title(asked),
            note=asked.note,
            based_on=asked.based_on,
            period_start=asked.period_start,
            period_end=asked.period_end,
            goal=asked.goal,
            fleet_mode=asked.fleet_mode,
            max_unserved=asked.max_unserved,
            max_co2e_kg=asked.max_co2e_kg,
            max_cash_dkk=asked.max_cash_dkk,
            priority=asked.priority,
            locked_vehicles=None if asked.locked is None else sorted(asked.locked),
            charging=asked.charging,
            price_area=asked.price_area if asked.charging == ChargingRule.REAL else "",
            changeover_minutes=asked.changeover_minutes,
            bike_rules=asked.bike_rules,
            rate_set=asked.rate_set,
            with_front=asked.with_front,
            shares_pools=asked.shares_pools,
            pools_used=copy_of_pools(asked.bases) if asked.shares_pools else [],
            accept_when_done=asked.accept_when_done,
            created_by_name=name_of(actor),
            created_at=now,
        )
        run.bases.set(asked.bases)
        candidates = _candidates(run, asked)
        if not candidates:
            raise InvalidRun(
                _("There are no vehicles at the chosen bases, and no models to propose. Create some first.")
            )
        RunCandidate.objects.bulk_create(candidates)
        log.record(actor=actor, action="fleet.run.started", now=now, object=run, unit_id=run.unit_id)
        return run


def cancel_run(run: Run, *, actor: Actor, now: datetime) -> bool:
    """Ask the run's job to stop; False where it has ended already. The caller has shown that the actor may."""
    job = jobs.Job.objects.filter(pk=run.job_id).first() if run.job_id else None
    if run.state != RunState.STARTED or job is None or job.is_finished:
        return False
    jobs.cancel(job, actor=actor, now=now)
    return True


def describe_run(*, actor: Actor, now: datetime, run_id: int, title: str, note: str) -> Run:
    """Give a run another title and note. Raises :class:`InvalidRun` for an empty title."""
    if not title.strip():
        raise InvalidRun(_("Give it a title."))
    with transaction.atomic():
        run = reach.get(actor, Run, run_id, action="fleet.runs.start")
        run.title, run.note = title.strip(), note.strip()
        run.save(update_fields=["title", "note"])
        log.record(actor=actor, action="fleet.run.described", now=now, object=run, unit_id=run.unit_id)
        return run


def delete_run(*, actor: Actor, now: datetime, run_id: int) -> None:
    """Delete a run; until the clean-up of the night :func:`restore_run` brings it back.

    Raises :class:`NotDeletable` for one whose plan was accepted.
    """
    with transaction.atomic():
        run = reach.get(actor, Run, run_id, action="fleet.runs.start")
        if run.accepted_at is not None:
            raise NotDeletable
        cancel_run(run, actor=actor, now=now)
        run.deleted_at = now
        run.save(update_fields=["deleted_at"])
        log.record(actor=actor, action="fleet.run.deleted", now=now, object=run, unit_id=run.unit_id)


def deleted_run(*, actor: Actor, run_id: int) -> Run | None:
    """A deleted run that the actor may bring back; None where there is none (any more)."""
    run = Run.with_deleted.select_related("unit").filter(pk=run_id, deleted_at__isnull=False).first()
    return run if run is not None and actor.may("fleet.runs.start", unit_path=run.unit.path) else None


def restore_run(*, actor: Actor, now: datetime, run_id: int) -> Run:
    """Bring a deleted run back. Raises ``NotVisible`` where there is none (any more) that the actor may start."""
    with transaction.atomic():
        run = deleted_run(actor=actor, run_id=run_id)
        if run is None:
            raise reach.NotVisible
        run.deleted_at = None
        run.save(update_fields=["deleted_at"])
        log.record(actor=actor, action="fleet.run.restored", now=now, object=run, unit_id=run.unit_id)
        return run


def remove_deleted(*, until: datetime) -> int:
    """Remove for good what was deleted before an instant; returns how many."""
    with transaction.atomic():
        old = Run.with_deleted.filter(deleted_at__lt=until)
        count = old.count()
        old.delete()
        return count


def _require_sense(asked: Asked) -> None:
    is_simulation = asked.fleet_mode == FleetMode.MANUAL
    if is_simulation and (asked.max_cash_dkk is not None or asked.max_co2e_kg is not None or asked.priority):
        raise InvalidRun(_("A simulation has no ceilings: it shows what the chosen vehicles give."))
    if asked.priority is not None and not 0 <= asked.priority <= ALL_TENTHS:
        raise InvalidRun(_("The balance between cost and CO2e is a number from 0 to 10."))
    if asked.priority and asked.goal != RunGoal.CASH:
        raise InvalidRun(_("A balance between cost and CO2e goes with the goal “lowest cash cost”."))
    at_bases = {base.pk for base in asked.bases}
    if any(base not in at_bases for base, _model in (*asked.counts, *asked.ranges)):
        raise InvalidRun(_("A number of vehicles is given for a base that is not among those chosen."))


def _title(asked: Asked) -> str:
    names = [base.name for base in asked.bases]
    where = names[0] if len(names) == 1 else _("%(count)s bases") % {"count": len(names)}
    last_day = asked.period_end - timedelta(days=1)
    return f"{where}, {asked.period_start:%d-%m-%Y} – {last_day:%d-%m-%Y}"[:120]


def common_unit(bases: Sequence[Base]) -> Unit:
    """The lowest unit above all bases: whoever may see all of them may see the run."""
    common = bases[0].unit.path.strip("/").split("/")
    for base in bases[1:]:
        path = base.unit.path.strip("/").split("/")
        common = [step for step, other in zip(common, path, strict=False) if step == other]
    found = Unit.objects.filter(path="/" + "/".join(common) + "/").first()
    if found is None:
        raise InvalidRun(_("The chosen bases have no unit in common."))
    return found


def _candidates(run: Run, asked: Asked) -> list[RunCandidate]:
    if asked.fleet_mode == FleetMode.MANUAL:
        return [
            RunCandidate(run=run, base_id=base, model_id=model, min_count=count, max_count=count)
            for (base, model), count in sorted(asked.counts.items())
        ]
    standing = Vehicle.objects.filter(in_force(asked.period_end), base__in=asked.bases)
    counts = Counter(standing.values_list("base_id", "model_id"))
    kept = standing.filter(is_locked=True) if asked.locked is None else standing.filter(pk__in=asked.locked)
    locked = Counter(kept.values_list("base_id", "model_id"))
    if asked.fleet_mode == FleetMode.FIXED:
        return [
            RunCandidate(run=run, base_id=base, model_id=model, min_count=count, max_count=count)
            for (base, model), count in sorted(counts.items())
        ]
    offered = [model.pk for model in asked.models] or list(
        VehicleModel.objects.filter(is_offered=True).values_list("pk", flat=True)
    )
    places = {(base.pk, model) for base in asked.bases for model in offered} | set(locked) | set(asked.ranges)
    return [_candidate(run, place, asked.ranges.get(place), locked[place], offered) for place in sorted(places)]


def _candidate(run: Run, place: Place, wanted: Range | None, locked: int, offered: Collection[int]) -> RunCandidate:
    base, model = place
    free = Range(0, None if model in offered else locked)
    fewest, most = max(locked, (wanted or free).min_count), (wanted or free).max_count
    if most is not None and most < fewest:
        raise InvalidRun(
            _("%(base)s: at least %(fewest)s of %(model)s are kept, but at most %(most)s are allowed.")
            % {
                "base": Base.objects.get(pk=base).name, "model": VehicleModel.objects.get(pk=model).name,
                "fewest": fewest, "most": most,
            }
        )  # fmt: skip
    return RunCandidate(run=run, base_id=base, model_id=model, min_count=fewest, max_count=most)


def period_of(first_at: datetime, last_at: datetime) -> tuple[date, date]:
    """The half-open period of municipal days that holds every trip from ``first_at`` to ``last_at``."""
    return clock.municipal_date(first_at), clock.municipal_date(last_at) + timedelta(days=1)
