# SPDX-License-Identifier: MPL-2.0
"""Substitutes: somebody acts with some of an absent person's own rights, for a period, on record as doing so."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, notify
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.kernel.access.models import Grant, Substitution
from kommune3.kernel.access.values import check_period
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.models import Employment, Substitute
from kommune3.kernel.organisation.tree import in_force
from kommune3.kernel.people.models import Account
from kommune3.kernel.rights.access import SUBSTITUTES
from kommune3.kernel.rights.errors import (
    InThePast,
    NoSubstitute,
    NotForOneself,
    NothingLent,
    NotOwnGrant,
    SubstitutionEnded,
    TooLong,
)

LONGEST_DAYS = 184  # no longer than until the next half-yearly review of rights


def lendable(actor: Actor, absent: Account, *, on: date) -> QuerySet[Grant]:
    """The absent person's own grants that ``actor`` may lend: one's own, or in the units one leads or administers."""
    grants = Grant.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), account=absent)
    if actor.account_id != absent.pk and not actor.is_system:
        within = Q(pk__in=[])
        for held in actor.holding(SUBSTITUTES):
            if held.absent is not None and held.absent.account_id == absent.pk:
                continue  # a substitute does not lend on what was lent to them
            if held.unit_path == WHOLE_MUNICIPALITY:
                within = Q()
                break
            within |= Q(unit__path__startswith=held.unit_path)
        grants = grants.filter(within)
    return grants.select_related("unit").order_by("role", "unit__name")


def absentees(actor: Actor) -> QuerySet[Account]:
    """Those for whom ``actor`` may name a substitute: open logins of people employed where one leads or administers."""
    people = reach.visible(actor, Employment, action=SUBSTITUTES).values("person")
    found = Account.objects.filter(person__in=people, is_active=True)
    if actor.account_id is not None:
        found = found.exclude(pk=actor.account_id)
    return found.order_by("person__family_name", "person__given_name")


def candidates(absent: Account, *, on: date) -> QuerySet[Account]:
    """Who can stand in: open logins of people employed in the absent person's units, right above or anywhere below."""
    near = Q(pk__in=[])
    for employment in Employment.objects.filter(in_force(on), person=absent.person_id).select_related("unit__parent"):
        near |= Q(unit__path__startswith=employment.unit.path)
        if employment.unit.parent is not None:
            near |= Q(unit=employment.unit.parent)
    people = Employment.objects.filter(in_force(on)).filter(near).values("person")
    return (
        Account.objects.filter(person__in=people, is_active=True)
        .exclude(pk=absent.pk)
        .order_by("person__family_name", "person__given_name")
    )


@transaction.atomic
def name_substitute(
    *,
    actor: Actor,
    now: datetime,
    absent_id: UUID,
    substitute_id: UUID,
    grant_ids: Collection[UUID],
    valid_from: date,
    valid_to: date,
) -> Substitution:
    """Let somebody act with ``grant_ids``, all of them the absent person's own, for the half-open period of days.

    One names a substitute for oneself, or for others in the units one leads or administers. Where the absent person
    leads units, the substitute also gets what is sent to their leader. Raises NotVisible, NotForOneself, NoSubstitute,
    NothingLent, NotOwnGrant, EndsTooEarly, TooLong, InThePast.
    """
    today = clock.municipal_date(now)
    absent = _absent(actor, absent_id)
    if substitute_id == actor.account_id:
        raise NotForOneself
    substitute = candidates(absent, on=today).filter(pk=substitute_id).first()
    if substitute is None or substitute.person is None:
        raise NoSubstitute
    _check_days(valid_from, valid_to, today=today)
    if not grant_ids:
        raise NothingLent
    grants = list(lendable(actor, absent, on=today).filter(pk__in=grant_ids))
    if len(grants) != len(set(grant_ids)):
        raise NotOwnGrant
    if absent.pk != actor.account_id:
        actor.rely_on(SUBSTITUTES)
    made = Substitution.objects.create(
        absent=absent,
        substitute=substitute,
        valid_from=valid_from,
        valid_to=valid_to,
        named_by_id=actor.account_id,
        named_at=now,
    )
    made.grants.set(grants)
    for unit_id in _led_units(absent, valid_from, valid_to):
        Substitute.objects.create(unit_id=unit_id, person=substitute.person, valid_from=valid_from, valid_to=valid_to)
    detail = {
        "absent": str(absent.pk),
        "substitute": str(substitute.pk),
        "grants": sorted(str(grant.pk) for grant in grants),
        "from": str(valid_from),
        "to": str(valid_to),
    }
    log.record(actor=actor, action="access.substitute.named", now=now, object=made, detail=detail)
    _tell(made, actor=actor, now=now, occasion="named", title=_("A substitute has been named"))
    return made


