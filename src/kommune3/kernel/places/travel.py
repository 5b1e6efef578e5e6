# SPDX-License-Identifier: MPL-2.0
"""How long and how far it is: the port that solutions ask, whoever answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise

from kommune3.kernel.places.geometry import Point


class Mode(StrEnum):
    """How one travels."""

    CAR = "CAR"
    BICYCLE = "BICYCLE"
    WALK = "WALK"


@dataclass(frozen=True)
class Leg:
    """A way from one point to another. ``minutes`` is None where nobody knows; ``source`` says who says so, and how."""

    minutes: float | None
    km: float
    is_estimate: bool
    source: str


@dataclass(frozen=True)
class Table:
    """The ways between points, in their order: ``seconds[i][j]`` and ``metres[i][j]`` from point i to point j, whole
    numbers, None where nobody knows. ``attribution`` is what a map or an export made from it must show, if anything.
    """

    seconds: tuple[tuple[int | None, ...], ...]
    metres: tuple[tuple[int | None, ...], ...]
    is_estimate: bool
    source: str
    attribution: str = ""


@dataclass(frozen=True)
class Route:
    """The way from one point to another as a line to draw, in whole seconds and metres; None where nobody knows."""

    line: tuple[Point, ...]
    seconds: int | None
    metres: int | None
    is_estimate: bool
    source: str
    attribution: str = ""


class NoAnswer(Exception):
    """The provider cannot answer now: a server that is down, a file that is gone. ``str()`` tells people what to do."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)


class Provider(Protocol):
    """What a provider's module has."""

    def leg(self, *, origin: Point, destination: Point, mode: Mode, now: datetime) -> Leg: ...

    def table(self, *, points: Sequence[Point], mode: Mode, now: datetime) -> Table: ...

    def route(self, *, origin: Point, destination: Point, mode: Mode, now: datetime) -> Route: ...


def minutes_and_km(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Leg:
    """Ask the configured provider (setting TRAVEL_PROVIDER) for the way at the instant ``now``. Raises NoAnswer."""
    return _provider(settings.TRAVEL_PROVIDER).leg(origin=origin, destination=destination, mode=mode, now=now)


def table(*, points: Sequence[Point], mode: Mode, now: datetime) -> Table:
    """The ways between all points, there and back, at the instant ``now``. Raises NoAnswer."""
    return _provider(settings.TRAVEL_PROVIDER).table(points=points, mode=mode, now=now)


def route(*, origin: Point, destination: Point, mode: Mode, now: datetime) -> Route:
    """The way as a line to draw on a map, at the instant ``now``. Raises NoAnswer."""
    return _provider(settings.TRAVEL_PROVIDER).route(origin=origin, destination=destination, mode=mode, now=now)


@cache
def _provider(dotted: str) -> Provider:
    try:
        module = import_module(dotted)
    except ImportError as error:
        raise ImproperlyConfigured(f"KOMMUNE3_TRAVEL_PROVIDER={dotted}: there is no such module") from error
    for function in ("leg", "table", "route"):
        if not callable(getattr(module, function, None)):
            raise ImproperlyConfigured(f"KOMMUNE3_TRAVEL_PROVIDER={dotted}: the module has no function {function}")
    return cast(Provider, module)
