# SPDX-License-Identifier: MPL-2.0
"""Changing the keys while the platform runs: every sealed column and every blind index, in pieces.

Rows that the newest key has sealed already are passed over, so that a run that was broken off is simply started again.
"""

import base64
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model

from kommune3.kernel.people import sealing
from kommune3.kernel.people.sealing import Column, Index

PIECE = 500
Report = Callable[[str, int], None]


def _ignore(name: str, done: int) -> None:
    pass


def reseal(*, on_progress: Report = _ignore) -> int:
    """Seal anew, with the newest key, all that an older one has sealed; returns how many values.

    Raises :class:`sealing.CannotOpen` for a value that no key in the ring opens; what was done stays done.
    """
    newest = sealing.ring_names()[0]
    return sum(
        _in_pieces(column, name, on_progress, partial(_resealed, column=column, newest=newest))
        for name, column in sealing.columns().items()
    )


def reindex(*, on_progress: Report = _ignore) -> int:
    """Compute every blind index anew with the newest key; returns how many were of an older one."""
    return sum(
        _in_pieces(index, name, on_progress, partial(_reindexed, index=index))
        for name, index in sealing.indexes().items()
    )


def seals() -> dict[str, Counter[str]]:
    """How many values each key has sealed: "table.column" -> the key's name -> values."""
    found = {}
    for name, column in sealing.columns().items():
        found[name] = Counter(sealing.key_of(value) for row in _rows(column) for value in _values(row, column).values())
    return found


def unopened() -> list[str]:
    """The places of values that do not open: changed, moved, or sealed with a key that is not in the ring."""
    found = []
    for column in sealing.columns().values():
        for row in _rows(column):
            for value in _values(row, column).values():
                try:
                    sealing.open_sealed(value, place=column.place(row))
                except sealing.CannotOpen as error:
                    found.append(f"{column.model} {row.pk}: {error}")
    return found


def stale_indexes() -> int:
    """How many blind indexes are of an older key than the newest."""
    return sum(1 for index in sealing.indexes().values() for row in _rows(index) if _reindexed(row, index) is not None)


def _rows(column: Column | Index) -> Iterator[Any]:
    yield from apps.get_model(column.model)._base_manager.order_by("pk").iterator(chunk_size=PIECE)


def _in_pieces(column: Column | Index, name: str, on_progress: Report, changed: Callable[[Any], Any]) -> int:
    """Write what ``changed`` gives for a row (None: leave it), under a lock on the rows of a piece."""
    model = apps.get_model(column.model)
    last: Any = None
    done = 0
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update().order_by("pk")
            piece: list[Model] = list((rows if last is None else rows.filter(pk__gt=last))[:PIECE])
            for row in piece:
                value = changed(row)
                if value is not None:
                    model._base_manager.filter(pk=row.pk).update(**{column.column: value})
                    done += 1
        if not piece:
            return done
        last = piece[-1].pk
        on_progress(name, done)


def _values(row: Any, column: Column) -> dict[str, bytes]:
    kept = getattr(row, column.column)
    if column.inside:
        return {key: base64.b64decode(kept[key]) for key in column.inside if kept.get(key)}
    return {"": bytes(kept)} if kept else {}


def _resealed(row: Any, column: Column, newest: str) -> Any:
    place = column.place(row)
    new = {
        key: sealing.seal(sealing.open_sealed(value, place=place), place=place)
        for key, value in _values(row, column).items()
        if sealing.key_of(value) != newest
    }
    if not new:
        return None
    if column.inside:
        return getattr(row, column.column) | {key: base64.b64encode(value).decode() for key, value in new.items()}
    return new[""]


def _reindexed(row: Any, index: Index) -> bytes | None:
    sealed = getattr(row, index.sealed.column)
    if not sealed:
        return None
    plain = index.plain(sealing.open_sealed(bytes(sealed), place=index.sealed.place(row)))
    new = sealing.blind_index(plain, column=index.name)
    return None if bytes(getattr(row, index.column) or b"") == new else new
