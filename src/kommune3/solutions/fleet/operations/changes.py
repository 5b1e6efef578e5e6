# SPDX-License-Identifier: MPL-2.0
"""Writing the history of the register: each field as it was and as it became, with who and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Change
from kommune3.solutions.fleet.operations.imports import name_of


def note_fields(
    *,
    actor: Actor,
    now: datetime,
    before: Mapping[str, str],
    after: Mapping[str, str],
    origin: str = "",
    what: str = "",
    **owner: Any,
) -> int:
    """Write a row for each field that is not as it was; returns how many.

    ``before`` and ``after``: field -> plain text; an empty ``before`` is a row that did not exist, and one line says
    so. ``owner``: ``vehicle=``, ``model=``, ``base=`` or ``rate_set=``. ``origin``: the file or the API, empty: a page.
    """
    if before:
        changed = [(name, before.get(name, ""), new) for name, new in after.items() if before.get(name, "") != new]
    else:
        changed = [("", "", next(iter(after.values())))]
    Change.objects.bulk_create(
        Change(
            field=name, old=old[:1000], new=new[:1000], what=what, at=now, by_name=name_of(actor), origin=origin[:200],
            **owner,
        )
        for name, old, new in changed
    )  # fmt: skip
    return len(changed)


def note_part(
    *, actor: Actor, now: datetime, what: str, old: str = "", new: str = "", origin: str = "", **owner: Any
) -> None:
    """Write that a part of a row came, went or changed: a reading, a service window, a charger."""
    Change.objects.create(
        what=what, old=old[:1000], new=new[:1000], at=now, by_name=name_of(actor), origin=origin[:200], **owner
    )
