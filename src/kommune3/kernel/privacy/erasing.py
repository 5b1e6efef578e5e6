# SPDX-License-Identifier: MPL-2.0
"""Erasing a person: proposed by one, looked through by a job, approved by another, done by a job (GDPR article 17)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.jobs.declare import DurableTask
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import holds, tasks
from kommune3.kernel.privacy.access import APPROVE, PROPOSE
from kommune3.kernel.privacy.carrying_out import touched
from kommune3.kernel.privacy.errors import (
    AlreadyDecided,
    AlreadyProposed,
    NotReady,
    OwnPerson,
    PurposeTooShort,
    SamePerson,
)
from kommune3.kernel.privacy.models import Erasure, ErasureState

_OPEN = (ErasureState.PROPOSED, ErasureState.APPROVED)


@transaction.atomic
def propose(*, actor: Actor, now: datetime, person_id: UUID, ground: str, reason: str) -> Erasure:
    """Propose to erase a person; a job then looks through what that does. Nothing is changed yet.

    Raises NotVisible, Forbidden, OwnPerson, OnHold, AlreadyProposed, and PurposeTooShort for no reason.
    """
    person = reach.get(actor, Person, person_id, action=PROPOSE)
    if person.pk == actor.person_id:
        raise OwnPerson
    if len(reason.strip()) < 5:
        raise PurposeTooShort
    holds.refuse_held(person=person)
    if Erasure.objects.filter(person_id=person.pk, state__in=_OPEN).exists():
        raise AlreadyProposed
    erasure = Erasure.objects.create(
        person_id=person.pk, ground=ground, reason=reason.strip(), asked_by_id=actor.account_id, asked_at=now
    )
    log.record(
        actor=actor, action="privacy.erasure.proposed", now=now, object=erasure, citizen_id=person.pk,
        detail={"ground": ground},
    )  # fmt: skip
    _start(tasks.look_through, erasure, actor=actor, now=now, title=_("Look through what is kept about a person"))
    return erasure


@transaction.atomic
def look_again(*, actor: Actor, now: datetime, erasure_id: UUID) -> Erasure:
    """Make the preview anew. Raises NotVisible, Forbidden, AlreadyDecided."""
    erasure = _open(reach.get(actor, Erasure, erasure_id, action=PROPOSE))
    erasure.preview = None
    erasure.save(update_fields=["preview"])
    _start(tasks.look_through, erasure, actor=actor, now=now, title=_("Look through what is kept about a person"))
    return erasure


@transaction.atomic
def approve(*, actor: Actor, now: datetime, erasure_id: UUID) -> Erasure:
    """Approve another's proposal: from here on there is no way back.

    Raises NotVisible, Forbidden, AlreadyDecided, NotReady, SamePerson, OwnPerson, OnHold.
    """
    erasure = _open(reach.get(actor, Erasure, erasure_id, action=APPROVE))
    if erasure.asked_by_id is None or erasure.asked_by_id == actor.account_id:
        raise SamePerson
    if erasure.person_id == actor.person_id:
        raise OwnPerson
    if erasure.preview is None:
        raise NotReady
    person = reach.get(actor, Person, erasure.person_id, action=APPROVE)
    holds.refuse_held(person=person, touched=touched(erasure))
    erasure.state, erasure.decided_by_id, erasure.decided_at = ErasureState.APPROVED, actor.account_id, now
    erasure.save(update_fields=["state", "decided_by", "decided_at"])
    log.record(
        actor=actor, action="privacy.erasure.approved", now=now, object=erasure, citizen_id=erasure.person_id,
        basis=erasure.get_ground_display()[:200],
    )  # fmt: skip
    _start(tasks.erase, erasure, actor=actor, now=now, title=_("Erase a person"))
    return erasure


@transaction.atomic
def decline(*, actor: Actor, now: datetime, erasure_id: UUID) -> Erasure:
    """Decline a proposal, one's own too. Raises NotVisible, Forbidden, AlreadyDecided."""
    erasure = _open(reach.get(actor, Erasure, erasure_id, action=APPROVE))
    erasure.state, erasure.decided_by_id, erasure.decided_at = ErasureState.DECLINED, actor.account_id, now
    erasure.save(update_fields=["state", "decided_by", "decided_at"])
    log.record(actor=actor, action="privacy.erasure.declined", now=now, object=erasure, citizen_id=erasure.person_id)
    return erasure


def _open(erasure: Erasure) -> Erasure:
    if erasure.state != ErasureState.PROPOSED:
        raise AlreadyDecided
    return erasure


def _start(task: DurableTask[..., None], erasure: Erasure, *, actor: Actor, now: datetime, title: str) -> None:
    job = jobs.enqueue(
        task, {"erasure_id": str(erasure.pk)}, actor=actor, now=now, title=title,
        link=reverse("privacy:erasure", args=[erasure.pk]),
    )  # fmt: skip
    erasure.job_id = job.pk
    erasure.save(update_fields=["job_id"])
