# SPDX-License-Identifier: MPL-2.0
"""Tracks as JSON, for the command line; the package's README documents the format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleetplan.files import read_json
from fleetplan.tracks.legs import Leg
from fleetplan.tracks.points import Fix, legs_of
from fleetplan.tracks.preparing import ParkingPoint


@dataclass(frozen=True, slots=True)
class Tracks:
    """What there is to prepare: ``bases`` is vehicle -> base; ``legs`` and ``fixes`` may both be given."""

    points: tuple[ParkingPoint, ...]
    bases: Mapping[str, str]
    legs: tuple[Leg, ...] = field(default=())
    fixes: tuple[Fix, ...] = field(default=())

    def all_legs(self) -> tuple[Leg, ...]:
        """The legs as given and those found in the points."""
        return (*self.legs, *legs_of(self.fixes))


def read_tracks(path: Path) -> Tracks:
    """Tracks from JSON. Raises InvalidProblem with file, field and value; OSError where the file cannot be read."""
    return read_json(path, Tracks)
