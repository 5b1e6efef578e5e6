# SPDX-License-Identifier: MPL-2.0
"""A small fleet with a fleet system: the base in Grenaa is on the map, and a Traccar server knows its cars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kommune3.adapters.fleetgps.tests.fleet_systems import SECRET, USER, FleetSystem, running, traccar_trip
from kommune3.kernel.jobs.worker import Worker
from kommune3.kernel.places.models import Address
from kommune3.solutions.fleet.models import GpsSource, Vehicle
from kommune3.solutions.fleet.operations import sources
from kommune3.solutions.fleet.tests.small_fleet import SmallFleet

NOW = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
BASE = (56.4158, 10.8783)
CUSTOMER = (56.4350, 10.8900)
YARD = (56.4500, 10.7000)


@dataclass
class Tracked:
    """``system`` is the server, ``source`` how it is connected; the fleet's first two cars are devices 1 and 2."""

    fleet: SmallFleet
    system: FleetSystem
    source: GpsSource

    def drives(self, device: int, minute: float, *way: tuple[float, float], km: float = 4.0) -> None:
        """Put legs in the server: ten minutes each with five between them, from the minute after Monday 07:00."""
        for number, (one, two) in enumerate(zip(way, way[1:], strict=False)):
            start = MONDAY + timedelta(minutes=minute + 15 * number)
            end = start + timedelta(minutes=10)
            self.system.trips.setdefault(str(device), []).append(
                traccar_trip(
                    start.isoformat(), end.isoformat(), km * 1000,
                    startLat=one[0], startLon=one[1], endLat=two[0], endLon=two[1],
                )
            )  # fmt: skip


def place(fleet: SmallFleet) -> None:
    """Put the own base on the map."""
    fleet.own.address = Address.objects.create(
        street="Parkvej 110", postcode="8500", town="Grenaa", latitude=BASE[0], longitude=BASE[1]
    )
    fleet.own.save()


@pytest.fixture
def tracked(fleet: SmallFleet, settings: Any) -> Iterator[Tracked]:
    place(fleet)
    Vehicle.objects.filter(registration="AB12346").update(external_id="358640")
    with running("TRACCAR") as system:
        settings.OUTGOING_INTERNAL_HOSTS = [f"127.0.0.1:{system.port}"]
        system.devices = [
            {"id": 1, "name": "AB 12345", "uniqueId": "358639"}, {"id": 2, "name": "Bil 2", "uniqueId": "358640"},
            {"id": 3, "name": "Privat", "uniqueId": "358641"},
        ]  # fmt: skip
        source = GpsSource(
            unit=fleet.persons.own_team, name="Traccar", kind="TRACCAR", address=system.address, account=USER,
            first_date=date(2026, 3, 1),
        )  # fmt: skip
        sources.save_source(actor=fleet.manager, now=NOW, source=source, secret=SECRET)
        yield Tracked(fleet, system, source)


def work() -> None:
    """Do everything that waits in the queues."""
    worker = Worker(queues=["default", "events"])
    while worker.step():
        pass
