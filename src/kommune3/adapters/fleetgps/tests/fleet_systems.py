# SPDX-License-Identifier: MPL-2.0
"""Real HTTP servers that speak as Traccar and SkyHost do. ``ill``: what is wrong with the next answers."""

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

USER, SECRET, ACCOUNT = "flåde@kommune.dk", "hemmelig nøgle", "4711"


@dataclass
class FleetSystem:
    """A running server. ``devices`` and ``trips`` (by device) are what it tells, in its own words."""

    kind: str
    devices: list[dict[str, Any]] = field(default_factory=list)
    trips: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    ill: str = ""
    page_size: int = 2
    asked: list[str] = field(default_factory=list)
    waiting: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, query: dict[str, list[str]], headers: Any) -> tuple[int, Any]:
        """Status and what is sent as JSON (bytes as they stand)."""
        if self.ill == "refuses" or not self._may_enter(headers):
            return 401, {}
        if self.ill == "broken":
            return 400, {}
        if self.ill == "faulty":
            return 500, {}
        if self.ill == "html":
            return 200, b"<!DOCTYPE html><title>Log ind</title>"
        if self.ill == "other":
            return 200, {"status": "ok"}
        if self.ill == "silent":
            self.waiting.wait()
        return self._traccar(path, query) if self.kind == "TRACCAR" else self._skyhost(path, query)

    def _may_enter(self, headers: Any) -> bool:
        basic = "Basic " + b64encode(f"{USER}:{SECRET}".encode()).decode()
        return headers.get("Authorization") in (basic, "Bearer token-1")

    def _traccar(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/api/devices":
            return 200, self.devices
        if path != "/api/reports/trips":
            return 404, {}
        since, until = (datetime.fromisoformat(query[name][0]) for name in ("from", "to"))
        if (until - since).days > 31:
            return 400, "Time period exceeds the limit"
        return 200, [
            {"deviceId": int(device), **trip}
            for device in query["deviceId"]
            for trip in self.trips.get(device, [])
            if _at(trip.get("startTime")) < until and _at(trip.get("endTime")) >= since
        ]

    def _skyhost(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        root = f"/accounts/{ACCOUNT}/resources/vehicles"
        if path == root:
            items = self.devices
        elif path.startswith(root) and path.endswith("/reports/milagetrip"):
            items = self.trips.get(path.split("/")[-3], [])
        else:
            return 404, {}
        first = int(query.get("page", ["0"])[0]) * self.page_size
        more = first + self.page_size < len(items)
        link = f"{self.address}{path}?page={first // self.page_size + 1}"
        if self.ill == "lures":
            link = "http://127.0.0.2:1/steal"
        if self.ill == "circles":
            link, more = f"{path}?page=1", True
        return 200, {"items": items[first : first + self.page_size], "nextPageLink": link if more else None}


def _at(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime(2026, 3, 2, tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def running(kind: str) -> Iterator[FleetSystem]:
    """A fleet system on this machine, on a port of its own."""
    system = FleetSystem(kind)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            system.asked.append(self.path)
            status, told = system.answer(parts.path, parse_qs(parts.query), self.headers)
            body = told if isinstance(told, bytes) else json.dumps(told).encode()
            with suppress(ConnectionError):  # whoever asked has hung up
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    system.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield system
    finally:
        system.waiting.set()
        server.shutdown()
        server.server_close()


def traccar_trip(start: str, end: str, metres: Any = 4000.0, **more: Any) -> dict[str, Any]:
    """A trip as Traccar's report tells it."""
    return {
        "deviceName": "Bil 1", "maxSpeed": 38.2, "averageSpeed": 19.4, "distance": metres, "spentFuel": 0.0,
        "duration": 600000, "startTime": start, "startAddress": None, "startLat": 56.4158, "startLon": 10.8783,
        "endTime": end, "endAddress": None, "endLat": 56.4350, "endLon": 10.8900, "driverUniqueId": "7",
        "driverName": "Anna Andersen", **more,
    }  # fmt: skip


def skyhost_trip(start: str, end: str, metres: Any = 4000, **more: Any) -> dict[str, Any]:
    """A trip as SkyHost's report tells it."""
    return {
        "start": start, "end": end, "tripDistanceMeters": metres,
        "startAddress": {"address": "Parkvej 110", "lat": 56.4158, "lon": 10.8783},
        "endAddress": {"address": "Kirkevej 3", "lat": 56.4350, "lon": 10.8900}, **more,
    }  # fmt: skip
