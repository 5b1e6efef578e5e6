# SPDX-License-Identifier: MPL-2.0
"""What files are for: declared by solutions in their ``access.py``, while Django starts."""

from dataclasses import dataclass

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Purpose:
    """``read``: the action that lets somebody fetch such files in the file's unit. ``kept_days``: None is until
    removed. ``personal``: the file is about whoever made it, or had it made: it is part of the person's export, and the
    right to fetch any file does not show it."""

    code: str
    title: Text
    read: str
    kept_days: int | None = None
    personal: bool = False


_purposes: dict[str, Purpose] = {}


def purpose(code: str, *, title: Text, read: str, kept_days: int | None = None, personal: bool = False) -> None:
    """Declare the purpose ``code``, a dotted code such as "fleet.trips.imported"."""
    _purposes[code] = Purpose(code, title, read, kept_days, personal)


def declared() -> dict[str, Purpose]:
    """Every declared purpose by its code."""
    return dict(_purposes)
