# SPDX-License-Identifier: MPL-2.0
from collections.abc import Iterator
from contextlib import contextmanager

from kommune3.adapters.fleetgps.skyhost import SkyHost
from kommune3.adapters.fleetgps.sources import Access, Kind, Source
from kommune3.adapters.fleetgps.traccar import Traccar
from kommune3.kernel import http


@contextmanager
def open_source(kind: Kind, access: Access, *, timeout_seconds: float = 30) -> Iterator[Source]:
    """Talk to a fleet system. Nothing is sent before the first question."""
    with http.client(timeout_seconds=timeout_seconds, size_limit_mb=50) as client:
        yield Traccar(client, access) if kind is Kind.TRACCAR else SkyHost(client, access)
