# SPDX-License-Identifier: MPL-2.0
"""The roads of an OpenStreetMap file, read in one pass. Coordinates of a large file wait on disk, not in memory."""

import tempfile
from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import osmium
from osmium.filter import KeyFilter

from traveltimes.area import Box, Position, within
from traveltimes.core import Core, Ways
from traveltimes.errors import NoRoads, UnreadableMap
from traveltimes.roads import Roads
from traveltimes.rules import ModeRules, Rules, denmark

_IN_MEMORY_BYTES = 64_000_000  # a larger file's coordinates are kept on disk while it is read
_LONGEST_WAY = 5_000_000  # half a degree: a way that begins further from the area does not come into it
_KEYS = {
    "highway", "area", "junction", "maxspeed", "maxspeed:forward", "maxspeed:backward", "maxspeed:type", "motorroad",
    "surface", "tracktype", "barrier", "railway", "cycleway", "cycleway:left", "cycleway:right",
}  # fmt: skip
OnProgress = Callable[[int], bool]


class Cancelled(Exception):
    """The caller's ``on_progress`` said no."""


def read_pbf(
    path: Path,
    area: Box | Sequence[Position] | None = None,
    *,
    rules: Rules | None = None,
    on_progress: OnProgress | None = None,
) -> Roads:
    """The roads of an OpenStreetMap file (.osm.pbf, or anything else libosmium reads) for every mode of the rules.

    ``area`` is a box, the (longitude, latitude) ring of a polygon, or None for all; a way that touches it comes whole.
    Ferries are no roads. ``on_progress`` is told how many ways were looked at; False ends with Cancelled.
    Raises OSError, UnreadableMap, NoRoads.
    """
    chosen = rules or denmark()
    found = _Found(area, chosen, on_progress)
    with tempfile.TemporaryDirectory() as folder:
        is_small = path.stat().st_size <= _IN_MEMORY_BYTES
        storage = "flex_mem" if is_small else f"sparse_file_array,{folder}/coordinates"
        try:
            objects = osmium.FileProcessor(str(path), osmium.osm.NODE | osmium.osm.WAY)
            for each in objects.with_locations(storage).with_filter(KeyFilter("highway", "barrier", "railway")):
                if isinstance(each, osmium.osm.Node):
                    found.add_node(each)
                elif isinstance(each, osmium.osm.Way) and "highway" in each.tags:
                    found.add_way(each)
        except RuntimeError as error:
            raise UnreadableMap(path.name, str(error)) from error
    cores = {mode: Core.built(ways) for mode, ways in found.ways().items()}
    if not any(len(core.arrays()["from"]) for core in cores.values()):
        raise NoRoads(path.name)
    return Roads(cores, source=path.name, rules=chosen.name, rules_from=chosen.valid_from,
                 walking_km_h=chosen.walking_km_h, reach_m=chosen.reach_m)  # fmt: skip


class _Found:
    """What has been read so far, as flat arrays."""

    def __init__(self, area: Box | Sequence[Position] | None, rules: Rules, on_progress: OnProgress | None) -> None:
        box = area if isinstance(area, Box) or area is None else Box.around(area)
        self.ring = None if isinstance(area, Box) or area is None else area
        self.box = None if box is None else [round(each / 1e-7) for each in (box.west, box.south, box.east, box.north)]
        self.rules = rules
        self.on_progress = on_progress
        self.keys = _KEYS.union(*({*mode.access, *mode.oneway} for mode in rules.modes.values()))
        self.begin, self.node, self.lon, self.lat = array("i", [0]), array("q"), array("i"), array("i")
        self.speeds: dict[str, tuple[array[int], array[int]]] = {m: (array("H"), array("H")) for m in rules.modes}
        self.stops: dict[str, dict[int, int]] = {mode: {} for mode in rules.modes}
        self.speeds_of = cache(self._speeds_of)
        self.count = 0

    def add_node(self, node: osmium.osm.Node) -> None:
        tags = {tag.k: tag.v for tag in node.tags if tag.k in self.keys}
        for name, mode in self.rules.modes.items():
            wait = mode.wait(tags)
            if wait:
                self.stops[name][node.id] = wait

    def add_way(self, way: osmium.osm.Way) -> None:
        self.count += 1
        if self.on_progress and self.count % 1000 == 0 and not self.on_progress(self.count):
            raise Cancelled
        speeds = self.speeds_of(tuple((tag.k, tag.v) for tag in way.tags if tag.k in self.keys))
        if not any(forward or backward for forward, backward in speeds):
            return
        if self.box and not self._may_touch(way):
            return
        points = [(node.ref, node.x, node.y) if node.location.valid() else None for node in way.nodes]
        if self.box and not self._touches([point for point in points if point]):
            return
        run: list[tuple[int, int, int]] = []
        for point in [*points, None]:  # a node that the file lacks parts a way
            if point:
                run.append(point)
            else:
                if len(run) > 1:
                    self._add(run, speeds)
                run = []

    def ways(self) -> dict[str, Ways]:
        """What the core builds each mode's roads from."""
        begin, node = np.array(self.begin, dtype=np.int32), np.array(self.node, dtype=np.int64)
        lon, lat = np.array(self.lon, dtype=np.int32), np.array(self.lat, dtype=np.int32)
        is_in = np.ones(len(begin) - 1, dtype=np.uint16)
        if self.ring is not None and len(lon):
            is_in = np.logical_or.reduceat(within(lon, lat, self.ring), begin[:-1]).astype(np.uint16)
        made = {}
        for name, (forward, backward) in self.speeds.items():
            stops = dict(sorted(self.stops[name].items()))
            made[name] = Ways(
                begin, node, lon, lat,
                np.array(forward, dtype=np.uint16) * is_in, np.array(backward, dtype=np.uint16) * is_in,
                np.array(list(stops), dtype=np.int64), np.array(list(stops.values()), dtype=np.uint8),
            )  # fmt: skip
        return made

    def _speeds_of(self, tags: tuple[tuple[str, str], ...]) -> list[tuple[int, int]]:
        return [_tenths(mode, dict(tags)) for mode in self.rules.modes.values()]

    def _may_touch(self, way: osmium.osm.Way) -> bool:
        first = way.nodes[0].location
        if not first.valid() or not self.box:
            return True
        west, south, east, north = self.box
        wide = 3 * _LONGEST_WAY  # a degree of longitude is shorter
        return west - wide < first.x < east + wide and south - _LONGEST_WAY < first.y < north + _LONGEST_WAY

    def _touches(self, points: list[tuple[int, int, int]]) -> bool:
        if not self.box:
            return True
        west, south, east, north = self.box
        return any(west <= x <= east and south <= y <= north for _node, x, y in points)

    def _add(self, run: list[tuple[int, int, int]], speeds: list[tuple[int, int]]) -> None:
        nodes, lon, lat = zip(*run, strict=True)
        self.node.extend(nodes)
        self.lon.extend(lon)
        self.lat.extend(lat)
        self.begin.append(len(self.node))
        for (forward, backward), (ahead, back) in zip(self.speeds.values(), speeds, strict=True):
            forward.append(ahead)
            backward.append(back)


def _tenths(mode: ModeRules, tags: Mapping[str, str]) -> tuple[int, int]:
    forward, backward = mode.speeds(tags)
    return round(forward * 10), round(backward * 10)
