# SPDX-License-Identifier: MPL-2.0
"""Reading and setting switches."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from kommune3.kernel.flags.models import Flag

_answers: ContextVar[dict[str, dict[str, bool]] | None] = ContextVar("answers", default=None)


def is_on(name: str, *, default: bool) -> bool:
    """Whether the switch ``name`` is on; ``default`` when nobody has set it."""
    return all_set().get(name, default)


def all_set() -> dict[str, bool]:
    """Every switch that somebody has set, in one query."""
    answers = _answers.get()
    if answers is None:
        return _ask()
    if "all" not in answers:
        answers["all"] = _ask()
    return answers["all"]


def _ask() -> dict[str, bool]:
    return dict(Flag.objects.values_list("name", "is_on"))


@contextmanager
def asked_once() -> Iterator[None]:
    """Ask the database at most once inside: for the length of a request, which asks on many occasions."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def set_flag(*, name: str, on: bool, now: datetime) -> None:
    """Set the switch ``name``."""
    Flag.objects.update_or_create(name=name, defaults={"is_on": on, "changed_at": now})
    answers = _answers.get()
    if answers is not None:
        answers.clear()