@transaction.atomic
def end_substitution(*, actor: Actor, now: datetime, substitution_id: UUID) -> Substitution:
    """End it at once. The absent person and the substitute may, and whoever could have named it.

    Raises NotVisible, SubstitutionEnded.
    """
    found = own_substitutions(actor).filter(pk=substitution_id).first()
    if found is None:
        found = reach.get(actor, Substitution, substitution_id)
    today = clock.municipal_date(now)
    if found.ended_at is not None or found.valid_to <= today:
        raise SubstitutionEnded
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    stand_ins = Substitute.objects.filter(
        unit__in=_led_units(found.absent, found.valid_from, found.valid_to),
        person=found.substitute.person,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
    )
    if found.valid_from >= today:
        stand_ins.delete()
    else:
        stand_ins.update(valid_to=today)
    log.record(actor=actor, action="access.substitute.ended", now=now, object=found)
    _tell(found, actor=actor, now=now, occasion="ended", title=_("A substitution has ended"))
    return found


def own_substitutions(actor: Actor) -> QuerySet[Substitution]:
    """Those in which the actor is absent or stands in, newest first."""
    if actor.account_id is None:
        return Substitution.objects.none()
    mine = Q(absent_id=actor.account_id) | Q(substitute_id=actor.account_id)
    return _with_names(Substitution.objects.filter(mine))


def find_substitutions(actor: Actor) -> QuerySet[Substitution]:
    """Those the actor may end, newest first."""
    return _with_names(reach.visible(actor, Substitution))


def _with_names(rows: QuerySet[Substitution]) -> QuerySet[Substitution]:
    return (
        rows.select_related("absent__person", "substitute__person")
        .prefetch_related("grants__unit")
        .order_by("-valid_from", "-named_at")
    )


def _absent(actor: Actor, absent_id: UUID) -> Account:
    if absent_id == actor.account_id:
        return Account.objects.get(pk=absent_id)
    found = absentees(actor).filter(pk=absent_id).first()
    if found is None:
        raise reach.NotVisible
    return found


def _check_days(valid_from: date, valid_to: date, *, today: date) -> None:
    check_period(valid_from, valid_to)
    if valid_to <= today:
        raise InThePast
    if valid_to - valid_from > timedelta(days=LONGEST_DAYS):
        raise TooLong


def _led_units(absent: Account, valid_from: date, valid_to: date) -> list[UUID]:
    """The units that the absent person leads at some time in the period."""
    led = Employment.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=valid_from), person=absent.person_id, is_leader=True, valid_from__lt=valid_to
    )
    return list(led.values_list("unit_id", flat=True).distinct())


def _tell(substitution: Substitution, *, actor: Actor, now: datetime, occasion: str, title: Promise) -> None:
    body = format_lazy(
        _("{substitute} for {absent}, from {first} until {end}."),
        substitute=str(substitution.substitute.person),
        absent=str(substitution.absent.person or substitution.absent.username),
        first=f"{substitution.valid_from:%d.%m.%Y}",
        end=f"{substitution.valid_to:%d.%m.%Y}",
    )
    notify.send(
        to=[substitution.absent, substitution.substitute],
        title=title,
        body=body,
        key=f"access.substitute.{occasion}:{substitution.pk}",
        url=reverse("substitutes:own"),
        actor=actor,
        now=now,
    )
