# SPDX-License-Identifier: MPL-2.0
"""What happens in the day: an acute visit, a cancelled one, a carer who is away, and planning around it.

A published plan keeps what was announced; drafts follow. :func:`replan` makes the draft that is published next.
"""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel import events
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.clock import municipal_date
from kommune3.solutions.care.errors import InvalidPlan
from kommune3.solutions.care.models import (
    Channel,
    Citizen,
    Plan,
    PlanChange,
    PlanOrigin,
    PlanState,
    Priority,
    Service,
    Shift,
    ShiftState,
    Stop,
    Visit,
    VisitState,
)
from kommune3.solutions.care.operations.changes import as_kept
from kommune3.solutions.care.operations.plans import PLAN, require_ready
from kommune3.solutions.care.planning import moving
from kommune3.solutions.care.planning.problem import key_of, prepare
from kommune3.solutions.care.planning.rows import plan_stops
from kommune3.solutions.care.planning.solving import read_back, search
from kommune3.solutions.care.planning.writing import breaks_of, write_result

CHANGED = "care.day.changed"
"""The event when a day is not what it was: {"visit_id"} or {"shift_id"}, with {"date"}."""

_OPEN = (PlanState.DRAFT, PlanState.PUBLISHED)


def add_visit(
    *,
    actor: Actor,
    now: datetime,
    citizen_id: int,
    service_id: int,
    earliest_at: datetime,
    latest_at: datetime,
    minutes: int | None = None,
    carers: int = 1,
    channel: str = Channel.HOME,
    priority: int = Priority.MUST,
    is_strict: bool = False,
    tasks: str = "",
    is_acute: bool = True,
) -> Visit:
    """A visit that follows from no grant; it lies left out in the day's plans until it is given a place.

    Its day is the municipal day of ``earliest_at``. Raises :class:`InvalidPlan`, ``NotVisible``, ``Forbidden``.
    """
    if latest_at < earliest_at:
        raise InvalidPlan(_("The window ends before it begins: let the visit begin later at the latest."))
    if carers not in (1, 2):
        raise InvalidPlan(_("A visit is made by one carer or two."))
    with transaction.atomic():
        citizen = reach.get(actor, Citizen, citizen_id, action=PLAN)
        service = reach.get(actor, Service, service_id)
        visit = Visit.objects.create(
            citizen=citizen,
            service=service,
            date=municipal_date(earliest_at),
            earliest_at=earliest_at,
            latest_at=latest_at,
            minutes=minutes or service.minutes,
            carers=carers,
            channel=channel,
            priority=priority,
            is_strict=is_strict,
            tasks=tasks,
            is_acute=is_acute,
            created_at=now,
        )
        for plan in Plan.objects.filter(team=citizen.team_id, date=visit.date, state__in=_OPEN):
            why = [_("It came after the plan was made and has not been given a place yet.")]
            Stop.objects.bulk_create(Stop(plan=plan, visit=visit, number=half, why=why) for half in range(carers))
            _note(plan, actor=actor, now=now, action="added", detail={"visit": visit.pk}, before=[])
        events.publish(CHANGED, {"visit_id": visit.pk, "date": str(visit.date)}, now=now)
        log.record(
            actor=actor, action="care.visit.added", now=now, object=visit, citizen_id=citizen.person_id,
            unit_id=citizen.team.unit_id,
        )  # fmt: skip
        return visit


