# SPDX-License-Identifier: MPL-2.0
"""Places and legs for the tests: a base, a customer two km away, and a yard where cars stand over night."""

from datetime import UTC, datetime, timedelta

from fleetplan.tracks import Leg, ParkingPoint, Place

BASE = Place(56.4158, 10.8783)
YARD = Place(56.4500, 10.7000)
CUSTOMER = Place(56.4350, 10.8900)
SHOP = Place(56.4100, 10.9300)
MONDAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
HOME = ParkingPoint("Grenaa", BASE, 200)
BASES = {"AB12345": "Grenaa", "AB12346": "Grenaa", "CD12345": "Auning"}


def leg(start_minute: float, end_minute: float, start: Place | None, end: Place | None, km: float = 4.0,
        vehicle: str = "AB12345") -> Leg:  # fmt: skip
    """A leg; minutes after Monday 07:00."""
    return Leg(
        vehicle, MONDAY + timedelta(minutes=start_minute), MONDAY + timedelta(minutes=end_minute), km, start, end
    )


def round_trip(start_minute: float = 0, vehicle: str = "AB12345") -> list[Leg]:
    """From the base to the customer, on to the shop, and home: 45 minutes, 12 km."""
    stops = [BASE, CUSTOMER, SHOP, BASE]
    return [
        leg(start_minute + 15 * n, start_minute + 15 * n + 10, one, two, vehicle=vehicle)
        for n, (one, two) in enumerate(zip(stops, stops[1:], strict=False))
    ]
