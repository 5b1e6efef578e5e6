# SPDX-License-Identifier: MPL-2.0
"""Legal hold: rows that an archive, a complaint or a court case needs are neither deleted nor erased."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import records
from kommune3.kernel.people.models import Account, Person
from kommune3.kernel.privacy.access import EDIT_HOLDS
from kommune3.kernel.privacy.errors import AlreadyReleased, InvalidHold, OnHold
from kommune3.kernel.privacy.models import Hold
from kommune3.kernel.solutions import registry


def in_force() -> QuerySet[Hold]:
    """The holds that nobody has released."""
    return Hold.objects.filter(released_at=None)


def held_solutions() -> set[str]:
    """The solutions that are on hold as a whole."""
    return set(in_force().exclude(solution="").values_list("solution", flat=True))


def unheld(rows: QuerySet[Any]) -> QuerySet[Any]:
    """``rows`` without those of a solution or a person on hold."""
    label = rows.model._meta.label
    if rows.model._meta.app_label in held_solutions():
        return rows.none()
    people = list(in_force().exclude(person=None).values_list("person_id", flat=True))
    if not people:
        return rows
    accounts = list(Account.objects.filter(person__in=people).values_list("pk", "username"))
    held = Q(pk__in=[])
    for line in records():
        if line.model == label and line.rows is None:
            held |= Q(*[(f"{lookup}__in", people) for lookup in line.person], _connector=Q.OR)
            held |= Q(*[(f"{lookup}__in", [pk for pk, _name in accounts]) for lookup in line.account], _connector=Q.OR)
            held |= Q(
                *[(f"{lookup}__in", [name for _pk, name in accounts]) for lookup in line.usernames], _connector=Q.OR
            )
    return rows.exclude(pk__in=rows.model._base_manager.filter(held).values("pk"))


def refuse_held(*, person: Person, touched: Iterable[str] = ()) -> None:
    """Raise :class:`OnHold` where the person is on hold, or a solution of which rows would be ``touched`` (models)."""
    solutions = {label.split(".")[0] for label in touched}
    found = in_force().filter(Q(person=person) | Q(solution__in=solutions)).order_by("placed_at").first()
    if found is None:
        return
    raise OnHold(
        _("On legal hold since %(since)s (%(kind)s): %(reason)s. Release the hold first, under Legal hold.")
        % {
            "since": clock.municipal_date(found.placed_at).strftime("%d-%m-%Y"),
            "kind": found.get_kind_display(),
            "reason": found.reason,
        }
    )


@transaction.atomic
def place_hold(
    *,
    actor: Actor,
    now: datetime,
    kind: str,
    reason: str,
    review_date: date,
    person_id: UUID | None = None,
    solution: str = "",
) -> Hold:
    """Place a hold on a person or a solution. Raises NotVisible, Forbidden, InvalidHold."""
    reach.require(actor, EDIT_HOLDS)
    person = reach.get(actor, Person, person_id, action=EDIT_HOLDS) if person_id else None
    known = {manifest.key for manifest in registry.all_manifests()}
    if (person is None) == (solution == "") or (solution and solution not in known):
        raise InvalidHold
    if len(reason.strip()) < 5 or review_date <= clock.municipal_date(now):
        raise InvalidHold
    hold = Hold.objects.create(
        person=person, solution=solution, kind=kind, reason=reason.strip(), placed_by_id=actor.account_id,
        placed_at=now, review_date=review_date,
    )  # fmt: skip
    log.record(
        actor=actor, action="privacy.hold.placed", now=now, object=hold, citizen_id=person_id,
        detail={"kind": kind, "solution": solution, "review_date": str(review_date)},
    )  # fmt: skip
    return hold


@transaction.atomic
def release_hold(*, actor: Actor, now: datetime, hold_id: UUID) -> Hold:
    """Release a hold: its rows follow the ordinary rules again. Raises NotVisible, AlreadyReleased."""
    hold = reach.get(actor, Hold, hold_id, action=EDIT_HOLDS)
    if hold.released_at is not None:
        raise AlreadyReleased
    hold.released_at, hold.released_by_id = now, actor.account_id
    hold.save(update_fields=["released_at", "released_by"])
    log.record(actor=actor, action="privacy.hold.released", now=now, object=hold, citizen_id=hold.person_id)
    return hold
