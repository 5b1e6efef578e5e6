# SPDX-License-Identifier: MPL-2.0
"""Rates: periods follow one another without gap or overlap, and every change keeps its history."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.models import Rate, RateSet
from kommune3.solutions.fleet.operations.changes import note_fields

EDIT_RATES = "fleet.rates.edit"


def save_rate(*, actor: Actor, now: datetime, rate: Rate, origin: str = "") -> Rate:
    """Create or change a period of a rate in a set that is not fixed.

    A new period ends where the next begins, and the one before it ends where it begins. Raises :class:`InvalidRow`
    for an overlap, for days left without a rate, and for a value without its source; ``Forbidden`` for a fixed set.
    """
    with transaction.atomic():
        _require(actor, rate.rate_set)
        faults = _own_faults(rate)
        if faults:
            raise InvalidRow(faults)
        others = list(Rate.objects.filter(rate_set=rate.rate_set, kind=rate.kind).exclude(pk=rate.pk))
        stored = Rate.objects.get(pk=rate.pk) if rate.pk is not None else None
        before = plain_rate(stored) if stored is not None else {}
        previous, following = _neighbours(rate, others)
        if following is not None:
            _fit_end(rate, following)
        touched = _fit_beginning(rate, stored, previous)
        if touched is not None:
            _save(touched, before=plain_rate(Rate.objects.get(pk=touched.pk)), actor=actor, now=now, origin=origin)
        _save(rate, before=before, actor=actor, now=now, origin=origin)
        return rate


def remove_rate(*, actor: Actor, now: datetime, rate_id: int, origin: str = "") -> None:
    """Take a period away again; the one before it then holds until the next one.

    Raises :class:`InvalidRow` for the only period of a rate.

    Optimisations keep their own copy of what they counted with.
    """
    with transaction.atomic():
        rate = reach.get(actor, Rate, rate_id)
        _require(actor, rate.rate_set)
        others = list(Rate.objects.filter(rate_set=rate.rate_set, kind=rate.kind).exclude(pk=rate.pk))
        if not others:
            raise InvalidRow({"value": _("It is the only period of the rate. Correct it instead.")})
        previous, _following = _neighbours(rate, others)
        note_fields(
            actor=actor, now=now, before=plain_rate(rate), after=dict.fromkeys(plain_rate(rate), ""), origin=origin,
            what=what_of(rate), rate_set=rate.rate_set,
        )  # fmt: skip
        until = rate.valid_to
        log.record(actor=actor, action="fleet.rate.removed", now=now, object=rate, detail={"kind": rate.kind})
        rate.delete()
        if previous is not None:
            before = plain_rate(previous)
            previous.valid_to = until
            _save(previous, before=before, actor=actor, now=now, origin=origin)


def plain_rate(rate: Rate) -> dict[str, str]:
    """A period's fields as plain text: decimal point, dates as 2026-01-01."""
    return {
        "value": "" if rate.value is None else f"{Decimal(rate.value).normalize():f}",
        "valid_from": rate.valid_from.isoformat() if rate.valid_from else "",
        "valid_to": rate.valid_to.isoformat() if rate.valid_to else "",
        "source": rate.source,
    }


def what_of(rate: Rate) -> str:
    """What the history calls a period: its kind and first day."""
    return f"{rate.kind}@{rate.valid_from.isoformat() if rate.valid_from else ''}"


def _require(actor: Actor, rate_set: RateSet) -> None:
    reach.require(actor, EDIT_RATES)
    # Whoever changes periods of a set takes turns, so that two changes cannot leave a gap between them.
    locked = RateSet.objects.select_for_update().get(pk=rate_set.pk)
    if locked.is_fixed:
        raise reach.Forbidden


def _own_faults(rate: Rate) -> dict[str, str]:
    faults = {}
    if rate.value is not None and rate.value < 0:
        faults["value"] = _("The figure cannot be negative.")
    if rate.value is not None and not rate.source.strip():
        faults["source"] = _("Say where the figure comes from, so that others can trust it.")
    if rate.valid_from and rate.valid_to and rate.valid_to <= rate.valid_from:
        faults["valid_to"] = _("The last day must come after the first.")
    return faults


def _neighbours(rate: Rate, others: list[Rate]) -> tuple[Rate | None, Rate | None]:
    """The period before and the period after. Raises :class:`InvalidRow` where one begins on the same day."""
    first = rate.valid_from or date.min
    if any((other.valid_from or date.min) == first for other in others):
        raise InvalidRow({"valid_from": _("There is a period from that day already. Correct that one instead.")})
    before = [other for other in others if (other.valid_from or date.min) < first]
    after = [other for other in others if (other.valid_from or date.min) > first]
    previous = max(before, key=lambda other: other.valid_from or date.min, default=None)
    return previous, min(after, key=lambda other: other.valid_from or date.min, default=None)


def _fit_end(rate: Rate, following: Rate) -> None:
    """The period ends where the next one begins."""
    begins = following.valid_from
    assert begins is not None
    if rate.valid_to is None:
        rate.valid_to = begins
    elif rate.valid_to > begins:
        raise InvalidRow({"valid_to": _("It lies over the period that begins on %(day)s.") % {"day": _day(begins)}})
    elif rate.valid_to < begins:
        raise InvalidRow({"valid_to": _gap(rate.valid_to, begins)})


def _fit_beginning(rate: Rate, stored: Rate | None, previous: Rate | None) -> Rate | None:
    """Let the period before end where this one begins; returns it where it was changed."""
    begins = rate.valid_from
    if previous is None or begins is None:
        return None
    touches = stored is not None and previous.valid_to == stored.valid_from
    if previous.valid_to is not None and previous.valid_to < begins and not touches:
        raise InvalidRow({"valid_from": _gap(previous.valid_to, begins)})
    if previous.valid_to == begins:
        return None
    previous.valid_to = begins
    return previous


def _gap(since: date, until: date) -> str:
    return _("The days from %(since)s to %(until)s would be without a rate.") % {
        "since": _day(since), "until": _day(until - timedelta(days=1)),
    }  # fmt: skip


def _day(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def _save(rate: Rate, *, before: dict[str, str], actor: Actor, now: datetime, origin: str) -> None:
    rate.save()
    note_fields(
        actor=actor, now=now, before=before, after=plain_rate(rate), origin=origin, what=what_of(rate),
        rate_set=rate.rate_set,
    )  # fmt: skip
    log.record(actor=actor, action="fleet.rate.saved", now=now, object=rate, detail={"kind": rate.kind})
