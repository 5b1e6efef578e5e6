# SPDX-License-Identifier: MPL-2.0
"""Real HTTP servers that speak as OSRM and Valhalla do. A kilometre takes a minute; north of 57° nobody knows a way."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from kommune3.adapters.beeline.travel import great_circle_km
from kommune3.kernel.places.geometry import Point

UNKNOWN_FROM = 57.0
SHAPE = "__~xiB_yz_S_ibE_seK"  # encoded with six decimals: (56.0, 10.5), (56.1, 10.7)


@dataclass
class RouteServer:
    port: int = 0
    refusal: Any = None
    pairs: list[int] = field(default_factory=list)  # asked, by request

    def answer(self, path: str, query: dict[str, list[str]], body: Any) -> tuple[int, Any]:
        if self.refusal is not None:
            return 400, self.refusal
        if path == "/sources_to_targets":
            return self._valhalla_table(body)
        if path == "/route":
            return self._valhalla_route(body)
        service, _version, _mode, places = path.strip("/").split("/")
        points = [Point(*map(float, reversed(each.split(",")))) for each in places.split(";")]
        return self._osrm_table(points, query) if service == "table" else self._osrm_route(points)

    def _osrm_table(self, points: list[Point], query: dict[str, list[str]]) -> tuple[int, Any]:
        if len(points) > 100:
            return 400, {"code": "TooBig", "message": "Too many table coordinates"}
        sources, targets = ([points[int(n)] for n in query[key][0].split(";")] for key in ("sources", "destinations"))
        self.pairs.append(len(sources) * len(targets))
        km = [[_km(one, other) for other in targets] for one in sources]
        seconds = [[None if each is None else each * 60 for each in row] for row in km]
        metres = [[None if each is None else each * 1000 for each in row] for row in km]
        return 200, {"code": "Ok", "durations": seconds, "distances": metres}

    def _osrm_route(self, points: list[Point]) -> tuple[int, Any]:
        km = _km(*points)
        if km is None:
            return 400, {"code": "NoRoute", "message": "Impossible route between points"}
        line = [[each.longitude, each.latitude] for each in points]
        way = {"geometry": {"coordinates": line, "type": "LineString"}, "duration": km * 60, "distance": km * 1000}
        return 200, {"code": "Ok", "routes": [way]}

    def _valhalla_table(self, body: Any) -> tuple[int, Any]:
        sources, targets = ([Point(each["lat"], each["lon"]) for each in body[key]] for key in ("sources", "targets"))
        if any(each.latitude > UNKNOWN_FROM for each in (*sources, *targets)):
            return 400, {"error_code": 171, "error": "No suitable edges near location", "status_code": 400}
        self.pairs.append(len(sources) * len(targets))
        rows = [[{"time": km * 60, "distance": km} for km in (_km(one, other) for other in targets)] for one in sources]  # type: ignore[operator]
        return 200, {"sources_to_targets": rows, "units": "kilometers"}

    def _valhalla_route(self, body: Any) -> tuple[int, Any]:
        ends = [Point(each["lat"], each["lon"]) for each in body["locations"]]
        km = _km(*ends)
        if km is None:
            return 400, {"error_code": 442, "error": "No path could be found for input", "status_code": 400}
        return 200, {"trip": {"legs": [{"shape": SHAPE}], "summary": {"time": km * 60, "length": km}}}


def _km(one: Point, other: Point) -> float | None:
    return None if max(one.latitude, other.latitude) > UNKNOWN_FROM else great_circle_km(one, other)


@contextmanager
def running() -> Iterator[RouteServer]:
    told = RouteServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, content = told.answer(parts.path, parse_qs(parts.query), body)
            raw = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
