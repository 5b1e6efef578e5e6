# SPDX-License-Identifier: MPL-2.0
"""Tables of real roads: how long they take beside scipy's Dijkstra, and how far they are from Valhalla's, in this run.

    python engines/traveltimes/bench/run.py [--quick] [--out FOLDER] [--valhalla FOLDER]

Times are processor seconds. Valhalla is a program of its own: `npm install @valhallajs/valhallajs` in any folder, and
that folder in --valhalla or TRAVELTIMES_VALHALLA. Both are asked for ways between points on roads, at the same walking
and cycling speed.
"""

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import osmium
from traveltimes import Roads, read_pbf

ROOT = Path(__file__).resolve().parents[3]
MAP = ROOT.parent / "shared" / "data" / "osm" / "samsoe-2020-03-09.osm.pbf"
COSTING = {"car": "auto", "bicycle": "bicycle", "foot": "pedestrian"}
OPTIONS = {"auto": {}, "bicycle": {"cycling_speed": 15.5}, "pedestrian": {"walking_speed": 4.3}}
PLACES = 50  # Valhalla answers 2 500 pairs at a time
ASK = """
const { Actor } = require('@valhallajs/valhallajs'), fs = require('fs');
const [config, questions, answers] = process.argv.slice(2);
Actor.fromConfigFile(config).then(async actor => {
  const told = {};
  for (const [mode, question] of Object.entries(JSON.parse(fs.readFileSync(questions))))
    told[mode] = (await actor.matrix(question)).sources_to_targets.map(row => row.map(cell => cell.time));
  fs.writeFileSync(answers, JSON.stringify(told));
});
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="takes no longer anyway")
    parser.add_argument("--out", type=Path, help="write traveltimes.csv here")
    parser.add_argument("--valhalla", type=Path, default=os.environ.get("TRAVELTIMES_VALHALLA"), help="see above")
    options = parser.parse_args()
    if not MAP.exists():
        print(f"Skipped: the map {MAP.name} is not here")
        return
    points = addresses()
    rows: list[dict[str, Any]] = []

    def tell(what: str, figure: float, unit: str, target: str = "") -> None:
        rows.append({"what": what, "figure": round(figure, 4), "unit": unit, "target": target})
        print(f"{what:68}{figure:10.3f} {unit:4}{target}", flush=True)

    begun = time.process_time()
    roads = read_pbf(MAP)
    tell("map to roads of three modes", time.process_time() - begun, "s")
    for mode in roads.modes:
        roads.table(points[:200], mode=mode)
    tell("map to three tables of 200 x 200, cold", time.process_time() - begun, "s", "at most 0.5")
    begun = time.process_time()
    ours = roads.table(points[:1000], mode="car")
    tell("1000 x 1000 by car", time.process_time() - begun, "s", "at most 0.3")
    seconds, difference = scipys(roads, points[:1000], ours.seconds)
    tell("1000 x 1000 by car: scipy's Dijkstra, between the same places", seconds, "s")
    tell("greatest difference from scipy's", difference, "s", "rounding")
    if options.valhalla and (options.valhalla / "node_modules" / "@valhallajs").is_dir():
        for mode, (median, ratio) in valhallas(roads, points, options.valhalla).items():
            tell(f"median deviation from Valhalla: {mode}", median * 100, "%", "at most 10")
            tell(f"median of our time over Valhalla's: {mode}", ratio, "")
    else:
        print("Skipped: Valhalla is not here (npm install @valhallajs/valhallajs, and name the folder in --valhalla)")
    if options.out:
        with (options.out / "traveltimes.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["what", "figure", "unit", "target"])
            writer.writeheader()
            writer.writerows(rows)


def addresses() -> list[tuple[float, float]]:
    found = osmium.FileProcessor(str(MAP), osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("addr:housenumber"))
    points = [(each.location.lat, each.location.lon) for each in found]
    random.Random(1).shuffle(points)
    return points


def scipys(roads: Roads, points: list[tuple[float, float]], ours: Any) -> tuple[float, float]:
    """Seconds that scipy's Dijkstra takes on the same chains, and the greatest difference from our table.

    A place becomes a node in the middle of its chain, tied to both ends; ways along one chain are left out of the
    comparison, and so is the walk to the road, which is added afterwards.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    arrays = roads._cores["car"].arrays()
    latitude, longitude = np.array(points).T.copy()
    snapped = roads._cores["car"].snap(longitude, latitude, roads.reach_m)
    lon, lat, begin = np.radians(arrays["lon"] * 1e-7), np.radians(arrays["lat"] * 1e-7), arrays["begin"]
    half = np.sin(np.diff(lat) / 2) ** 2 + np.cos(lat[1:]) * np.cos(lat[:-1]) * np.sin(np.diff(lon) / 2) ** 2
    length = 2 * 6371008.8 * np.arcsin(np.sqrt(half))
    waits = (arrays["wait"][1:].astype(float) + arrays["wait"][:-1]) / 2
    n = len(arrays["up_begin"]) - 1
    from_, to, weight = [], [], []

    def arc(a: int, b: int, seconds: float) -> None:
        from_.append(a)
        to.append(b)
        weight.append(max(seconds, 1e-9))

    sums = {}
    for name in ("forward", "backward"):
        speed = arrays[name][:-1].astype(float) / 36
        with np.errstate(divide="ignore", invalid="ignore"):
            each = np.where(speed > 0, length / speed + waits, 0.0)
        sums[name] = np.concatenate([[0.0], np.cumsum(each)])
    ends = list(zip(arrays["from"].tolist(), arrays["to"].tolist(), strict=True))
    for c, (a, b) in enumerate(ends):
        first, last = begin[c], begin[c + 1] - 1
        for name, (one, other) in (("forward", (a, b)), ("backward", (b, a))):
            if arrays[name][first]:
                arc(one, other, sums[name][last] - sums[name][first])
    for p, (c, k, share) in enumerate(zip(snapped.chain, snapped.segment, snapped.share, strict=True)):
        if c < 0:
            continue
        (a, b), first, last = ends[c], begin[c], begin[c + 1] - 1
        at = {name: sums[name][k] + share * (sums[name][k + 1] - sums[name][k]) for name in sums}
        if arrays["forward"][first]:
            arc(a, n + p, at["forward"] - sums["forward"][first]), arc(n + p, b, sums["forward"][last] - at["forward"])
        if arrays["backward"][first]:
            (
                arc(b, n + p, sums["backward"][last] - at["backward"]),
                arc(n + p, a, at["backward"] - sums["backward"][first]),
            )
    # Of several arcs between the same nodes the quickest counts; the matrix would add them up.
    order = np.lexsort((weight, to, from_))
    table = np.array([from_, to, weight])[:, order]
    keep = np.ones(len(order), dtype=bool)
    keep[1:] = (np.diff(table[0]) != 0) | (np.diff(table[1]) != 0)
    size = n + len(points)
    graph = csr_matrix((table[2][keep], (table[0][keep].astype(int), table[1][keep].astype(int))), shape=(size, size))
    begun = time.process_time()
    found = dijkstra(graph, indices=np.arange(n, size))[:, n:]
    took = time.process_time() - begun
    walked = np.where(snapped.chain >= 0, snapped.off, 0.0) * 3.6 / roads.walking_km_h
    found = found + walked[:, None] + walked[None, :]
    comparable = (snapped.chain[:, None] != snapped.chain[None, :]) & (ours >= 0) & np.isfinite(found)
    return took, float(np.abs(ours - found)[comparable].max())


