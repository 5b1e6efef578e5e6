# SPDX-License-Identifier: MPL-2.0
"""The part of a map that is wanted: a box, or a polygon within its box."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Position = tuple[float, float]
UNIT = 1e-7  # degrees in a stored coordinate


@dataclass(frozen=True)
class Box:
    """Degrees (WGS84). Raises ValueError where it is empty or not on the globe."""

    west: float
    south: float
    east: float
    north: float

    def __post_init__(self) -> None:
        if not (-180 <= self.west < self.east <= 180 and -90 <= self.south < self.north <= 90):
            raise ValueError(f"{self.west},{self.south},{self.east},{self.north} is no box west,south,east,north")

    @classmethod
    def around(cls, ring: Sequence[Position]) -> "Box":
        """The smallest box around (longitude, latitude) positions."""
        longitudes, latitudes = zip(*ring, strict=True)
        return cls(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def within(lon: npt.NDArray[np.int32], lat: npt.NDArray[np.int32], ring: Sequence[Position]) -> npt.NDArray[np.bool_]:
    """Which points (1e-7 degrees) lie in a polygon: a ray to the east crosses its ring an odd number of times."""
    inside = np.zeros(len(lon), dtype=bool)
    x, y = lon * UNIT, lat * UNIT
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y1 != y2:
            inside ^= ((y1 > y) != (y2 > y)) & (x < x1 + (y - y1) / (y2 - y1) * (x2 - x1))
    return inside
