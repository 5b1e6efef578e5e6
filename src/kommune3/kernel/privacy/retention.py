# SPDX-License-Identifier: MPL-2.0
"""The retention clock: every night what has been kept long enough goes, by declared rules and dated periods."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.kernel.inventory import Rule, rules, unheld
from kommune3.kernel.privacy.access import EDIT_PERIODS, READ
from kommune3.kernel.privacy.errors import InvalidPeriod, SetElsewhere
from kommune3.kernel.privacy.models import Period, PurgeLine

AT_ONCE = 2000
AHEAD = timedelta(days=30)


@dataclass(frozen=True)
class Outlook:
    """A rule as the clock sees it. ``due``: rows that go tonight; ``coming``: those that go within 30 days, these
    included; ``held``: how many of them legal holds keep. ``days``: None where nothing goes before somebody decides."""

    rule: Rule
    days: int | None
    source: str
    due: int
    coming: int
    held: int
    periods: list[Period]


def make_first_periods(**options: Any) -> None:
    """Give each rule that has none its first row, as the package declares it; after each migration."""
    if Period._meta.db_table not in connection.introspection.table_names():  # another app was migrated alone
        return
    known = set(Period.objects.values_list("rule", flat=True))
    with translation.override(settings.LANGUAGE_CODE):
        Period.objects.bulk_create(
            Period(rule=key, days=rule.first_days, source=str(rule.source)[:300])
            for key, rule in rules().items()
            if key not in known and rule.period is None
        )


def period_of(rule: Rule, *, on: date) -> Period | None:
    """The row in force on a day."""
    rows = [row for row in Period.objects.filter(rule=rule.key) if row.valid_from is None or row.valid_from <= on]
    return max(rows, key=lambda row: row.valid_from or date.min, default=None)


def days_of(rule: Rule, *, on: date) -> int | None:
    """How many days rows are kept, by the period in force on a day; None: nothing goes."""
    if rule.period is not None:
        return rule.period(on)
    row = period_of(rule, on=on)
    return row.days if row is not None else None


def outlook(*, actor: Actor, now: datetime) -> list[Outlook]:
    """Each rule with what goes next. Raises Forbidden."""
    reach.require(actor, READ)
    today = clock.municipal_date(now)
    found = []
    for rule in rules().values():
        days, row = days_of(rule, on=today), period_of(rule, on=today)
        due = rule.rows_due(at=now, days=days)
        later = now + AHEAD
        coming = rule.rows_due(at=later, days=days_of(rule, on=today + AHEAD))
        total = coming.count()
        found.append(
            Outlook(
                rule=rule,
                days=days,
                source=row.source if row is not None else str(rule.source),
                due=unheld(due).count(),
                coming=total,
                held=total - unheld(coming).count(),
                periods=list(Period.objects.filter(rule=rule.key).order_by("-valid_from")),
            )
        )
    return found


@transaction.atomic
def decide(*, actor: Actor, now: datetime, rule_key: str, days: int | None, valid_from: date, source: str) -> Period:
    """Decide how long rows of a rule are kept from a day on. Raises Forbidden, InvalidPeriod, SetElsewhere."""
    reach.require(actor, EDIT_PERIODS)
    rule = rules()[rule_key]
    if rule.period is not None:
        raise SetElsewhere
    taken = Period.objects.filter(rule=rule_key, valid_from=valid_from).exists()
    if taken or valid_from < clock.municipal_date(now) or len(source.strip()) < 5:
        raise InvalidPeriod
    period = Period.objects.create(
        rule=rule_key,
        days=days,
        valid_from=valid_from,
        source=source.strip(),
        decided_by=actor.account_id,
        decided_at=now,
    )
    log.record(
        actor=actor, action="privacy.period.decided", now=now, object=period,
        detail={"rule": rule_key, "days": days, "from": str(valid_from)},
    )  # fmt: skip
    return period


def purge_some(rule_key: str, *, now: datetime) -> int:
    """Delete up to :data:`AT_ONCE` rows that are due and not on hold, in the caller's transaction; returns how many."""
    rule = rules()[rule_key]
    rows = unheld(rule.rows_due(at=now, days=days_of(rule, on=clock.municipal_date(now))))
    some = list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    rows.model._base_manager.filter(pk__in=some).delete()
    return len(some)


def note(rule_key: str, *, rows: int, actor: Actor, now: datetime) -> None:
    """Keep what a rule removed, in the transaction that ends its job."""
    if not rows:
        return
    days = days_of(rules()[rule_key], on=clock.municipal_date(now)) or 0
    line = PurgeLine.objects.create(rule=rule_key, at=now, rows=rows, days=days)
    log.record(
        actor=actor, action="privacy.retention.purged", now=now, object=line, detail={"rule": rule_key, "rows": rows}
    )
