# SPDX-License-Identifier: MPL-2.0
"""How long and how far without any map: the straight line, made longer and slower by what the caller assumes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from traveltimes.roads import Point, Table, checked

EARTH_RADIUS_M = 6371008.8  # mean radius R1. Source: Moritz, Geodetic Reference System 1980


@dataclass(frozen=True)
class Assumption:
    """What holds for one way of travelling from a day on. ``source`` says who established it, and how.

    ``detour``: metres on the road for each in a straight line, at least 1. ``town_km_h``, ``country_km_h``: from door
    to door. ``town_m``: how far a town reaches from a point within it; so much of the way is done at its speed.
    Raises ValueError.
    """

    valid_from: date
    detour: float
    town_km_h: float
    country_km_h: float
    town_m: float
    source: str

    def __post_init__(self) -> None:
        if self.detour < 1:
            raise ValueError(f"detour {self.detour}: no road is shorter than the straight line")
        if min(self.town_km_h, self.country_km_h) <= 0 or self.town_m < 0:
            raise ValueError("a speed is above 0 and a length not below it")
        if not self.source.strip():
            raise ValueError("a figure has a source")


def estimate(
    points: Sequence[Point],
    assumption: Assumption,
    *,
    in_town: Sequence[bool | None] | None = None,
    penalty_s: Sequence[int] | None = None,
) -> Table:
    """All pairs. Rounded up, and never optimistic: where nobody says whether a point lies in a town (None), the slower
    speed holds for its part of the way. ``penalty_s`` is added to every way that ends at the point.

    Raises InvalidPoint.
    """
    place = checked(points)
    metres = np.ceil(straight_metres(place) * assumption.detour)
    is_town = np.array([each is not False for each in in_town or [None] * len(points)], dtype=np.float64)
    town = np.minimum(metres, (is_town[:, None] + is_town[None, :]) * assumption.town_m)
    slow = min(assumption.town_km_h, assumption.country_km_h)
    seconds = np.ceil((town / slow + (metres - town) / assumption.country_km_h) * 3.6)
    if penalty_s is not None:
        seconds += np.where(np.eye(len(points), dtype=bool), 0, np.asarray(penalty_s)[None, :])
    return Table(seconds.astype(np.int32), metres.astype(np.int32), ())


def straight_metres(place: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Great circles between all (latitude, longitude), by the haversine formula; within 0.6 % of the real Earth."""
    latitude, longitude = np.radians(place[:, 0]), np.radians(place[:, 1])
    height = np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
    width = np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    half_chord = height + np.cos(latitude)[:, None] * np.cos(latitude)[None, :] * width
    metres: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half_chord, 1.0)))
    return metres
