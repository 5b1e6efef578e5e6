# SPDX-License-Identifier: MPL-2.0
"""Who wants to know of what. Declared in ``handlers`` modules while Django starts, read-only afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

from kommune3.kernel.jobs.errors import PermanentError


@dataclass(frozen=True)
class Published:
    """An event as its handlers see it."""

    id: UUID
    name: str
    payload: dict[str, Any]
    at: datetime


Handler = Callable[[Published], None]

_handlers: dict[str, dict[str, Handler]] = {}


class UnknownHandler(PermanentError):
    """The handler is not in this version of the program."""

    def __init__(self, dotted: str) -> None:
        super().__init__(_("The event handler “%(handler)s” is not in this version of Kommune3.") % {"handler": dotted})


def on(name: str) -> Callable[[Handler], Handler]:
    """Have a module's function called for each event ``name`` (a dotted code such as "fleet.plan.accepted").

    It runs in a transaction that also records the delivery, so what it writes to the database it writes once. It may
    run again after a crash: whatever it does outside the database must bear that. Anything long, it enqueues.
    """

    def register(handler: Handler) -> Handler:
        if "<locals>" in handler.__qualname__:
            raise ImproperlyConfigured(f"{handler.__qualname__}: an event handler is a function of its module")
        _handlers.setdefault(name, {})[f"{handler.__module__}.{handler.__qualname__}"] = handler
        return handler

    return register


def handlers_of(name: str) -> dict[str, Handler]:
    """The handlers of an event by their dotted names."""
    return dict(_handlers.get(name, {}))


def handler_named(name: str, dotted: str) -> Handler:
    """One handler of an event; raises :class:`UnknownHandler`."""
    try:
        return _handlers[name][dotted]
    except KeyError:
        raise UnknownHandler(dotted) from None
