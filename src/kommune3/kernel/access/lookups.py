# SPDX-License-Identifier: MPL-2.0
"""The one way to put on record that personal data were read: one line, with purpose and unit.

Nobody is asked for a purpose at every page: asked at seven in the morning, people write "x". The purpose is that of the
grant which opens the page; where the grant names none, that of the work the page is made for, as its kind is declared
here. Where the data need more than that (a CPR number, break-glass), the caller asks and hands the answer in. Whether
a purpose was true is asked afterwards, of a sample (docs/adr/0010-purpose-of-reading.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.utils import translation
from django.utils.functional import Promise

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor, Held
from kommune3.kernel.audit import log
from kommune3.kernel.organisation.tree import employments_of

Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """A kind of look-up, by the dotted code of its lines. ``title``: what citizens are told; ``purpose``: the work."""

    action: str
    title: Text
    purpose: Text


_kinds: dict[str, Kind] = {}


class UndeclaredKind(LookupError):
    """A look-up of a kind that no ``access.py`` declares: the citizen could not be told what it was."""


def declare(code: str, *, action: str, title: Text, purpose: Text) -> None:
    """Declare a kind of look-up, while Django starts. ``action``: the action that the reader needs for it."""
    _kinds[code] = Kind(action, title, purpose)


def kinds() -> dict[str, Kind]:
    """Every kind of look-up by its code."""
    return dict(_kinds)


def read(
    *, actor: Actor, now: datetime, kind: str, person_id: UUID, object: models.Model | None = None, purpose: str = ""
) -> None:
    """Record that ``actor`` reads data of one person. Own data, and what the platform itself reads, are no look-ups."""
    if actor.is_system or person_id == actor.person_id:
        return
    _record(actor, now, kind, purpose=purpose, person_id=person_id, object=object)


def search(*, actor: Actor, now: datetime, kind: str, by: Iterable[str], found: int, purpose: str = "") -> None:
    """Record that ``actor`` was shown a list of people: by which criteria (never what was typed) and how many."""
    if not actor.is_system:
        _record(actor, now, kind, purpose=purpose, detail={"by": sorted(by), "found": found})


def export(*, actor: Actor, now: datetime, kind: str, form: str, purpose: str = "") -> None:
    """Record that a list of people left the platform as a file."""
    _record(actor, now, kind, purpose=purpose, detail={"format": form})


def purpose_of(held: Held | None, kind: Kind) -> str:
    """What the look-up is for: as the grant says, or the reason of a break-glass, or the work it belongs to."""
    if held is not None and (held.purpose or held.emergency):
        return held.purpose or (held.emergency.reason if held.emergency else "")
    with translation.override(settings.LANGUAGE_CODE):
        return str(kind.purpose)


def _record(
    actor: Actor,
    now: datetime,
    code: str,
    *,
    purpose: str,
    person_id: UUID | None = None,
    object: models.Model | None = None,
    detail: dict[str, object] | None = None,
) -> None:
    kind = _kinds.get(code)
    if kind is None:
        raise UndeclaredKind(code)
    # What is one's own comes before what was borrowed, and the narrow before the wide.
    held = min(actor.holding(kind.action), key=lambda held: (held.is_borrowed, -len(held.unit_path)), default=None)
    log.record(
        actor=actor,
        action=code,
        now=now,
        object=object,
        unit_id=_unit_id(actor, held, now),
        citizen_id=person_id,
        purpose=(purpose or purpose_of(held, kind))[:200],
        detail=detail,
    )


def _unit_id(actor: Actor, held: Held | None, now: datetime) -> UUID | None:
    """The unit that looked: the grant's, or where the reader works; None for the municipality as a whole."""
    if held is not None and held.unit_id is not None:
        return held.unit_id
    if actor.person_id is None:
        return None
    employment = employments_of(actor.person_id, on=clock.municipal_date(now)).order_by("-valid_from").first()
    return employment.unit_id if employment else None
