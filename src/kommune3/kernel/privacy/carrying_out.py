# SPDX-License-Identifier: MPL-2.0
"""What the jobs of an erasure do: look through what is kept about the person, and erase them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from uuid import UUID

from django.utils.translation import gettext as _

from kommune3.kernel import jobs
from kommune3.kernel.audit import log
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import holds, ledger, shredding
from kommune3.kernel.privacy.models import Erasure, ErasureState


def keep_preview(erasure: Erasure, preview: shredding.Preview) -> None:
    """Keep what was found, in the job's transaction."""
    erasure.preview = asdict(preview)
    erasure.save(update_fields=["preview"])


def person_of(erasure: Erasure) -> Person | None:
    """Whom it is about; None once they are erased."""
    return Person.objects.filter(pk__in=[erasure.person_id]).first()


def touched(erasure: Erasure) -> list[str]:
    """The models in which rows of the person are, as the preview found them."""
    preview = erasure.preview or {}
    return [*(part["model"] for part in preview.get("parts", [])), *preview.get("texts", {})]


def erase(job: jobs.JobContext, erasure: Erasure) -> None:
    """Do what was approved. Killed, it goes on: the person's row goes last."""
    person = person_of(erasure)
    if erasure.state != ErasureState.APPROVED or person is None:
        with job.commit():
            return
    with job.checkpoint():
        holds.refuse_held(person=person, touched=touched(erasure))
        preview = shredding.look_through(person)
        entry = ledger.enter(erasure, now=job.now(), counts=preview.counts)
    shredding.shred(
        person, actor=job.actor, now=job.now(), step=job.checkpoint, finish=lambda: _last(job, erasure, entry.pk),
        on_progress=lambda fraction: job.progress(fraction, _("Erasing")),
    )  # fmt: skip


@contextmanager
def _last(job: jobs.JobContext, erasure: Erasure, entry_id: UUID) -> Iterator[None]:
    """The last transaction: the person's row, the erasure's state, the line of the audit log and the end of the job."""
    with job.commit():
        yield
        now = job.now()
        log.record(
            actor=job.actor, action="privacy.erasure.done", now=now, object=erasure, detail={"ledger": str(entry_id)}
        )
        Erasure.objects.filter(pk=erasure.pk).update(state=ErasureState.DONE, person_id=None, finished_at=now)
