# SPDX-License-Identifier: MPL-2.0
"""Small maps with known answers, and the plain search that the core is held against."""

import heapq
import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way
from traveltimes import denmark

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "osm"
NORTH, EAST = 1 / 111195.08, 1 / 62178.9  # degrees in a metre, near 56° N
Place = tuple[float, float]  # metres east and north of 56° N, 10° E


def at(east: float, north: float) -> tuple[float, float]:
    """Latitude and longitude."""
    return 56 + north * NORTH, 10 + east * EAST


def write_map(
    path: Path,
    nodes: Mapping[int, Place],
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]],
    tagged: Mapping[int, Mapping[str, str]] | None = None,
) -> Path:
    """An OpenStreetMap file of nodes by number and of ways through them."""
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for number, place in sorted(nodes.items()):
            latitude, longitude = at(*place)
            writer.add_node(Node(id=number, location=(longitude, latitude), tags=dict((tagged or {}).get(number, {}))))
        for number, (through, tags) in enumerate(ways, start=1):
            writer.add_way(Way(id=number, nodes=list(through), tags=dict(tags)))
    return path


def metres(one: Place, other: Place) -> float:
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, at(*place))) for place in (one, other))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371008.8 * math.asin(math.sqrt(h))


def random_map(seed: int) -> tuple[dict[int, Place], list[tuple[list[int], dict[str, str]]]]:
    """A town of bent streets, some one-way, some for few, and a corner that hangs together with nothing."""
    draw = random.Random(seed)
    nodes = {n: (draw.uniform(0, 3000), draw.uniform(0, 3000)) for n in range(1, 60)}
    ways, taken = [], set()
    for _street in range(draw.randint(20, 45)):
        through = draw.sample(sorted(nodes), draw.randint(2, 5))
        pairs = {frozenset(pair) for pair in zip(through, through[1:], strict=False)}
        if pairs & taken:
            continue  # two streets on top of each other: which one a house stands at cannot be said
        taken |= pairs
        tags = {"highway": draw.choice(["residential", "tertiary", "service", "footway", "track", "cycleway"])}
        if draw.random() < 0.3:
            tags["oneway"] = draw.choice(["yes", "-1"])
        if draw.random() < 0.3:
            tags["maxspeed"] = draw.choice(["30", "40", "DK:urban"])
        ways.append((through, tags))
    return nodes, ways


def with_houses(
    nodes: Mapping[int, Place], ways: Sequence[tuple[Sequence[int], Mapping[str, str]]], count: int
) -> tuple[dict[int, Place], list[tuple[list[int], Mapping[str, str]]], list[int]]:
    """The same map with nodes for houses, each in the middle of a segment."""
    more, split, houses = dict(nodes), [], []
    for through, tags in ways:
        points = [through[0]]
        for a, b in zip(through, through[1:], strict=False):
            if len(houses) < count:
                houses.append(1000 + len(houses))
                more[houses[-1]] = ((nodes[a][0] + nodes[b][0]) / 2, (nodes[a][1] + nodes[b][1]) / 2)
                points.append(houses[-1])
            points.append(b)
        split.append((points, tags))
    return more, split, houses


def plain_table(
    nodes: Mapping[int, Place], ways: Sequence[tuple[Sequence[int], Mapping[str, str]]], mode: str, ends: Sequence[int]
) -> list[list[float]]:
    """Seconds between nodes by Dijkstra's search over every single segment; infinite where there is no way."""
    arcs: dict[int, list[tuple[int, float]]] = {node: [] for node in nodes}
    for through, tags in ways:
        forward, backward = denmark().modes[mode].speeds(tags)
        for a, b in zip(through, through[1:], strict=False):
            length = metres(nodes[a], nodes[b])
            if forward:
                arcs[a].append((b, length * 3.6 / forward))
            if backward:
                arcs[b].append((a, length * 3.6 / backward))
    rows = []
    for start in ends:
        best, queue = {start: 0.0}, [(0.0, start)]
        while queue:
            seconds, node = heapq.heappop(queue)
            if seconds > best[node]:
                continue
            for other, more in arcs[node]:
                if seconds + more < best.get(other, math.inf):
                    best[other] = seconds + more
                    heapq.heappush(queue, (seconds + more, other))
        rows.append([best.get(end, math.inf) for end in ends])
    return rows
