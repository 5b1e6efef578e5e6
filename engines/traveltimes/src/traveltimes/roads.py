# SPDX-License-Identifier: MPL-2.0
"""Real roads: tables of all pairs, and one way as a line. Kept in one file."""

import json
import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from traveltimes.core import ARRAYS, NO_WAY, Core, Snapped
from traveltimes.errors import FarFromRoad, InvalidPoint, UnreadableRoads

Point = tuple[float, float]  # latitude, longitude in degrees (WGS84)

ATTRIBUTION = "© OpenStreetMap contributors"  # what the Open Database License asks for, § 4.3
_VERSION = 1
_NOBODY = -1


@dataclass(frozen=True)
class Table:
    """Whole seconds and metres, rounded up, from point i (row) to point j (column); -1 where there is no way.

    ``off_road`` are the numbers of the points that have no road within reach: their rows and columns are -1.
    """

    seconds: npt.NDArray[np.int32]
    metres: npt.NDArray[np.int32]
    off_road: tuple[int, ...]

    def rows(self) -> tuple[list[list[int | None]], list[list[int | None]]]:
        """Seconds and metres as plain lists, with None where there is no way."""
        seconds, metres = (
            [[None if each < 0 else each for each in row] for row in part.tolist()]
            for part in (self.seconds, self.metres)
        )
        return seconds, metres


@dataclass(frozen=True)
class Way:
    """One way to draw: (latitude, longitude) from point to point, whole seconds and metres, rounded up."""

    line: tuple[Point, ...]
    seconds: int
    metres: int


