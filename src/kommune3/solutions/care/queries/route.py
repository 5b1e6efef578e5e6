# SPDX-License-Identifier: MPL-2.0
"""A carer's own route of the day, and what carers have reported that no dispatcher has read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.row_security.session import as_platform
from kommune3.solutions.care.models import Carer, PlanState, Report, Shift, ShiftState, Stop, Visit, VisitState

ROUTE = "care.route"
TOLD = (Report.Kind.LATE, Report.Kind.NOT_MADE, Report.Kind.MESSAGE)
"""What a dispatcher is to read. That a visit began and ended is for the figures."""

ANNOUNCED = (PlanState.PUBLISHED, PlanState.REPLACED)


@dataclass(frozen=True)
class Said:
    """How a visit stands by what was reported: the latest word of each kind."""

    begun_at: datetime | None = None
    finished_at: datetime | None = None
    not_made_at: datetime | None = None
    late_minutes: int | None = None

    @property
    def state(self) -> str:
        """The kind of report that the visit stands at: NOT_MADE, FINISHED, BEGUN, LATE, or empty."""
        if self.not_made_at and not (self.begun_at and self.begun_at > self.not_made_at):
            return Report.Kind.NOT_MADE
        if self.finished_at:
            return Report.Kind.FINISHED
        if self.begun_at:
            return Report.Kind.BEGUN
        return "" if self.late_minutes is None else Report.Kind.LATE


@dataclass(frozen=True)
class RouteStop:
    """A visit on one's route. ``partner``: who else comes to a two-carer visit; ``meet_at``: when they are there."""

    stop: Stop
    said: Said = field(default_factory=Said)
    partner: str = ""
    meet_at: datetime | None = None

    @property
    def visit(self) -> Visit:
        return self.stop.visit


@dataclass(frozen=True)
class Route:
    """``shifts``: those of the day, and one of the night before that is not over. ``published_at``: of the plan."""

    carer: Carer
    date: date
    shifts: list[Shift]
    stops: list[RouteStop]
    published_at: datetime | None
    next_shift: Shift | None

    @property
    def kept_until(self) -> datetime:
        """When a phone throws the list away: when the day is over and nobody is still at work."""
        midnight = datetime.combine(self.date + timedelta(days=1), time(), clock.MUNICIPAL_ZONE)
        return max([midnight, *(shift.end_at for shift in self.shifts)])


def carer_of(actor: Actor) -> Carer:
    """The actor as a carer; raises ``reach.NotVisible`` for who makes no visits."""
    found = None
    if actor.person_id is not None and actor.may(ROUTE):
        found = Carer.objects.filter(person=actor.person_id, is_active=True).select_related("team__unit").first()
    if found is None:
        raise reach.NotVisible
    return found


def get_route(*, actor: Actor, now: datetime) -> Route:
    """The published route of today. Raises ``reach.NotVisible`` for who makes no visits."""
    today = clock.municipal_date(now)
    # All that is read is of the actor's own shifts.
    with as_platform():
        carer = carer_of(actor)
        near = Shift.objects.filter(carer=carer, date__gte=today - timedelta(days=1)).order_by("start_at")
        shifts = [shift for shift in near if shift.date == today or (shift.date < today and shift.end_at > now)]
        on = [shift for shift in shifts if shift.state == ShiftState.ON]
        stops = list(
            Stop.objects.filter(
                shift__in=on, plan__state=PlanState.PUBLISHED, visit__state=VisitState.WANTED, start_at__isnull=False
            )
            .select_related("plan", "visit__service", "visit__citizen__person__address", "visit__citizen__team__unit")
            .order_by("start_at", "pk")
        )
        said = said_of(Report.objects.filter(visit__in=[stop.visit_id for stop in stops], carer=carer))
        partners = _partners(stops)
        following = [shift for shift in near if shift.date > today and shift.state == ShiftState.ON]
    return Route(
        carer, today, shifts,
        [RouteStop(stop, said.get(stop.visit_id, Said()), *partners.get(stop.visit_id, ("", None))) for stop in stops],
        max((stop.plan.published_at for stop in stops if stop.plan.published_at), default=None),
        following[0] if following else None,
    )  # fmt: skip


def own_visit(*, actor: Actor, visit_id: int) -> tuple[Carer, Visit]:
    """A visit that was announced to the actor, also in a plan that has been replaced since.

    A phone without network still shows the former one. Raises ``reach.NotVisible``.
    """
    with as_platform():
        carer = carer_of(actor)
        visit = (
            Visit.objects.filter(pk=visit_id, stops__shift__carer=carer, stops__plan__state__in=ANNOUNCED)
            .select_related("citizen__team", "citizen__person__address")
            .first()
        )
    if visit is None:
        raise reach.NotVisible
    return carer, visit


def said_of(reports: Iterable[Report]) -> dict[int, Said]:
    """How each visit stands, by its number, from reports in any order."""
    told: dict[int, dict[str, Report]] = defaultdict(dict)
    for report in sorted(reports, key=lambda each: (each.said_at, each.pk)):
        kinds = told[report.visit_id]
        # A visit begins once: a second press of the button does not move it.
        if report.kind != Report.Kind.BEGUN or report.kind not in kinds:
            kinds[report.kind] = report
    return {visit: _said(kinds) for visit, kinds in told.items()}


def _said(kinds: dict[str, Report]) -> Said:
    def at(kind: str) -> datetime | None:
        return kinds[kind].said_at if kind in kinds else None

    late = kinds.get(Report.Kind.LATE)
    return Said(
        at(Report.Kind.BEGUN), at(Report.Kind.FINISHED), at(Report.Kind.NOT_MADE), late.minutes if late else None
    )


def _partners(stops: Sequence[Stop]) -> dict[int, tuple[str, datetime | None]]:
    """The other carer of each two-carer visit: given name, and when they are planned to be there."""
    double = [stop.visit_id for stop in stops if stop.visit.carers > 1]
    others = (
        Stop.objects.filter(visit__in=double, plan__in={stop.plan_id for stop in stops}, shift__isnull=False)
        .exclude(pk__in=[stop.pk for stop in stops])
        .select_related("shift__carer__person")
    )
    return {other.visit_id: (other.shift.carer.person.given_name, other.start_at) for other in others if other.shift}


def open_reports(*, actor: Actor, team_id: int | None = None, on: date | None = None) -> QuerySet[Report]:
    """What carers have told that nobody has read, the newest first; of one team or one day where given."""
    found = reach.visible(actor, Report).filter(kind__in=TOLD, seen_at=None)
    if team_id is not None:
        found = found.filter(visit__citizen__team=team_id)
    if on is not None:
        found = found.filter(visit__date=on)
    return found.order_by("-said_at", "-pk")
