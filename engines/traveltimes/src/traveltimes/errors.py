# SPDX-License-Identifier: MPL-2.0
"""Everything traveltimes raises on purpose. Errors carry the facts, for a caller to say them in its own language."""


class TraveltimesError(Exception):
    """The root of all errors of this package."""


class CoreMissing(TraveltimesError, ImportError):
    """The compiled core does not lie beside the package: it is made when the package is installed."""


class InvalidRules(TraveltimesError, ValueError):
    """A file of rules cannot be used. ``field`` says where in dotted form, ``reason`` why (English)."""

    def __init__(self, field: str, value: object, reason: str) -> None:
        self.field = field
        self.value = value
        self.reason = reason
        super().__init__(field, value, reason)

    def __str__(self) -> str:
        return f"{self.field}: {self.reason} (got {self.value!r})"


class UnreadableMap(TraveltimesError, ValueError):
    """The file is no OpenStreetMap file, or a broken one. ``file`` names it, ``reason`` is the reader's."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(file, reason)

    def __str__(self) -> str:
        return f"{self.file}: not a readable OpenStreetMap file ({self.reason})"


class UnreadableRoads(TraveltimesError, ValueError):
    """The file is not one that :meth:`Roads.save` wrote, or of another version: build it anew. ``file`` names it."""

    def __init__(self, file: str, reason: str) -> None:
        self.file = file
        self.reason = reason
        super().__init__(file, reason)

    def __str__(self) -> str:
        return f"{self.file}: not a file of roads ({self.reason}); build it anew from the map"


class NoRoads(TraveltimesError, ValueError):
    """Nothing is left of the map: no road of any kind within the area. ``file`` names the map."""

    def __init__(self, file: str) -> None:
        self.file = file
        super().__init__(file)

    def __str__(self) -> str:
        return f"{self.file}: no road within the area; is it the right map, and the box west, south, east, north?"


class InvalidPoint(TraveltimesError, ValueError):
    """A point that is not on the globe. ``index`` says which, from 0; degrees as given."""

    def __init__(self, index: int, latitude: float, longitude: float) -> None:
        self.index = index
        self.latitude = latitude
        self.longitude = longitude
        super().__init__(index, latitude, longitude)

    def __str__(self) -> str:
        return f"point {self.index}: {self.latitude}, {self.longitude} is not on the globe"


class FarFromRoad(TraveltimesError, ValueError):
    """A point has no road within reach. ``index`` says which, from 0; ``within_m`` how far was looked.

    ``is_swapped``: latitude and longitude seem to stand in each other's place, since that point lies among the roads.
    """

    def __init__(self, index: int, latitude: float, longitude: float, *, within_m: float, is_swapped: bool) -> None:
        self.index = index
        self.latitude = latitude
        self.longitude = longitude
        self.within_m = within_m
        self.is_swapped = is_swapped
        super().__init__(index, latitude, longitude)

    def __str__(self) -> str:
        hint = "; latitude and longitude seem to be swapped" if self.is_swapped else ""
        place = f"{self.latitude}, {self.longitude}"
        return f"point {self.index}: no road within {self.within_m:.0f} m of {place}{hint}"