def valhallas(roads: Roads, points: list[tuple[float, float]], folder: Path) -> dict[str, tuple[float, float]]:
    """By mode: median of |ours - theirs| / theirs, and median of ours / theirs."""
    questions, ours = {}, {}
    for mode, costing in COSTING.items():
        snapped = roads.snap(points[:PLACES], mode=mode)
        places = list(zip(snapped.lat.tolist(), snapped.lon.tolist(), strict=True))
        ours[mode] = roads.table(places, mode=mode).seconds
        there = [{"lat": latitude, "lon": longitude} for latitude, longitude in places]
        questions[mode] = {"sources": there, "targets": there, "costing": costing,
                           "costing_options": {costing: OPTIONS[costing]}}  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        (work / "questions.json").write_text(json.dumps(questions))
        (work / "ask.cjs").write_text(ASK)
        env = os.environ | {"NODE_PATH": str(folder / "node_modules")}
        program = [str(folder / "node_modules" / ".bin" / "valhalla")]
        config = subprocess.run(
            [*program, "build_config", "--mjolnir-tile-dir", str(work / "tiles")],
            capture_output=True,
            check=True,
            env=env,
        )
        (work / "config.json").write_bytes(config.stdout)
        for command in (
            [*program, "build_tiles", "-c", str(work / "config.json"), str(MAP)],
            [
                "node",
                str(work / "ask.cjs"),
                *(str(work / f"{each}.json") for each in ("config", "questions", "answers")),
            ],
        ):
            subprocess.run(command, capture_output=True, check=True, env=env, cwd=work)
        answers = json.loads((work / "answers.json").read_text())
    found = {}
    for mode, rows in answers.items():
        theirs = np.array([[seconds or np.nan for seconds in row] for row in rows], dtype=float)
        ratio = (ours[mode] / theirs)[(ours[mode] > 0) & (theirs > 0)]
        found[mode] = (float(np.median(np.abs(ratio - 1))), float(np.median(ratio)))
    return found


if __name__ == "__main__":
    sys.exit(main())
