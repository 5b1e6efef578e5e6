# SPDX-License-Identifier: MPL-2.0
"""Instance files (JSON): trips together with the vehicles and bases they speak of.

Two forms are read: with a list of ``vehicles`` and ``locations``, and with a vehicle's id and name in each trip.
Instants without an offset are local municipal time, as in a CSV file.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from kommune3.solutions.fleet.importing.csv_file import Line
from kommune3.solutions.fleet.importing.fields import Described, Known, read_row
from kommune3.solutions.fleet.importing.problems import Finding, Unreadable

LARGEST_BYTES = 50_000_000
"""A JSON file is read as a whole; larger amounts belong in a CSV file."""
_KINDS = {1: "BIKE", 2: "E_BIKE", 3: "EV", 4: "FOSSIL"}
_FUELS = {1: "PETROL", 2: "DIESEL", 3: "ELECTRICITY", 10: "NONE"}
_RANGE_KM = {"BIKE": 20, "E_BIKE": 50}
"""Km a day of a bike where the file says nothing: design of the compatible view."""


@dataclass
class Definitions:
    """What an instance file describes: rows to create, as plain data that can be kept as JSON.

    ``models``: name -> fields of a vehicle model. ``vehicles``: [{key, registration, external_id, model, base}].
    ``settings``: what the file says a run should count with (``changeover_minutes``).
    """

    bases: list[str] = field(default_factory=list)
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    vehicles: list[dict[str, str]] = field(default_factory=list)
    settings: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For keeping with the import."""
        return {"bases": self.bases, "models": self.models, "vehicles": self.vehicles, "settings": self.settings}


class InstanceFile:
    """An opened instance file. Raises :class:`Unreadable` where it is not one. Line: a trip's place in the list."""

    delimiter = ""
    decimal = "."
    columns = None

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        stream.seek(0)
        content = stream.read(LARGEST_BYTES + 1)
        if len(content) > LARGEST_BYTES:
            limit = LARGEST_BYTES // 1_000_000
            raise Unreadable(Finding("too_large", detail={"megabytes": f">{limit}", "limit": limit}))
        if b"\\u0000" in content:
            raise Unreadable(Finding("binary_file", detail={"kind": "unknown"}))
        try:
            raw = json.loads(content.decode(encoding))
        except json.JSONDecodeError as error:
            raise Unreadable(Finding("broken_json", error.lineno, detail={"reason": error.msg})) from None
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, lists in lists without end
            raise Unreadable(Finding("broken_json", 1, detail={"reason": type(error).__name__})) from None
        if not isinstance(raw, dict) or not isinstance(raw.get("trips"), list):
            raise Unreadable(Finding("not_an_instance"))
        self._trips: list[Any] = raw["trips"]
        try:
            self._places = _places(raw)
            self.definitions = _definitions(raw, self._places)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Unreadable(Finding("not_an_instance")) from None
        self._vehicles = {vehicle["key"]: vehicle for vehicle in self.definitions.vehicles}

    def lines(self, known: Known, described: Described) -> Iterator[Line]:
        """Every trip of the list; line 1 is the first."""
        for line, trip in enumerate(self._trips, start=1):
            if not isinstance(trip, dict):
                yield (
                    line,
                    None,
                    [Finding("wrong_field_count", line, value=str(trip)[:200], detail={"found": 1, "expected": 5})],
                )
                continue
            yield line, *read_row(line, self._fields(trip), decimal=".", known=known, described=described)

    def _fields(self, trip: dict[str, Any]) -> dict[str, str]:
        number = trip.get("vehicle", trip.get("current_vehicle"))
        key = "" if number is None else str(number).casefold()
        vehicle = self._vehicles.get(key)
        place = self._places.get(trip.get("location"))
        segments = trip.get("segments")
        return {
            "trip_id": str(trip.get("id", "")),
            "vehicle": vehicle["registration"] if vehicle else key,
            "base": place or (vehicle["base"] if vehicle else ""),
            "start": str(trip.get("start", "")),
            "end": str(trip.get("end", "")),
            "km": str(trip.get("km", "")),
            "segments": "|".join("/".join(map(str, part)) for part in segments) if isinstance(segments, list) else "",
        }


