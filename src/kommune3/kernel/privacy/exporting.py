# SPDX-License-Identifier: MPL-2.0
"""Everything kept about one person, in one file, for them to read and for other systems (GDPR articles 15 and 20)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import jobs
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.jobs.models import FINISHED, Job
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import tasks
from kommune3.kernel.privacy.access import EXPORT
from kommune3.kernel.privacy.errors import PurposeTooShort
from kommune3.kernel.privacy.models import PersonExport


def own_exports(actor: Actor) -> QuerySet[PersonExport]:
    """The exports of the actor's own data, newest first."""
    return PersonExport.objects.filter(person=actor.person_id, person__isnull=False).order_by("-asked_at")


def exports_for(actor: Actor, person: Person) -> QuerySet[PersonExport]:
    """The exports of a person's data that the actor has asked for, newest first."""
    return PersonExport.objects.filter(person=person, asked_by=actor.account_id).order_by("-asked_at")


@transaction.atomic
def ask(*, actor: Actor, now: datetime) -> PersonExport:
    """Ask for everything kept about oneself. While one is being made, it is the one that is returned."""
    if actor.person_id is None:
        raise reach.NotVisible
    return _start(Person.objects.get(pk=actor.person_id), _("Access to one's own data"), actor=actor, now=now)


@transaction.atomic
def ask_for(*, actor: Actor, now: datetime, person_id: UUID, purpose: str) -> PersonExport:
    """Have everything kept about somebody put together. Raises NotVisible, Forbidden, PurposeTooShort."""
    person = reach.get(actor, Person, person_id, action=EXPORT)
    if len(purpose.strip()) < 5:
        raise PurposeTooShort
    return _start(person, purpose.strip()[:200], actor=actor, now=now)


def _start(person: Person, purpose: str, *, actor: Actor, now: datetime) -> PersonExport:
    unfinished = PersonExport.objects.filter(person=person, asked_by=actor.account_id, made_at=None).first()
    if unfinished is not None and Job.objects.filter(pk__in=[unfinished.job_id]).exclude(state__in=FINISHED).exists():
        return unfinished
    export = PersonExport.objects.create(person=person, purpose=purpose, asked_by_id=actor.account_id, asked_at=now)
    is_own = person.pk == actor.person_id
    link = reverse("privacy:mine") if is_own else reverse("privacy:person", args=[person.pk])
    job = jobs.enqueue(
        tasks.export,
        {"export_id": str(export.pk)},
        actor=actor,
        now=now,
        title=_("Put a person's data together"),
        link=link,
    )
    export.job_id = job.pk
    export.save(update_fields=["job_id"])
    log.record(
        actor=actor, action="privacy.export.asked", now=now, object=export, citizen_id=person.pk, purpose=purpose
    )
    return export


@transaction.atomic
def fetch(*, actor: Actor, now: datetime, export_id: UUID) -> StoredFile:
    """The file of an export, for the person and for who asked; on record. Raises NotVisible, also once it is gone."""
    mine = Q(person=actor.person_id) if actor.person_id else Q(pk__in=[])
    asked = Q(asked_by=actor.account_id) if actor.account_id else Q(pk__in=[])
    export = PersonExport.objects.filter(mine | asked, pk=export_id).select_related("file").first()
    if export is None or export.file is None:
        raise reach.NotVisible
    if export.person_id != actor.person_id:
        reach.get(actor, Person, export.person_id, action=EXPORT)
    log.record(
        actor=actor, action="privacy.export.fetched", now=now, object=export, citizen_id=export.person_id,
        purpose=export.purpose,
    )  # fmt: skip
    return export.file
