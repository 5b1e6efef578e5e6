# SPDX-License-Identifier: MPL-2.0
"""Rates as they are shown: what is in force, and what nobody has told yet."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Change, Rate, RateKind, RateSet, Run, RunState
from kommune3.solutions.fleet.planning.rates import rates_in_force
from kommune3.solutions.fleet.queries.rate_words import WORDS, RateWords


def missing_rates(*, actor: Actor, on: date) -> list[RateKind]:
    """The kinds that the default set has no value for on a day."""
    rates = reach.visible(actor, Rate).filter(rate_set__is_default=True)
    told = {
        rate.kind
        for rate in rates
        if rate.value is not None
        and (rate.valid_from is None or rate.valid_from <= on)
        and (rate.valid_to is None or on < rate.valid_to)
    }
    return [kind for kind in RateKind if kind.value not in told]


def rate_sets(*, actor: Actor) -> list[RateSet]:
    """Every set, the default first, with its rates."""
    return list(reach.visible(actor, RateSet).prefetch_related("rates"))


def exact(value: Decimal) -> str:
    """A rate with all its digits and no more, as the reader's language writes it."""
    return number_format(Decimal(f"{value.normalize():f}"), use_l10n=True, force_grouping=True)


@dataclass(frozen=True)
class ShownRate:
    """A period as it is shown: ``value`` is written out, empty where nobody has told."""

    rate: Rate
    value: str
    words: RateWords
    is_in_force: bool

    @property
    def last_day(self) -> date | None:
        """The last day of the period; None where it has no end."""
        return self.rate.valid_to - timedelta(days=1) if self.rate.valid_to else None


@dataclass(frozen=True)
class ShownSet:
    """A set of rates: what is in force today, every period, and what is wrong with the periods."""

    rate_set: RateSet
    in_force: list[ShownRate]
    periods: list[ShownRate]
    faults: list[str]


def shown_rate_sets(*, actor: Actor, on: date) -> list[ShownSet]:
    """Every set with its rates on a day, and with all periods."""
    found = []
    for rate_set in rate_sets(actor=actor):
        rates = sorted(rate_set.rates.all(), key=_order)
        current = {rate.pk for rate in rates_in_force(rates, on).values()}
        periods = [_shown(rate, rate.pk in current) for rate in rates]
        found.append(ShownSet(rate_set, [each for each in periods if each.is_in_force], periods, period_faults(rates)))
    return found


@dataclass(frozen=True)
class RatePage:
    """A period of a rate with all there is to know of it.

    ``others``: every period of the same rate. ``changes``: its history. ``runs``: optimisations over periods that ended
    while it held, counted with its set.
    """

    shown: ShownRate
    others: list[ShownRate]
    changes: list[Change]
    runs: list[Run]


def get_rate_page(*, actor: Actor, rate_id: int, on: date) -> RatePage:
    """A rate the actor may see; raises ``NotVisible``."""
    rate = reach.get(actor, Rate, rate_id)
    periods = sorted(Rate.objects.filter(rate_set=rate.rate_set_id, kind=rate.kind), key=_order)
    current = {each.pk for each in rates_in_force(periods, on).values()}
    runs = reach.visible(actor, Run).filter(rate_set=rate.rate_set_id, state=RunState.FINISHED)
    if rate.valid_from is not None:
        runs = runs.filter(period_end__gte=rate.valid_from)
    if rate.valid_to is not None:
        runs = runs.filter(period_end__lt=rate.valid_to)
    counted = [run for run in runs.order_by("-id")[:50] if any(used["kind"] == rate.kind for used in run.rates_used)]
    changes = rate.rate_set.changes.filter(what__startswith=f"{rate.kind}@")
    return RatePage(
        _shown(rate, rate.pk in current), [_shown(each, each.pk in current) for each in periods], list(changes[:50]),
        counted[:10],
    )  # fmt: skip


@dataclass(frozen=True)
class UsedNow:
    """A rate a run counted with, as it stands today. ``rate_id``: its row, None where it is gone."""

    rate_id: int | None
    is_as_it_was: bool


def used_rates_now(run: Run) -> dict[str, UsedNow]:
    """Kind -> the row that a finished run took it from, and whether that row still says the same."""
    rows = {(rate.kind, rate.valid_from): rate for rate in Rate.objects.filter(rate_set=run.rate_set_id)}
    found = {}
    for used in run.rates_used:
        since = date.fromisoformat(used["valid_from"]) if used["valid_from"] else None
        row = rows.get((used["kind"], since))
        same = row is not None and row.value is not None and row.value == Decimal(used["value"])
        found[used["kind"]] = UsedNow(row.pk if row else None, same)
    return found


def period_faults(rates: Iterable[Rate]) -> list[str]:
    """Gaps and overlaps between the periods of each rate, in words. The operations leave none."""
    found = []
    by_kind: dict[str, list[Rate]] = defaultdict(list)
    for rate in sorted(rates, key=_order):
        by_kind[rate.kind].append(rate)
    for kind, periods in by_kind.items():
        for earlier, later in pairwise(periods):
            begins = later.valid_from
            if begins is None or earlier.valid_to == begins:
                continue
            name = RateKind(kind).label
            if earlier.valid_to is None or earlier.valid_to > begins:
                found.append(_("%(rate)s: two periods hold on %(day)s.") % {"rate": name, "day": f"{begins:%d-%m-%Y}"})
            else:
                found.append(
                    _("%(rate)s: no period holds from %(since)s to %(until)s.")
                    % {
                        "rate": name, "since": f"{earlier.valid_to:%d-%m-%Y}",
                        "until": f"{begins - timedelta(days=1):%d-%m-%Y}",
                    }
                )  # fmt: skip
    return found


def _order(rate: Rate) -> tuple[int, date]:
    return _PLACE[rate.kind], rate.valid_from or date.min


def _shown(rate: Rate, is_in_force: bool) -> ShownRate:
    value = exact(rate.value) if rate.value is not None else ""
    return ShownRate(rate, value, WORDS[RateKind(rate.kind)], is_in_force)


_PLACE = {kind.value: place for place, kind in enumerate(RateKind)}