class Roads:
    """Roads of a place for several modes, from ``read_pbf`` or :meth:`load`. Threads may share it."""

    def __init__(
        self,
        cores: Mapping[str, Core],
        *,
        source: str,
        rules: str,
        rules_from: date,
        walking_km_h: float,
        reach_m: float,
    ) -> None:
        self._cores = dict(cores)
        self._boxes: dict[str, tuple[float, float, float, float]] = {}
        self.source = source
        self.rules = rules
        self.rules_from = rules_from
        self.walking_km_h = walking_km_h
        self.reach_m = reach_m

    @property
    def modes(self) -> tuple[str, ...]:
        return tuple(self._cores)

    def table(self, points: Sequence[Point], *, mode: str, penalty_s: Sequence[int] | None = None) -> Table:
        """All pairs. ``penalty_s`` is added to every way that ends at the point: parking, stairs, a key box.

        From each point one walks straight to the nearest road. Raises InvalidPoint, KeyError for a mode there is not.
        """
        core = self._cores[mode]
        place = checked(points)
        snapped = core.snap(place[:, 1].copy(), place[:, 0].copy(), self.reach_m)
        weights = core.table(snapped, snapped)
        is_way = weights != NO_WAY
        walked = np.where(snapped.chain >= 0, snapped.off, 0.0)
        walk_ms = walked * 3600 / self.walking_km_h
        seconds = np.ceil(((weights >> np.uint64(32)) + (walk_ms[:, None] + walk_ms[None, :])) / 1000)
        metres = np.ceil((weights & np.uint64(0xFFFFFFFF)) / 10 + (walked[:, None] + walked[None, :]))
        same = (place[:, None, :] == place[None, :, :]).all(axis=2)
        seconds[same] = metres[same] = 0
        if penalty_s is not None:
            seconds += np.where(np.eye(len(points), dtype=bool), 0, np.asarray(penalty_s)[None, :])
        return Table(
            np.where(is_way, seconds, _NOBODY).astype(np.int32),
            np.where(is_way, metres, _NOBODY).astype(np.int32),
            tuple(np.flatnonzero(snapped.chain < 0).tolist()),
        )

    def route(self, origin: Point, destination: Point, *, mode: str) -> Way | None:
        """The way from one point to another, None where there is none.

        Raises InvalidPoint, FarFromRoad, KeyError for a mode there is not.
        """
        core = self._cores[mode]
        snapped = self.snap([origin, destination], mode=mode)
        weight, between = core.line(snapped)
        if weight == NO_WAY:
            return None
        walked = float(snapped.off.sum())
        on_road = list(zip(snapped.lat.tolist(), snapped.lon.tolist(), strict=True))
        line = [origin, on_road[0], *between, on_road[1], destination]
        seconds = np.ceil(((weight >> 32) + walked * 3600 / self.walking_km_h) / 1000)
        return Way(
            tuple(point for k, point in enumerate(line) if k == 0 or point != line[k - 1]),
            0 if origin == destination else int(seconds),
            0 if origin == destination else int(np.ceil((weight & 0xFFFFFFFF) / 10 + walked)),
        )

    def snap(self, points: Sequence[Point], *, mode: str) -> Snapped:
        """Points on their nearest road. Raises InvalidPoint, FarFromRoad for the first one that has none."""
        core = self._cores[mode]
        place = checked(points)
        snapped = core.snap(place[:, 1].copy(), place[:, 0].copy(), self.reach_m)
        for index in np.flatnonzero(snapped.chain < 0).tolist():
            latitude, longitude = place[index].tolist()
            is_swapped = bool(core.snap(np.array([latitude]), np.array([longitude]), self.reach_m).chain[0] >= 0)
            raise FarFromRoad(index, latitude, longitude, within_m=self.reach_m, is_swapped=is_swapped)
        return snapped

    def reaches(self, point: Point, *, mode: str) -> bool:
        """Whether a point lies within the smallest box around the mode's roads."""
        if mode not in self._boxes:
            lon, lat = (self._cores[mode].arrays()[name] * 1e-7 for name in ("lon", "lat"))
            self._boxes[mode] = (lat.min(), lon.min(), lat.max(), lon.max()) if len(lon) else (1, 1, 0, 0)
        south, west, north, east = self._boxes[mode]
        return bool(south <= point[0] <= north and west <= point[1] <= east)

    def info(self) -> dict[str, Any]:
        """What a file of roads holds: its map, rules, and per mode junctions, chains, points and kilometres of box."""
        modes = {}
        for mode, core in self._cores.items():
            arrays = core.arrays()
            lon, lat = arrays["lon"] * 1e-7, arrays["lat"] * 1e-7
            modes[mode] = {
                "junctions": len(arrays["up_begin"]) - 1,
                "chains": len(arrays["from"]),
                "points": len(lon),
                "box": [round(float(e), 5) for e in (lon.min(), lat.min(), lon.max(), lat.max())] if len(lon) else [],
            }
        return {"source": self.source, "rules": self.rules, "rules_from": self.rules_from.isoformat(),
                "attribution": ATTRIBUTION, "modes": modes}  # fmt: skip

    def save(self, path: Path) -> None:
        """Write everything to one file, whole or not at all. The same roads give the same bytes. Raises OSError."""
        about = {"version": _VERSION, "source": self.source, "rules": self.rules, "modes": list(self._cores),
                 "rules_from": self.rules_from.isoformat(), "walking_km_h": self.walking_km_h,
                 "reach_m": self.reach_m, "attribution": ATTRIBUTION}  # fmt: skip
        content = {f"{mode}.{name}": each for mode, core in self._cores.items() for name, each in core.arrays().items()}
        being_made = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        try:
            with being_made.open("wb") as file:
                np.savez_compressed(file, about=np.array(json.dumps(about)), **content)  # type: ignore[arg-type]
            being_made.replace(path)
        finally:
            being_made.unlink(missing_ok=True)

    @classmethod
    def load(cls, path: Path) -> "Roads":
        """Read what :meth:`save` wrote. Raises OSError, UnreadableRoads."""
        try:
            with np.load(path, allow_pickle=False) as content:
                about = json.loads(str(content["about"]))
                if about["version"] != _VERSION:
                    raise UnreadableRoads(path.name, f"version {about['version']}, not {_VERSION}")
                cores = {
                    mode: Core.loaded({name: content[f"{mode}.{name}"] for name in ARRAYS}) for mode in about["modes"]
                }
            return cls(
                cores, source=about["source"], rules=about["rules"], rules_from=date.fromisoformat(about["rules_from"]),
                walking_km_h=about["walking_km_h"], reach_m=about["reach_m"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            if isinstance(error, UnreadableRoads):
                raise
            raise UnreadableRoads(path.name, str(error)) from error


def checked(points: Sequence[Point]) -> npt.NDArray[np.float64]:
    """Points as an array, points x 2. Raises InvalidPoint for the first one that is not on the globe."""
    place = np.array(points, dtype=np.float64).reshape(len(points), 2)
    is_wrong = ~((np.abs(place[:, 0]) <= 90) & (np.abs(place[:, 1]) <= 180))
    for index in np.flatnonzero(is_wrong).tolist():
        raise InvalidPoint(index, *place[index].tolist())
    return place
