# SPDX-License-Identifier: MPL-2.0
"""The street addresses of an OpenStreetMap file, as Denmark's register of addresses gave them to the map."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import osmium
from osmium.filter import KeyFilter

from kommune3.solutions.care.errors import CareError


class UnreadableAddresses(CareError):
    """The file is no map. ``file`` and ``reason`` tell which and why."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


@dataclass(frozen=True, order=True)
class StreetAddress:
    """``town`` has the village first, as addresses outside a town have it. Degrees WGS84; ``dar_id`` may be unknown."""

    town: str
    street: str
    postcode: str
    latitude: float
    longitude: float
    dar_id: UUID | None


def read_addresses(path: Path) -> list[StreetAddress]:
    """Each address once, in order of town, street and number; without street, postcode or town it is none.

    Raises OSError and :class:`UnreadableAddresses`.
    """
    path.open("rb").close()  # libosmium tells of a file that is not there as of any other fault
    found: dict[tuple[str, str, str], StreetAddress] = {}
    try:
        nodes = osmium.FileProcessor(str(path), osmium.osm.NODE).with_filter(KeyFilter("addr:housenumber"))
        for node in nodes:
            if isinstance(node, osmium.osm.Node) and (address := _address(node)) is not None:
                found.setdefault((address.street, address.postcode, address.town), address)
    except RuntimeError as error:
        raise UnreadableAddresses(path, str(error)) from error
    return [found[key] for key in sorted(found, key=lambda key: (key[2], key[0], key[1]))]


def _address(node: osmium.osm.Node) -> StreetAddress | None:
    street, number, postcode, city, place = (
        node.tags.get(f"addr:{name}") or "" for name in ("street", "housenumber", "postcode", "city", "place")
    )
    if not (street and number and len(postcode) == 4 and city):
        return None
    return StreetAddress(
        town=city if place in ("", city) else f"{place}, {city}",
        street=f"{street} {number}",
        postcode=postcode,
        latitude=node.location.lat,
        longitude=node.location.lon,
        dar_id=_uuid(node.tags.get("osak:identifier") or ""),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