def described_by(definitions: Definitions, known: Known, *, may_create: bool) -> Described:
    """What of the file's definitions does not exist yet."""
    return Described(
        bases={name.casefold(): name for name in definitions.bases if name.casefold() not in known.bases},
        vehicles={
            vehicle["registration"].casefold(): vehicle["base"]
            for vehicle in definitions.vehicles
            if vehicle["registration"].casefold() not in known.vehicles
        },
        may_create=may_create,
    )


def _places(raw: dict[str, Any]) -> dict[Any, str]:
    """Location id -> the name its base gets, which also tells files apart."""
    return {place["id"]: f"{place['name']} ({raw['name']})"[:100] for place in raw.get("locations", [])}


def _definitions(raw: dict[str, Any], places: dict[Any, str]) -> Definitions:
    found = _with_vehicles(raw, places) if "vehicles" in raw else _with_names_in_trips(raw)
    simulation = raw.get("settings", {}).get("simulation_settings", {})
    if "slack" in simulation:
        found.settings["changeover_minutes"] = float(simulation["slack"])
    return found


def _with_vehicles(raw: dict[str, Any], places: dict[Any, str]) -> Definitions:
    """Form with ``locations`` and ``vehicles``; a vehicle marked ``test`` is in the catalogue only."""
    found = Definitions(bases=list(places.values()))
    driven = {str(trip.get("vehicle")) for trip in raw["trips"] if isinstance(trip, dict)}
    for vehicle in raw["vehicles"]:
        name = f"{vehicle['make']} {vehicle['model']}"
        found.models.setdefault(name, _model(vehicle, raw["name"]))
        key = str(vehicle["id"])
        if (not vehicle.get("test") or key in driven) and vehicle.get("location") in places:
            found.vehicles.append(
                {
                    "key": key.casefold(),
                    "registration": f"{vehicle['plate']}",
                    "model": name,
                    "base": places[vehicle["location"]],
                }
            )
    return found


def _model(vehicle: dict[str, Any], source: str) -> dict[str, Any]:
    kind, energy = _KINDS[vehicle["type_id"]], _FUELS[vehicle["fuel_id"]]
    if energy == "NONE":
        per_km = 0.0
    elif energy == "ELECTRICITY":
        per_km = vehicle["wh_per_km"] / 1000
    else:
        per_km = round(1 / vehicle["km_per_l"], 5)
    range_km = vehicle["range_km"]
    rest_hours = vehicle["sleep_h"]
    return {
        "kind": kind,
        "energy": energy,
        "energy_per_km": per_km,
        "fixed_dkk_year": vehicle["fixed_cost_dkk_year"],
        "range_km": _RANGE_KM.get(kind) if range_km is None else range_km,
        "rest_hours": rest_hours or 0,
        "source": source,
    }


def _with_names_in_trips(raw: dict[str, Any]) -> Definitions:
    """Form where each trip names its vehicle: "RENAULT ZOE R110 41 kWh 1 CK10103" (model, count, registration)."""
    base = str(raw.get("name", "base"))
    found = Definitions(bases=[base])
    names = {
        str(trip["current_vehicle"]): str(trip.get("current_vehicle_name", ""))
        for trip in raw["trips"]
        if isinstance(trip, dict) and trip.get("current_vehicle") is not None
    }
    for number in map(str, raw.get("current_vehicles", [])):
        names.setdefault(number, "")
    plates = _spare_names(raw)
    for number, name in sorted(names.items()):
        words = (name or plates.get(number, "")).split()
        model, plate = (" ".join(words[:-2]), words[-1]) if len(words) > 2 else (f"{base} {number}", number)
        energy = "ELECTRICITY" if "kWh" in model else "NONE"
        kind = "EV" if energy == "ELECTRICITY" else "FOSSIL"
        found.models.setdefault(
            model, {"kind": kind, "energy": energy, "energy_per_km": None, "fixed_dkk_year": None, "source": base}
        )
        found.vehicles.append({"key": number.casefold(), "registration": plate, "model": model, "base": base})
    return found


def _spare_names(raw: dict[str, Any]) -> dict[str, str]:
    """Names of vehicles that stood still, where the file's own proposal uses them."""
    return {
        str(trip["simulated_vehicle"]): str(trip["simulated_vehicle_name"])
        for trip in raw["trips"]
        if isinstance(trip, dict) and trip.get("simulated_vehicle") is not None and "simulated_vehicle_name" in trip
    }
