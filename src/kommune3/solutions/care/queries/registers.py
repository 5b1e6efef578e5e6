# SPDX-License-Identifier: MPL-2.0
"""Teams, carers, shifts, citizens and needs as pages and files show them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.clock import municipal_date
from kommune3.kernel.organisation.models import Employment
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.people.models import Account, Person
from kommune3.solutions.care.models import Carer, Citizen, Need, NeedLink, PartOfDay, Service, Shift, Team, Wish

EDIT = "care.needs.edit"


def team_ids() -> list[int]:
    """The teams in use, for the platform's own work."""
    return list(Team.objects.filter(is_active=True).values_list("pk", flat=True))


def teams_of(actor: Actor) -> QuerySet[Team]:
    """The teams the actor may see, with ``carer_count`` and ``citizen_count`` of those who are active."""
    return reach.visible(actor, Team).annotate(
        carer_count=Count("carers", filter=Q(carers__is_active=True), distinct=True),
        citizen_count=Count("citizens", filter=Q(citizens__is_active=True), distinct=True),
    )


def active_teams(actor: Actor, *, action: str | None = None) -> QuerySet[Team]:
    """The teams in use that the actor may see, or do ``action`` with."""
    return reach.visible(actor, Team, action=action).filter(is_active=True)


def carers_of(actor: Actor) -> QuerySet[Carer]:
    """The carers the actor may see, with person and team."""
    return reach.visible(actor, Carer).select_related("person__address", "team")


def possible_carers(actor: Actor, *, on: date) -> QuerySet[Person]:
    """Employees of the actor's units who make no visits yet."""
    employed = Employment.objects.filter(in_force(on), unit__in=reach.units(actor, EDIT)).values("person")
    return Person.objects.filter(pk__in=employed).exclude(pk__in=Carer.objects.values("person")).order_by(
        "given_name", "family_name"
    )  # fmt: skip


def citizens_of(actor: Actor) -> QuerySet[Citizen]:
    """The citizens the actor may see, with ``need_count`` and ``visits_a_week`` left to :func:`weekly_visits`."""
    return reach.visible(actor, Citizen).select_related("person__address", "team").annotate(need_count=Count("needs"))


@dataclass(frozen=True)
class CitizenPage:
    """A citizen with what was granted. ``minutes_a_week``: of the needs that run today, times the carers at once."""

    citizen: Citizen
    needs: list[Need]
    ended: list[Need]
    links: list[NeedLink]
    wishes: list[Wish]
    visits_a_week: float
    minutes_a_week: float
    has_entry: bool


def get_citizen_page(*, actor: Actor, now: datetime, citizen_id: int) -> CitizenPage:
    """A citizen's page; that it was opened is put on record. Raises NotVisible."""
    citizen = citizens_of(actor).filter(pk=citizen_id).first()
    if citizen is None:
        raise reach.NotVisible
    lookups.read(actor=actor, now=now, kind="care.citizen.read", person_id=citizen.person_id, object=citizen)
    today = municipal_date(now)
    needs = list(citizen.needs.select_related("service"))
    running = [need for need in needs if need.valid_to is None or need.valid_to > today]
    return CitizenPage(
        citizen=citizen,
        needs=running,
        ended=[need for need in needs if need not in running],
        links=list(
            NeedLink.objects.filter(first__citizen=citizen)
            .select_related("first__service", "second__service")
            .order_by("first__earliest", "pk")
        ),
        wishes=list(Wish.objects.filter(citizen=citizen).select_related("carer__person").order_by("-kind", "pk")),
        visits_a_week=sum(_a_week(need) for need in running),
        minutes_a_week=sum(_a_week(need) * need.minutes * need.carers for need in running),
        has_entry=citizen.entry_sealed is not None,
    )


def _a_week(need: Need) -> float:
    return len(need.weekdays) / need.every_weeks


def usual_windows(citizen: Citizen) -> dict[str, tuple[time, time]]:
    """Part of the day -> the window that most needs of the citizen's team have in it; parts nobody has are missing."""
    counted: dict[str, Counter[tuple[time, time]]] = {}
    rows = Need.objects.filter(citizen__team=citizen.team_id).values_list("part_of_day", "earliest", "latest")
    for part, earliest, latest in rows:
        counted.setdefault(part, Counter())[earliest, latest] += 1
    return {part: windows.most_common(1)[0][0] for part, windows in counted.items()}


@dataclass(frozen=True)
class WeekRow:
    """A carer's week: each of its seven days with the shifts on it. ``hours``: on duty, without breaks."""

    carer: Carer
    by_day: list[tuple[date, list[Shift]]]
    hours: float


def get_week(*, actor: Actor, team: Team, monday: date) -> list[WeekRow]:
    """The team's carers with their shifts from ``monday`` on; also those who no longer make visits but have a shift."""
    shifts = (
        reach.visible(actor, Shift)
        .filter(carer__team=team, date__gte=monday, date__lt=monday + timedelta(days=7))
        .order_by("start_at")
    )
    by_carer: dict[int, list[Shift]] = {}
    for shift in shifts:
        by_carer.setdefault(shift.carer_id, []).append(shift)
    carers = carers_of(actor).filter(team=team)
    return [
        WeekRow(
            carer=carer,
            by_day=[
                (day, [shift for shift in by_carer.get(carer.pk, []) if shift.date == day])
                for day in (monday + timedelta(days=number) for number in range(7))
            ],
            hours=sum(_hours(shift) for shift in by_carer.get(carer.pk, [])),
        )
        for carer in carers
        if carer.is_active or carer.pk in by_carer
    ]


def _hours(shift: Shift) -> float:
    pause = shift.pause_minutes or 0
    return (shift.end_at - shift.start_at).total_seconds() / 3600 - pause / 60 if shift.state == "ON" else 0.0


def services_of(actor: Actor) -> QuerySet[Service]:
    """The catalogue of services."""
    return reach.visible(actor, Service)


# --- History ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Changed:
    """A line of the history: what was done, when and by whom. ``fields``: (name, before, after) of what changed."""

    action: str
    at: datetime
    by_name: str
    fields: list[tuple[str, Any, Any]]


def history_of(*rows: Model, most: int = 20) -> list[Changed]:
    """What the audit log tells of rows that the caller has shown the actor may see, the newest first."""
    asked = Q(pk__in=[])
    for row in rows:
        asked |= Q(object_type=row._meta.label_lower, object_id=str(row.pk))
    lines = list(Entry.objects.filter(asked).exclude(action__in=lookups.kinds()).order_by("-number")[:most])
    names = _names(line.actor_id for line in lines)
    models = {row._meta.label_lower: type(row) for row in rows}
    return [
        Changed(
            action=line.action,
            at=line.at,
            by_name=names.get(line.actor_id, "") if line.actor_id else _("Kommune3"),
            fields=_fields(models[line.object_type], line.detail),
        )
        for line in lines
    ]


def _names(account_ids: Any) -> dict[UUID, str]:
    found = Account.objects.filter(pk__in={pk for pk in account_ids if pk}).select_related("person")
    return {account.pk: str(account.person or account.username) for account in found}


def _fields(model: type[Model], detail: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """The changed fields by their names on the page; of a text there is no before and after."""
    told = []
    for field in model._meta.concrete_fields:
        if field.name in detail and isinstance(detail[field.name], list):
            before, after = (*detail[field.name], None, None)[:2]
            told.append((str(field.verbose_name), before, after))
    return told


def part_titles() -> dict[str, str]:
    """Part of the day -> its title."""
    return {part.value: str(part.label) for part in PartOfDay}
