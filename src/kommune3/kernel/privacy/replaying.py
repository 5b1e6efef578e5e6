# SPDX-License-Identifier: MPL-2.0
"""Erased stays erased: after a restore everybody in the erasure ledger whom the copy brought back is erased anew."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from kommune3.kernel.access.actor import system
from kommune3.kernel.audit import log
from kommune3.kernel.files.storage import bring_to_disk
from kommune3.kernel.people.models import Person
from kommune3.kernel.privacy import ledger, shredding
from kommune3.kernel.privacy.models import Erasure, ErasureState, Hold


class KeyMissing(Exception):
    """Lines of the ledger were made with another key than this installation's: their persons cannot be found."""


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "erasures-to-replay"


def is_unfinished() -> bool:
    """Whether a restore has begun and its erasures have not all been replayed."""
    return _mark().exists()


def check_keys(lines: Iterable[ledger.Line]) -> None:
    """Raise :class:`KeyMissing` where the key of some lines is not here."""
    foreign = sorted({line.key_name for line in lines} - {ledger.key_name()})
    if foreign:
        raise KeyMissing(
            f"The erasure ledger was kept under another key ({', '.join(foreign)}). Put the folder 'secrets' or "
            "KOMMUNE3_ERASURE_KEY in place first: without it erased people cannot be found in the copy."
        )


def begin(lines: Iterable[ledger.Line]) -> None:
    """Before a copy is put in place: who was erased is on disk beside the database, and that it must be replayed."""
    ledger.write_copy(ledger.path(), ledger.merged(lines, ledger.read_copy(ledger.path())))
    _mark().write_text("kommune3 erasures replay\n", encoding="utf-8")
    bring_to_disk(_mark().parent)


def replay(*, now: datetime, tell: Callable[[str], None] = lambda text: None) -> int:
    """Erase everybody in the ledger who is in the database; returns how many there were.

    Killed, it is run again: a person's row goes last, so that what is half done is done anew.
    """
    lines = ledger.merged(ledger.lines(), ledger.read_copy(ledger.path()))
    check_keys(lines)
    with transaction.atomic():
        ledger.take_over(lines)
    erased = {line.digest for line in lines}
    actor = system("privacy.replay")
    found = [key for key in Person.objects.values_list("pk", flat=True) if ledger.digest_of(key) in erased]
    for number, person_id in enumerate(found, start=1):
        tell(f"erasing anew, {number} of {len(found)}")
        person = Person.objects.get(pk=person_id)
        release_holds(person, now=now)
        shredding.shred(person, actor=actor, now=now)
    with transaction.atomic():
        gone = set(Erasure.objects.exclude(person_id=None).values_list("person_id", flat=True)) - set(
            Person.objects.values_list("pk", flat=True)
        )
        Erasure.objects.filter(person_id__in=gone).exclude(state=ErasureState.DECLINED).update(
            person_id=None, state=ErasureState.DONE, finished_at=now
        )
        if found:
            log.record(actor=actor, action="privacy.erasures.replayed", now=now, detail={"persons": len(found)})
    ledger.keep_copy()
    _mark().unlink(missing_ok=True)
    return len(found)


def release_holds(person: Person, *, now: datetime) -> None:
    """A hold that the copy brought back was released before the person was erased."""
    Hold.objects.filter(person=person, released_at=None).update(released_at=now)
