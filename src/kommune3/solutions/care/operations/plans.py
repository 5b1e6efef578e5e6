# SPDX-License-Identifier: MPL-2.0
"""Plans of a team's day: made, copied, published, thrown away."""

import datetime as time
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import events, jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.care.errors import InvalidPlan, PlanNotReady, PlanStands
from kommune3.solutions.care.making import make_plan
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, ShiftState, Stop, Team, VisitState

PLAN = "care.plans.edit"
PUBLISH = "care.plans.publish"
PUBLISHED = "care.plan.published"
"""The event when a plan has been announced: {"plan_id", "team_id", "date", "replaced": [plan ids]}."""

MOST_SECONDS = 600
ANNOUNCED = (PlanState.PUBLISHED, PlanState.REPLACED)


def start(
    *,
    actor: Actor,
    now: datetime,
    team_id: int,
    date: time.date,
    origin: str = PlanOrigin.SEARCHED,
    seconds: int = 10,
    seed: int = 1,
    based_on: int | None = None,
) -> Plan:
    """Write down that a plan is to be made, and queue the making of it: both or neither.

    ``seconds`` of CPU time that the search may take; with the same ``seed`` it begins alike. Raises
    :class:`InvalidPlan`, ``NotVisible`` and ``Forbidden``.
    """
    if not 1 <= seconds <= MOST_SECONDS:
        raise InvalidPlan(_("Let the search take between 1 and %(most)s seconds.") % {"most": MOST_SECONDS})
    if origin not in (PlanOrigin.SEARCHED, PlanOrigin.BASELINE):
        raise InvalidPlan(_("A plan is made by search, or as a baseline to compare with."))
    with transaction.atomic():
        team = reach.get(actor, Team, team_id, action=PLAN)
        model = reach.get(actor, Plan, based_on) if based_on is not None else None
        plan = Plan.objects.create(
            team=team,
            date=date,
            origin=origin,
            seconds=seconds,
            seed=seed,
            based_on=model,
            created_by_name=actor.name[:200],
            created_at=now,
        )
        job = jobs.enqueue(
            make_plan,
            {"plan_id": plan.pk},
            actor=actor,
            now=now,
            unit=team.unit,
            idempotency_key=f"care.plan.{plan.pk}",
            title=_("Plan: %(team)s, %(date)s") % {"team": team.name, "date": f"{date:%d-%m-%Y}"},
        )
        plan.job_id = job.pk
        plan.save(update_fields=["job_id"])
        log.record(actor=actor, action="care.plan.started", now=now, object=plan, unit_id=team.unit_id)
        return plan


def copy(*, actor: Actor, now: datetime, plan_id: int) -> Plan:
    """A draft with the same stops, to be changed. Raises :class:`PlanNotReady`."""
    with transaction.atomic():
        plan = reach.get(actor, Plan, plan_id, action=PLAN)
        require_ready(plan)
        made = Plan.objects.get(pk=plan.pk)
        made.pk, made._state.adding = None, True
        made.origin, made.state, made.based_on, made.job_id = PlanOrigin.COPIED, PlanState.DRAFT, plan, None
        made.version, made.published_at, made.published_by_name = 0, None, ""
        made.created_by_name, made.created_at, made.finished_at = actor.name[:200], now, now
        made.save()
        stops = list(plan.stops.filter(visit__state=VisitState.WANTED).order_by("pk"))
        for stop in stops:
            stop.pk, stop._state.adding, stop.plan = None, True, made
        Stop.objects.bulk_create(stops, batch_size=500)
        log.record(
            actor=actor,
            action="care.plan.copied",
            now=now,
            object=made,
            unit_id=plan.team.unit_id,
            detail={"from": plan.pk},
        )
        return made


def publish(*, actor: Actor, now: datetime, plan_id: int) -> Plan:
    """Announce a draft to carers and citizens; the day's former plan is REPLACED.

    Raises :class:`PlanNotReady`, :class:`PlanStands` for one that has been published, and :class:`InvalidPlan` where it
    sends somebody who is away.
    """
    with transaction.atomic():
        plan = reach.get(actor, Plan, plan_id, action=PUBLISH)
        team = Team.objects.select_for_update().get(pk=plan.team_id)
        plan = Plan.objects.get(pk=plan.pk)
        require_draft(plan)
        if absent := plan.stops.filter(shift__state=ShiftState.ABSENT).count():
            raise InvalidPlan(
                _("The plan sends carers who are away to %(count)s visits. Plan anew around them first.")
                % {"count": absent}
            )
        former = Plan.objects.filter(team=team, date=plan.date, state=PlanState.PUBLISHED)
        replaced = list(former.values_list("pk", flat=True))
        former.update(state=PlanState.REPLACED)
        plan.state, plan.published_at, plan.published_by_name = PlanState.PUBLISHED, now, actor.name[:200]
        plan.save(update_fields=["state", "published_at", "published_by_name"])
        events.publish(
            PUBLISHED,
            {"plan_id": plan.pk, "team_id": team.pk, "date": str(plan.date), "replaced": replaced},
            now=now,
        )
        log.record(
            actor=actor,
            action="care.plan.published",
            now=now,
            object=plan,
            unit_id=team.unit_id,
            detail={"date": str(plan.date), "replaced": replaced},
        )
        return plan


def discard(*, actor: Actor, now: datetime, plan_id: int) -> None:
    """Throw a plan away that was never published; the making of it is cancelled. Raises :class:`PlanStands`."""
    with transaction.atomic():
        plan = reach.get(actor, Plan, plan_id, action=PLAN)
        if plan.state in ANNOUNCED:
            raise PlanStands
        _cancel_making(plan, actor=actor, now=now)
        log.record(actor=actor, action="care.plan.discarded", now=now, object=plan, unit_id=plan.team.unit_id)
        plan.delete()


def cancel(*, actor: Actor, now: datetime, plan_id: int) -> Plan:
    """Stop the making of a plan; it has FAILED and can be thrown away. One that is made already stays as it is."""
    with transaction.atomic():
        plan = reach.get(actor, Plan, plan_id, action=PLAN)
        if plan.state != PlanState.STARTED:
            return plan
        _cancel_making(plan, actor=actor, now=now)
        plan.state, plan.failure, plan.finished_at = PlanState.FAILED, _("Stopped before it was made."), now
        plan.save(update_fields=["state", "failure", "finished_at"])
        log.record(actor=actor, action="care.plan.stopped", now=now, object=plan, unit_id=plan.team.unit_id)
        return plan


def _cancel_making(plan: Plan, *, actor: Actor, now: datetime) -> None:
    """Cancel the job, unless it makes plans of other days too: a season plan goes on without the day."""
    if plan.job_id is None or Plan.objects.filter(job_id=plan.job_id).exclude(pk=plan.pk).exists():
        return
    job = jobs.Job.objects.filter(pk=plan.job_id).first()
    if job is not None and not job.is_finished:
        jobs.cancel(job, actor=actor, now=now)


def require_ready(plan: Plan) -> None:
    """Raise :class:`PlanNotReady` for a plan without stops."""
    if plan.state in (PlanState.STARTED, PlanState.FAILED):
        raise PlanNotReady


def require_draft(plan: Plan) -> None:
    """Raise :class:`PlanNotReady` or :class:`PlanStands` for a plan that is not to be changed."""
    require_ready(plan)
    if plan.state in ANNOUNCED:
        raise PlanStands
