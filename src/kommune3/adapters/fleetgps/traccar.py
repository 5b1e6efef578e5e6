# SPDX-License-Identifier: MPL-2.0
"""Traccar, the open server for GPS trackers: its REST API, https://www.traccar.org/api-reference/"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from fleetplan.tracks import Leg, place_at

from kommune3.adapters.fleetgps.sources import Access, Delivery, Device
from kommune3.adapters.fleetgps.talking import Times, ask, not_understood, number
from kommune3.kernel import http

SPAN = timedelta(days=7)
"""Asked at a time: a report is made while one waits, and servers limit how long a period it may cover."""


class Traccar:
    """A Traccar server. With a user name the secret is the password, without one it is an access token."""

    def __init__(self, client: http.Client, access: Access) -> None:
        self._client = client
        self._url = access.address.rstrip("/").removesuffix("/api") + "/api"
        if access.account:
            login = b64encode(f"{access.account}:{access.secret}".encode()).decode()
            self._headers = {"Authorization": f"Basic {login}"}
        else:
            self._headers = {"Authorization": f"Bearer {access.secret}"}

    def devices(self) -> tuple[Device, ...]:
        found = []
        for raw in self._ask("/devices"):
            if raw.get("id") is None:
                continue
            names = tuple(str(raw[field]) for field in ("uniqueId", "name") if raw.get(field))
            title = str(raw.get("name") or raw["id"])
            found.append(Device(str(raw["id"]), title, names, Times().read(raw.get("lastUpdate"))))
        return tuple(found)

    def legs(self, device: Device, *, since: datetime, until: datetime) -> Iterator[Delivery]:
        while since < until:
            end = min(since + SPAN, until)
            params = {"deviceId": device.key, "from": _utc(since), "to": _utc(end)}
            times = Times()
            told = [_leg(device, raw, times) for raw in self._ask("/reports/trips", params)]
            legs = tuple(leg for leg in told if leg is not None)
            yield Delivery(legs, unreadable=len(told) - len(legs))
            since = end

    def _ask(self, path: str, params: dict[str, str] | None = None) -> list[dict[str, Any]]:
        answer = ask(self._client, self._url + path, headers=self._headers, params=params)
        if not isinstance(answer, list) or not all(isinstance(raw, dict) for raw in answer):
            raise not_understood(http.URL(self._url).host)
        return answer


def _leg(device: Device, raw: dict[str, Any], times: Times) -> Leg | None:
    if str(raw.get("deviceId", device.key)) != device.key:
        return None
    start, end, metres = times.read(raw.get("startTime")), times.read(raw.get("endTime")), number(raw.get("distance"))
    if start is None or end is None or metres is None:
        return None
    return Leg(
        device.key, start, end, round(metres / 1000, 3),
        place_at(number(raw.get("startLat")), number(raw.get("startLon"))),
        place_at(number(raw.get("endLat")), number(raw.get("endLon"))),
    )  # fmt: skip


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
