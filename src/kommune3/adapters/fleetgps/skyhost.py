# SPDX-License-Identifier: MPL-2.0
"""SkyHost, a Danish fleet system: its REST API, version 2."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from urllib.parse import quote

from fleetplan.tracks import Leg, place_at

from kommune3.adapters.fleetgps.sources import Access, Delivery, Device
from kommune3.adapters.fleetgps.talking import Times, ask, not_understood, number
from kommune3.kernel import http

DEFAULT_ADDRESS = "https://api.skyhost.dk"


class SkyHost:
    """A SkyHost account, with its key."""

    def __init__(self, client: http.Client, access: Access) -> None:
        self._client = client
        origin = (access.address or DEFAULT_ADDRESS).rstrip("/")
        self._url = f"{origin}/accounts/{quote(access.account, safe='')}/resources/vehicles"
        self._headers = {"Authorization": f"Bearer {access.secret}"}

    def devices(self) -> tuple[Device, ...]:
        found = []
        for items in self._pages(self._url, {}):
            for raw in items:
                if raw.get("id") is None:
                    continue
                plate = _inside(raw, "details").get("regNo")
                names = tuple(str(name) for name in (raw.get("externalId"), plate, raw.get("description")) if name)
                title = str(plate or raw.get("description") or raw.get("externalId") or raw["id"])
                found.append(Device(str(raw["id"]), title, names))
        return tuple(found)

    def legs(self, device: Device, *, since: datetime, until: datetime) -> Iterator[Delivery]:
        # "milagetrip" is how the API spells it.
        url = f"{self._url}/{quote(device.key, safe='')}/reports/milagetrip"
        times = Times()
        for items in self._pages(url, {"from": since.isoformat(), "to": until.isoformat()}):
            told = [_leg(device, raw, times) for raw in items]
            legs = tuple(leg for leg in told if leg is not None)
            yield Delivery(legs, unreadable=len(told) - len(legs))

    def _pages(self, url: str, params: dict[str, str]) -> Iterator[list[dict[str, Any]]]:
        """The items of each page. A link that leads elsewhere or back is not followed: the key would go with it."""
        origin = http.URL(url)
        seen: set[str] = set()
        following: http.URL | None = origin.copy_merge_params(params)
        while following is not None:
            seen.add(str(following))
            answer = ask(self._client, str(following), headers=self._headers)
            items = answer.get("items") if isinstance(answer, dict) else None
            if not isinstance(items, list) or not all(isinstance(raw, dict) for raw in items):
                raise not_understood(origin.host)
            yield items
            link = answer.get("nextPageLink")
            following = origin.join(str(link)) if link else None
            if following is not None and (
                (following.scheme, following.netloc) != (origin.scheme, origin.netloc) or str(following) in seen
            ):
                raise not_understood(origin.host)


def _leg(device: Device, raw: dict[str, Any], times: Times) -> Leg | None:
    start, end = times.read(raw.get("start")), times.read(raw.get("end"))
    metres = number(raw.get("tripDistanceMeters"))
    if start is None or end is None or metres is None:
        return None
    begun, ended = _inside(raw, "startAddress"), _inside(raw, "endAddress")
    return Leg(
        device.key, start, end, round(metres / 1000, 3),
        place_at(number(begun.get("lat")), number(begun.get("lon"))),
        place_at(number(ended.get("lat")), number(ended.get("lon"))),
    )  # fmt: skip


def _inside(raw: dict[str, Any], field: str) -> dict[str, Any]:
    inner = raw.get(field)
    return inner if isinstance(inner, dict) else {}