def cancel_visit(*, actor: Actor, now: datetime, visit_id: int, because: str) -> Visit:
    """The visit is not to be made; it leaves the day's drafts. Raises ``NotVisible``, ``Forbidden``."""
    with transaction.atomic():
        visit = reach.get(actor, Visit, visit_id, action=PLAN)
        if visit.state == VisitState.CANCELLED:
            return visit
        visit.state, visit.cancelled_because = VisitState.CANCELLED, because[:60]
        visit.save(update_fields=["state", "cancelled_because"])
        for plan in Plan.objects.filter(stops__visit=visit, state=PlanState.DRAFT).distinct():
            stops = list(plan.stops.filter(visit=visit))
            _note(plan, actor=actor, now=now, action="cancelled", detail={"visit": visit.pk}, before=stops)
            plan.stops.filter(visit=visit).delete()
        events.publish(CHANGED, {"visit_id": visit.pk, "date": str(visit.date)}, now=now)
        log.record(
            actor=actor, action="care.visit.cancelled", now=now, object=visit, citizen_id=visit.citizen.person_id,
            unit_id=visit.citizen.team.unit_id,
        )  # fmt: skip
        return visit


def carer_absent(*, actor: Actor, now: datetime, shift_id: int) -> Shift:
    """The carer does not come; the shift's stops in the day's drafts are left out until somebody else gets them."""
    with transaction.atomic():
        shift = reach.get(actor, Shift, shift_id, action=PLAN)
        if shift.state == ShiftState.ABSENT:
            return shift
        shift.state = ShiftState.ABSENT
        shift.save(update_fields=["state"])
        for plan in Plan.objects.filter(stops__shift=shift, state=PlanState.DRAFT).distinct():
            visits = plan.stops.filter(shift=shift).values("visit")
            stops = list(plan.stops.filter(visit__in=visits))
            _note(plan, actor=actor, now=now, action="absent", detail={"shift": shift.pk}, before=stops)
            plan.stops.filter(pk__in=[stop.pk for stop in stops]).update(
                shift=None, start_at=None, end_at=None, travel_seconds=0, travel_metres=0, late_seconds=0,
                is_locked=False, why=[_("The carer who was to make it is away.")],
            )  # fmt: skip
        events.publish(CHANGED, {"shift_id": shift.pk, "date": str(shift.date)}, now=now)
        log.record(actor=actor, action="care.shift.absent", now=now, object=shift, unit_id=shift.carer.team.unit_id)
        return shift


def replan(*, actor: Actor, now: datetime, plan_id: int, seconds: int = 2) -> Plan:
    """A new draft from a plan, in this request: locked stops stay, and what departs from the announced costs.

    On the day itself, what has begun stays and nothing is put in the past. Raises :class:`PlanNotReady`,
    :class:`NoWeights`, ``NotVisible``, ``Forbidden``.
    """
    plan = reach.get(actor, Plan, plan_id, action=PLAN)
    require_ready(plan)
    prepared = prepare(team=plan.team, day=plan.date, now=now, plan=plan)
    start = read_back(prepared, plan_stops(plan), breaks_of(prepared, plan))
    if plan.date == municipal_date(now):
        held = moving.held(prepared.problem, start, now=prepared.rows.seconds(now))
        prepared = replace(prepared, problem=held)
    solved = search(prepared, seconds=seconds, seed=plan.seed, start=start)
    locked = {key_of(stop.visit_id, stop.number) for stop in plan.stops.filter(is_locked=True)}
    with transaction.atomic():
        made = Plan.objects.create(
            team=plan.team,
            date=plan.date,
            origin=PlanOrigin.SEARCHED,
            based_on=plan,
            seconds=seconds,
            seed=plan.seed,
            created_by_name=actor.name[:200],
            created_at=now,
        )
        write_result(made, prepared, solved, now=now, locked=locked)
        log.record(
            actor=actor, action="care.plan.replanned", now=now, object=made, unit_id=plan.team.unit_id,
            detail={"from": plan.pk},
        )  # fmt: skip
        return made


def _note(
    plan: Plan, *, actor: Actor, now: datetime, action: str, detail: dict[str, object], before: list[Stop]
) -> None:
    """Put it in the plan's history; what the world did cannot be undone in a plan."""
    plan.version += 1
    plan.save(update_fields=["version"])
    PlanChange.objects.create(
        plan=plan, version=plan.version, action=action, detail=detail, before=[as_kept(stop) for stop in before],
        made_by_name=actor.name[:200], made_at=now,
    )  # fmt: skip
