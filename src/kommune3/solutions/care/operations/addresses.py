# SPDX-License-Identifier: MPL-2.0
"""The address that somebody enters, as a row of ``kernel.places``."""

from dataclasses import dataclass

from kommune3.kernel.places.models import Address


@dataclass(frozen=True)
class Place:
    """An address as it is entered. Without coordinates (WGS84 degrees) no way to it is known."""

    street: str = ""
    postcode: str = ""
    town: str = ""
    latitude: float | None = None
    longitude: float | None = None


def address_of(place: Place) -> Address | None:
    """The row of this address, made where there is none; None where nothing was entered.

    Coordinates entered mend those of the row, unless the row is of Danmarks Adresseregister, which knows better.
    """
    if not (place.street or place.postcode or place.town):
        return None
    written = {"street": place.street, "postcode": place.postcode, "town": place.town}
    known = Address.objects.filter(**written).order_by("dar_id", "pk")
    address = known.exclude(dar_id=None).first() or known.first()
    if address is None:
        return Address.objects.create(**written, latitude=place.latitude, longitude=place.longitude)
    is_better = place.latitude is not None and (address.dar_id is None or address.latitude is None)
    if is_better and (address.latitude, address.longitude) != (place.latitude, place.longitude):
        address.latitude, address.longitude = place.latitude, place.longitude
        address.save(update_fields=["latitude", "longitude"])
    return address
