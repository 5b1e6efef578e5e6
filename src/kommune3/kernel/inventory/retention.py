# SPDX-License-Identifier: MPL-2.0
"""How long rows are kept: rules, declared in each package's ``privacy.py``. The periods themselves are dated rows."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.functional import Promise

from kommune3.kernel.inventory.declare import Way

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Rows of ``model`` go (``way``) when ``since`` lies the rule's number of days back.

    ``first_days``: the number to begin with (None: nothing goes until the municipality has decided), and ``source``
    where it is from. A package that keeps its periods itself gives ``period`` (the number in force on a day) and
    ``set_at``, the name of the page where they are set. ``task``: a durable task of the package that does the work;
    without one the rows are deleted. ``alone``: the package runs its task itself, and the clock only tells of it.
    ``due``: which rows go by an instant, where ``since`` cannot say it.
    """

    key: str
    title: Text
    model: str
    source: Text
    way: Way = Way.DELETE
    since: str = ""
    first_days: int | None = None
    period: Callable[[date], int | None] | None = None
    set_at: str = ""
    due: Callable[[datetime], QuerySet[Any]] | None = None
    task: Any = None
    alone: bool = False

    @property
    def is_set_here(self) -> bool:
        """Whether its periods are dated rows of ``kernel.privacy``, and not kept by the package itself."""
        return self.period is None

    def rows_due(self, *, at: datetime, days: int | None) -> QuerySet[Any]:
        """The rows that go by an instant, held ones included; ``days``: the period in force then."""
        rows: QuerySet[Any] = apps.get_model(self.model)._base_manager.all()
        if days is None:
            return rows.none()
        if self.due is not None:
            return self.due(at)
        before: date | datetime = at - timedelta(days=days)
        if rows.model._meta.get_field(self.since).get_internal_type() == "DateField":
            before = before.date()  # type: ignore[union-attr]
        return rows.filter(**{f"{self.since}__lt": before})


_rules: dict[str, Rule] = {}


def rule(line: Rule) -> None:
    """Declare a rule."""
    _rules[line.key] = line


def rules() -> dict[str, Rule]:
    """Every declared rule by its key."""
    return dict(_rules)
