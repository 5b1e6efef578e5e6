# SPDX-License-Identifier: MPL-2.0
"""The history of the register in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import Base, Change, Part, Rate, RateKind
from kommune3.solutions.fleet.queries.rates import exact
from kommune3.solutions.fleet.registers.fields import MODEL_FIELDS, VEHICLE_FIELDS, Field
from kommune3.solutions.fleet.registers.values import shown


@dataclass(frozen=True)
class Told:
    """A change in words: what was changed, before and after. Both empty: it came into being, or is gone."""

    what: str
    old: str
    new: str


def told(change: Change) -> Told:
    """A change in the reader's language."""
    if change.rate_set_id is not None:
        return _told_rate(change)
    if change.what:
        return Told(str(Part(change.what).label), change.old, change.new)
    if not change.field:
        return Told(_("Created"), change.old, change.new)
    field = _field(change)
    if field is None:
        title = Base._meta.get_field(change.field).verbose_name  # type: ignore[union-attr]
        return Told(str(title), change.old, change.new)
    return Told(str(field.title), shown(field, change.old), shown(field, change.new))


def entries(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """What ``{% history %}`` shows."""
    found = []
    for change in changes:
        said = told(change)
        values = f"{said.old or '–'} → {said.new or '–'}" if said.old or change.field or change.what else said.new
        origin = f" ({change.origin})" if change.origin else ""
        found.append({"title": f"{said.what}: {values}", "text": f"{change.by_name}{origin}", "at": change.at})
    return found


def _field(change: Change) -> Field | None:
    fields = VEHICLE_FIELDS if change.vehicle_id is not None else MODEL_FIELDS if change.model_id is not None else ()
    return next((field for field in fields if field.name == change.field), None)


def _told_rate(change: Change) -> Told:
    kind, _at, since = change.what.partition("@")
    name = str(RateKind(kind).label) if kind in RateKind.values else kind
    period = _("from %(day)s") % {"day": f"{date.fromisoformat(since):%d-%m-%Y}"} if since else _("from the beginning")
    if not change.field:
        return Told(f"{name}, {period}", "", _("new period: %(value)s") % {"value": _rate_value("value", change.new)})
    title = Rate._meta.get_field(change.field).verbose_name  # type: ignore[union-attr]
    return Told(
        f"{name}, {period}: {title}", _rate_value(change.field, change.old), _rate_value(change.field, change.new)
    )


def _rate_value(field: str, text: str) -> str:
    if not text:
        return ""
    if field == "value":
        return exact(Decimal(text))
    return f"{date.fromisoformat(text):%d-%m-%Y}" if field in ("valid_from", "valid_to") else text
