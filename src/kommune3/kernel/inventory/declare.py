# SPDX-License-Identifier: MPL-2.0
"""What is kept about whom: declared in each package's ``privacy.py`` while Django starts, read-only afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.inventory.subject import Subject

Text = str | Promise


class Whose(TextChoices):
    """Whose data it is."""

    CITIZEN = "CITIZEN", _("Citizens")
    EMPLOYEE = "EMPLOYEE", _("Employees")
    DRIVER = "DRIVER", _("Drivers")
    VISITOR = "VISITOR", _("Whoever tries to log in")


class Category(TextChoices):
    """What sort of personal data (GDPR articles 6, 9 and 10; databeskyttelsesloven § 11 for the CPR number)."""

    ORDINARY = "ORDINARY", _("Ordinary data")
    CPR = "CPR", _("CPR number")
    SPECIAL = "SPECIAL", _("Special categories")


class Way(TextChoices):
    """What becomes of the rows when the person is erased."""

    DELETE = "DELETE", _("Is deleted")
    ANONYMISE = "ANONYMISE", _("Made anonymous")
    KEEP = "KEEP", _("Kept")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A line of the record of processing activities: a model, and what of it is personal.

    ``fields``: the personal ones; they are what the person gets in an export. ``kept``: for how long, in words.
    ``reason``: why rows stay (``Way.KEEP``), with its basis.

    A person's rows are those where a look-up of ``person`` gives the person, one of ``account`` their login, a field of
    ``names`` their name as text, or a field of ``usernames`` their user name; or those of ``rows``. None of them: the
    rows are about people whom nothing in them names, such as the driver of a trip.

    Made anonymous, the look-ups' own fields become empty, names become ERASED_NAME, and ``emptied`` is written besides.
    ``beside``: fields that look personal and are not, with the reason. ``shared``: rows that others may point to as
    well, so they are deleted after the person, and only where nobody else does.
    """

    model: str
    what: Text
    fields: tuple[str, ...]
    about: tuple[Whose, ...]
    purpose: Text
    basis: Text
    seen_by: Text
    kept: Text
    way: Way
    category: tuple[Category, ...] = (Category.ORDINARY,)
    reason: Text = ""
    person: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    usernames: tuple[str, ...] = ()
    rows: Callable[[Subject], QuerySet[Any]] | None = None
    emptied: Mapping[str, Any] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    shared: bool = False

    @property
    def model_class(self) -> type[Model]:
        return apps.get_model(self.model)

    @property
    def finds_people(self) -> bool:
        """Whether somebody's rows can be told from others'."""
        return bool(self.person or self.account or self.names or self.usernames or self.rows)

    def rows_of(self, subject: Subject, *, by_name: bool = True) -> QuerySet[Any]:
        """The person's rows. ``by_name=False``: without those that only a name tells, which others may share."""
        if self.rows is not None:
            return self.rows(subject)
        found = Q(pk__in=[])
        for lookup in self.person:
            found |= Q(**{lookup: subject.person_id})
        if subject.account_id is not None:
            for lookup in self.account:
                found |= Q(**{lookup: subject.account_id})
        if by_name and subject.name:
            for name in self.names:
                found |= Q(**{name: subject.name})
        if subject.username:
            for name in self.usernames:
                found |= Q(**{name: subject.username})
        return self.model_class._base_manager.filter(found)


_records: list[Record] = []
_reasons: dict[str, str] = {}


def record(line: Record) -> None:
    """Declare a line. A model has one line, or several that tell of different rows of it."""
    if line.way == Way.KEEP and not line.reason:
        raise ImproperlyConfigured(f"{line.model}: what is kept needs a reason")
    _records.append(line)


def not_personal(models: Mapping[str, str]) -> None:
    """Declare models that hold nothing about a person, each with the reason."""
    _reasons.update(models)


def records() -> list[Record]:
    """Every declared line, in the order of the installed apps."""
    order = {config.label: place for place, config in enumerate(apps.get_app_configs())}
    return sorted(_records, key=lambda line: order.get(line.model.split(".")[0], len(order)))


def reasons() -> dict[str, str]:
    """Models without personal data -> why."""
    return dict(_reasons)
