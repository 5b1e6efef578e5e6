# SPDX-License-Identifier: MPL-2.0
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kommune3.kernel import clock, jobs
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.inventory import rules
from kommune3.kernel.jobs import JobContext, durable, schedule
from kommune3.kernel.privacy import carrying_out, holds, ledger, packing, retention, shredding, telling
from kommune3.kernel.privacy.errors import PrivacyError
from kommune3.kernel.privacy.models import Erasure, LedgerEntry, PersonExport
from kommune3.kernel.solutions import registry


@durable(max_attempts=5, permanent=(PrivacyError,))
def look_through(job: JobContext, *, erasure_id: str) -> None:
    """Find what erasing the person would do."""
    erasure = Erasure.objects.get(pk=UUID(erasure_id))
    person = carrying_out.person_of(erasure)
    preview = shredding.look_through(person) if person is not None else None
    with job.commit():
        if preview is not None:
            carrying_out.keep_preview(erasure, preview)


@durable(max_attempts=50, permanent=(PrivacyError,))
def erase(job: JobContext, *, erasure_id: str) -> None:
    """Erase a person whose erasure was approved."""
    carrying_out.erase(job, Erasure.objects.get(pk=UUID(erasure_id)))


@durable(max_attempts=5, permanent=(PrivacyError,))
def export(job: JobContext, *, export_id: str) -> None:
    """Put everything kept about a person together in one file."""
    packing.make(job, PersonExport.objects.select_related("person").get(pk=UUID(export_id)))


@durable()
def start_retention(job: JobContext) -> None:
    """Start the removal of what has been kept long enough, a job for each rule."""
    with job.commit():
        job.result = {"rules": start_rules(actor=job.actor, now=job.now())}


@durable()
def purge(job: JobContext, *, rule: str) -> None:
    """Delete the rows that a rule says have been kept long enough, some thousands at a time."""
    removed = 0
    while True:
        if job.cancelled():
            return
        with job.checkpoint():
            some = retention.purge_some(rule, now=job.now())
        if not some:
            break
        removed += some
    with job.commit():
        retention.note(rule, rows=removed, actor=job.actor, now=job.now())
        job.result = {"rows": removed}


@durable()
def tell_of_holds(job: JobContext) -> None:
    """Tell those who look after holds of such as have lasted longer than was meant."""
    with job.commit():
        job.result = {"holds": telling.tell_of_holds(actor=job.actor, now=job.now())}


@durable()
def scrub(job: JobContext) -> None:
    """Overwrite what the database's file still holds of removed rows, and bring the ledger's copy up to date."""
    ledger.keep_copy()
    if LedgerEntry.objects.exists() and not connection.in_atomic_block:
        scrub_database()
    with job.commit():
        job.result = {}


def start_rules(*, actor: Actor, now: datetime) -> int:
    """Put the night's work in its queue, a job for each rule; returns how many.

    Left out are rules whose package runs them itself, and those of a solution that is on hold or switched off.
    """
    today = clock.municipal_date(now)
    started = 0
    for key, rule in rules().items():
        solution = registry.solution_of_module(rule.task.func.__module__) if rule.task else None
        held = rule.model.split(".")[0] in holds.held_solutions()
        if rule.alone or held or (solution is not None and not registry.is_active(solution)):
            continue
        task, kwargs = (rule.task, {}) if rule.task else (purge, {"rule": key})
        jobs.enqueue(
            task,
            kwargs,
            actor=actor,
            now=now,
            title=str(rule.title),
            idempotency_key=f"privacy.retention:{key}:{today}",
        )
        started += 1
    return started


def scrub_database() -> None:
    """Write the database's file anew, with nothing left of what was removed; needs room for a copy of it."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


schedule("privacy.retention", "20 3 * * *", start_retention, title=_("Remove what has been kept long enough"))
schedule("privacy.holds.told", "30 6 * * *", tell_of_holds, title=_("Legal holds that have lasted long"))
schedule("privacy.scrubbed", "15 5 * * *", scrub, title=_("Overwrite what removed rows left behind"))
