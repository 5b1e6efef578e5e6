# SPDX-License-Identifier: MPL-2.0
"""What every fleet system can be asked, whichever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from fleetplan.tracks import Leg


class Kind(StrEnum):
    """The fleet systems that can be connected."""

    TRACCAR = "TRACCAR"
    SKYHOST = "SKYHOST"


@dataclass(frozen=True)
class Access:
    """Where a fleet system is and how to log in. ``account``: user name (Traccar) or account number (SkyHost)."""

    address: str
    account: str
    secret: str

    def __repr__(self) -> str:
        return f"Access({self.address!r}, {self.account!r})"


@dataclass(frozen=True)
class Device:
    """A tracker. ``key`` is what the system asks for; ``names`` are what it may be known by: number, IMEI, plate."""

    key: str
    title: str
    names: tuple[str, ...] = ()
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """Legs of one device and part of the period. ``unreadable``: legs left out because a field was missing or odd."""

    legs: tuple[Leg, ...]
    unreadable: int = 0


class Source(Protocol):
    """A fleet system that is being talked to. Every call may raise :class:`SourceError`."""

    def devices(self) -> tuple[Device, ...]:
        """Every tracker the login may see."""

    def legs(self, device: Device, *, since: datetime, until: datetime) -> Iterator[Delivery]:
        """The legs in [since, until), part by part. ``Leg.vehicle`` is the device's key. The first and the last may
        be cut off by the period; a leg may come twice."""
