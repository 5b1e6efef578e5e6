# SPDX-License-Identifier: MPL-2.0
"""On whose behalf a connection asks: variables that the policies read.

A web request begins as the platform, since nobody is known before the login has been read; becomes the person as soon
as that one is known; and leaves nothing behind, whoever gets the connection next. Commands and workers are the
platform.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signals import request_finished
from django.db import Error as DatabaseError
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponseBase

from kommune3.kernel.access.actor import Actor


@dataclass(frozen=True)
class Behalf:
    """Who asks. ``paths``: of the units where they reach others' rows. ``kle``: in which fields of work."""

    is_platform: bool = False
    person_id: UUID | None = None
    paths: tuple[str, ...] = ()
    kle: tuple[str, ...] = ()


NOBODY = Behalf()
PLATFORM = Behalf(is_platform=True)

_SET = (
    "SELECT set_config('kommune3.platform', %s, false), set_config('kommune3.person', %s, false),"
    " set_config('kommune3.paths', %s, false), set_config('kommune3.kle', %s, false)"
)
_ATTRIBUTE = "kommune3_behalf"
_is_web_server = False


def is_on() -> bool:
    """Whether the database is told: PostgreSQL, and the operator has set it up."""
    return bool(settings.ROW_SECURITY) and connection.vendor == "postgresql"


def behalf_of(actor: Actor) -> Behalf:
    """The actor as the policies know them."""
    if actor.is_system:
        return PLATFORM
    held = [each for each in actor.held if each.reaches_others]
    return Behalf(
        person_id=actor.person_id,
        paths=tuple(sorted({each.unit_path for each in held})),
        kle=tuple(sorted({each.kle for each in held})),
    )


def set_behalf(behalf: Behalf) -> None:
    """Tell the database who asks, from now on, on this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            [
                "on" if behalf.is_platform else "",
                str(behalf.person_id or ""),
                ",".join(behalf.paths),
                ",".join(behalf.kle),
            ],
        )
    setattr(connection, _ATTRIBUTE, behalf)


@contextmanager
def as_platform() -> Iterator[None]:
    """Inside, the platform asks: for what must be known whoever asks, such as who leads a unit.

    What is read inside is read inside: a query that is run later is run as whoever asks then.
    """
    if not is_on():
        yield
        return
    before: Behalf = getattr(connection, _ATTRIBUTE, NOBODY)
    set_behalf(PLATFORM)
    try:
        yield
    finally:
        try:
            set_behalf(before)
        except DatabaseError:
            # The transaction has failed. Rolled back, it leaves the variables as they were before.
            setattr(connection, _ATTRIBUTE, before)
            if not connection.in_atomic_block:
                connection.close()


class RowSecurity:
    """Comes before sessions and logins are read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_on():
            set_behalf(PLATFORM)
        return self.get_response(request)


def ask_for(actor: Actor) -> None:
    """From here on the request asks on behalf of ``actor``."""
    if is_on():
        set_behalf(behalf_of(actor))


def serve_others() -> None:
    """This process serves requests: a connection knows nobody until a request says for whom it asks."""
    global _is_web_server
    _is_web_server = True


def _forget(**_: Any) -> None:
    """A request is over, its streams included: the connection knows nobody."""
    if not is_on() or connection.connection is None:
        return
    try:
        set_behalf(NOBODY)
    except DatabaseError:
        if not connection.in_atomic_block:
            connection.close()


def _introduce(*, connection: Any, **_: Any) -> None:
    """Commands and workers are the platform."""
    if settings.ROW_SECURITY and connection.vendor == "postgresql" and not _is_web_server:
        with connection.cursor() as cursor:
            cursor.execute(_SET, ["on", "", "", ""])
        setattr(connection, _ATTRIBUTE, PLATFORM)
    elif hasattr(connection, _ATTRIBUTE):
        delattr(connection, _ATTRIBUTE)


request_finished.connect(_forget, dispatch_uid="kommune3.row_security.forget")
connection_created.connect(_introduce, dispatch_uid="kommune3.row_security.introduce")
