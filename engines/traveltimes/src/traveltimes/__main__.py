# SPDX-License-Identifier: MPL-2.0
"""python -m traveltimes build|table|route|info FILE"""

import argparse
import csv
import json
import sys
from pathlib import Path

from traveltimes import ATTRIBUTION, Box, Roads, TraveltimesError, read_pbf, read_rules
from traveltimes.roads import Point

_NO_WAY, _WRONG_INPUT = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 = done, 1 = there is no way, 2 = the input is wrong."""
    parser = argparse.ArgumentParser(prog="python -m traveltimes", description="Travel times on real roads.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    build = commands.add_parser("build", help="make a file of roads from an OpenStreetMap file")
    build.add_argument("file", type=Path, metavar="FILE", help="such as denmark-latest.osm.pbf")
    build.add_argument("--box", type=_box, metavar="W,S,E,N", help="only this part, in degrees")
    build.add_argument("--rules", type=Path, help="speeds and access, shaped as denmark.json in the package")
    build.add_argument("--out", type=Path, required=True, metavar="ROADS")
    build.set_defaults(run=_build)
    table = commands.add_parser("table", help="seconds and metres between all points, as CSV")
    table.add_argument("roads", type=Path, metavar="ROADS")
    table.add_argument("points", type=Path, metavar="POINTS", help="CSV with the columns latitude and longitude")
    table.add_argument("--mode", default="car")
    table.set_defaults(run=_table)
    route = commands.add_parser("route", help="one way as GeoJSON")
    route.add_argument("roads", type=Path, metavar="ROADS")
    route.add_argument("origin", type=_point, metavar="LATITUDE,LONGITUDE")
    route.add_argument("destination", type=_point, metavar="LATITUDE,LONGITUDE")
    route.add_argument("--mode", default="car")
    route.set_defaults(run=_route)
    info = commands.add_parser("info", help="what a file of roads holds")
    info.add_argument("roads", type=Path, metavar="ROADS")
    info.set_defaults(run=_info)
    options = parser.parse_args(arguments)
    try:
        done: int = options.run(options)
    except (TraveltimesError, OSError) as error:
        print(error, file=sys.stderr)
        return _WRONG_INPUT
    return done


def _build(options: argparse.Namespace) -> int:
    roads = read_pbf(options.file, options.box, rules=read_rules(options.rules) if options.rules else None)
    roads.save(options.out)
    print(json.dumps(roads.info(), ensure_ascii=False, indent=1))
    return 0


def _table(options: argparse.Namespace) -> int:
    roads = _loaded(options)
    points = _points(options.points)
    seconds, metres = roads.table(points, mode=options.mode).rows()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["from", "to", "seconds", "metres"])
    for i, (row_s, row_m) in enumerate(zip(seconds, metres, strict=True)):
        writer.writerows((i, j, *each) for j, each in enumerate(zip(row_s, row_m, strict=True)))
    print(ATTRIBUTION, file=sys.stderr)
    return 0


def _route(options: argparse.Namespace) -> int:
    way = _loaded(options).route(options.origin, options.destination, mode=options.mode)
    if way is None:
        print("there is no way", file=sys.stderr)
        return _NO_WAY
    line = {"type": "LineString", "coordinates": [[longitude, latitude] for latitude, longitude in way.line]}
    told = {"seconds": way.seconds, "metres": way.metres, "attribution": ATTRIBUTION}
    print(json.dumps({"type": "Feature", "geometry": line, "properties": told}, ensure_ascii=False))
    return 0


def _info(options: argparse.Namespace) -> int:
    print(json.dumps(Roads.load(options.roads).info(), ensure_ascii=False, indent=1))
    return 0


def _loaded(options: argparse.Namespace) -> Roads:
    roads = Roads.load(options.roads)
    if options.mode not in roads.modes:
        raise WrongInput(f"--mode {options.mode}: {options.roads.name} has {', '.join(roads.modes)}")
    return roads


class WrongInput(TraveltimesError, ValueError):
    """What was asked for on the command line cannot be; ``str()`` says what and where."""


def _points(path: Path) -> list[Point]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"latitude", "longitude"} <= set(rows.fieldnames or []):
            raise WrongInput(f"{path.name}: the first line needs the columns latitude and longitude")
        points = []
        for row in rows:
            try:
                points.append((float(row["latitude"]), float(row["longitude"])))
            except (TypeError, ValueError) as error:
                place = f"{row['latitude']!r}, {row['longitude']!r}"
                raise WrongInput(f"{path.name}, line {rows.line_num}: {place} is no point in degrees") from error
    return points


def _numbers(text: str, count: int) -> list[float]:
    parts = text.split(",")
    if len(parts) != count:
        raise argparse.ArgumentTypeError(f"{text}: expected {count} numbers with commas between")
    return [float(part) for part in parts]


def _point(text: str) -> Point:
    latitude, longitude = _numbers(text, 2)
    return latitude, longitude


def _box(text: str) -> Box:
    try:
        return Box(*_numbers(text, 4))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
