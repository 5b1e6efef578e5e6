# SPDX-License-Identifier: MPL-2.0
"""How fast one gets along a way of the map, and whether one may: dated rules with their explanation, from a file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from traveltimes.errors import InvalidRules

Tags = Mapping[str, str]

CLOSED = 255  # a wait that never ends; the core knows it as such
_LONGEST_WAIT, _FASTEST_KM_H = 254, 6500.0
_YES = {"yes", "permissive", "designated", "destination", "customers", "delivery", "official", "permit", "residents"}
_PRIVATE = {"private", "agricultural", "forestry", "employees"}  # one may call on who lives there
_KM_IN_MILE = 1.609344  # international mile, exact


@dataclass(frozen=True)
class ModeRules:
    """What holds for one way of travelling. Speeds in km/h, waits in seconds.

    ``access`` and ``oneway``: keys of the map that say who may, the one that decides last. ``km_h``: by kind of road
    where no sign is mapped; ``only_where_allowed_km_h``: kinds that a sign must open. ``limit_share``: of a mapped
    limit that is really driven. ``surface_km_h``, ``tracktype_km_h``: never faster on such a ground. ``private_km_h``:
    never faster on private ground. ``wait_s``, ``closed``: what a node of the map does to who passes it.
    """

    access: tuple[str, ...]
    oneway: tuple[str, ...]
    limit_share: float
    private_km_h: float
    km_h: Mapping[str, float]
    only_where_allowed_km_h: Mapping[str, float]
    surface_km_h: Mapping[str, float]
    tracktype_km_h: Mapping[str, float]
    wait_s: Mapping[str, float]
    closed: tuple[str, ...]
    limits_km_h: Mapping[str, float]

    def speeds(self, tags: Tags) -> tuple[float, float]:
        """Speed along the way as it is drawn, and against it; 0 where one may not go."""
        kind = tags.get("highway", "")
        allowed = _last(tags, self.access)
        km_h = self.km_h.get(kind, 0.0)
        if allowed in _YES:
            km_h = km_h or self.only_where_allowed_km_h.get(kind, 0.0)
        elif allowed in _PRIVATE:
            km_h = min(km_h, self.private_km_h)
        elif allowed:
            return 0.0, 0.0
        if not km_h or tags.get("area") == "yes":
            return 0.0, 0.0
        if tags.get("motorroad") == "yes" and "motor_vehicle" not in self.access:
            return 0.0, 0.0
        ceiling = min(
            self.surface_km_h.get(tags.get("surface", ""), _FASTEST_KM_H),
            self.tracktype_km_h.get(tags.get("tracktype", ""), _FASTEST_KM_H),
            self.private_km_h if allowed in _PRIVATE else _FASTEST_KM_H,
        )
        if kind == "track" and tags.get("tracktype") in self.tracktype_km_h:
            km_h = ceiling
        forward, backward = (
            min(self._signed(km_h, tags, f"maxspeed:{direction}"), ceiling) for direction in ("forward", "backward")
        )
        return self._directions(tags, forward, backward)

    def wait(self, tags: Tags) -> int:
        """Seconds that a node takes to pass, CLOSED where one may not."""
        allowed = _last(tags, self.access)
        named = [f"{key}={tags[key]}" for key in ("barrier", "highway", "railway") if key in tags]
        if "barrier" in tags and allowed and allowed not in _YES | _PRIVATE:
            return CLOSED
        if allowed not in _YES and any(name in self.closed for name in named):
            return CLOSED
        return round(max((self.wait_s.get(name, 0.0) for name in named), default=0.0))

    def _signed(self, km_h: float, tags: Tags, key: str) -> float:
        limit = self._limit(tags.get(key) or tags.get("maxspeed") or tags.get("maxspeed:type", ""))
        if limit is None:
            return km_h
        # Who drives follows the sign; who cycles or walks is only slowed down by it.
        return limit * self.limit_share if "motor_vehicle" in self.access else min(km_h, limit)

    def _limit(self, text: str) -> float | None:
        if text in self.limits_km_h:
            return self.limits_km_h[text]
        number = re.fullmatch(r"(\d{1,3})(?:\s*(km/h|mph))?", text)
        if not number or not int(number[1]):
            return None
        return int(number[1]) * (_KM_IN_MILE if number[2] == "mph" else 1.0)

    def _directions(self, tags: Tags, forward: float, backward: float) -> tuple[float, float]:
        oneway = _last(tags, self.oneway)
        if "oneway" in self.oneway:
            if not oneway and (tags.get("junction") in ("roundabout", "circular") or tags["highway"] == "motorway"):
                oneway = "yes"
            if "bicycle" in self.access and any(
                tags.get(key, "").startswith("opposite") for key in ("cycleway", "cycleway:left", "cycleway:right")
            ):
                oneway = "no"
        if oneway in ("yes", "true", "1"):
            return forward, 0.0
        if oneway in ("-1", "reverse"):
            return 0.0, backward
        return forward, backward


@dataclass(frozen=True)
class Rules:
    """Rules of a country from a day on. ``walking_km_h`` holds between a point and its road, ``reach_m`` how far that
    may be; ``explanation`` says where the figures are from.
    """

    name: str
    valid_from: date
    explanation: str
    walking_km_h: float
    reach_m: float
    modes: Mapping[str, ModeRules]


def read_rules(path: Path) -> Rules:
    """Rules from a JSON file shaped as ``denmark.json``. Raises InvalidRules, OSError."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidRules(path.name, str(error), "is no JSON") from error
    if not isinstance(raw, dict):
        raise InvalidRules(path.name, raw, "is no JSON object")
    limits = _speeds(raw, "limits_km_h", "")
    modes = raw.get("modes")
    if not isinstance(modes, dict) or not modes:
        raise InvalidRules("modes", modes, "has no way of travelling")
    try:
        valid_from = date.fromisoformat(str(raw.get("valid_from")))
    except ValueError as error:
        raise InvalidRules("valid_from", raw.get("valid_from"), "is no date such as 2026-01-01") from error
    return Rules(
        name=str(raw.get("name", "")),
        valid_from=valid_from,
        explanation=str(raw.get("explanation", "")),
        walking_km_h=_number(raw, "walking_km_h", ""),
        reach_m=_number(raw, "reach_m", ""),
        modes={name: _mode(mode, f"modes.{name}.", limits) for name, mode in modes.items()},
    )


@cache
def denmark() -> Rules:
    """The rules that come with the package."""
    return read_rules(Path(__file__).with_name("denmark.json"))


def _mode(raw: Any, at: str, limits: Mapping[str, float]) -> ModeRules:
    if not isinstance(raw, dict):
        raise InvalidRules(at.rstrip("."), raw, "is no JSON object")
    known = {field.name for field in fields(ModeRules)} - {"limits_km_h"}
    if raw.keys() != known:
        raise InvalidRules(at.rstrip("."), sorted(raw.keys() ^ known), "has fields too many or too few")
    waits = _speeds(raw, "wait_s", at)
    if max(waits.values(), default=0.0) > _LONGEST_WAIT:
        raise InvalidRules(f"{at}wait_s", max(waits.values()), f"is above {_LONGEST_WAIT} seconds")
    return ModeRules(
        access=_words(raw, "access", at),
        oneway=_words(raw, "oneway", at),
        limit_share=_number(raw, "limit_share", at),
        private_km_h=_number(raw, "private_km_h", at),
        km_h=_speeds(raw, "km_h", at),
        only_where_allowed_km_h=_speeds(raw, "only_where_allowed_km_h", at),
        surface_km_h=_speeds(raw, "surface_km_h", at),
        tracktype_km_h=_speeds(raw, "tracktype_km_h", at),
        wait_s=waits,
        closed=_words(raw, "closed", at),
        limits_km_h=limits,
    )


def _last(tags: Tags, keys: tuple[str, ...]) -> str:
    return next((tags[key] for key in reversed(keys) if key in tags), "")


def _number(raw: Mapping[str, Any], name: str, at: str) -> float:
    value = raw.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < _FASTEST_KM_H:
        raise InvalidRules(f"{at}{name}", value, "is no number above 0")
    return float(value)


def _speeds(raw: Mapping[str, Any], name: str, at: str) -> dict[str, float]:
    table = raw.get(name)
    if not isinstance(table, dict):
        raise InvalidRules(f"{at}{name}", table, "is no JSON object")
    return {key: _number(table, key, f"{at}{name}.") for key in table}


def _words(raw: Mapping[str, Any], name: str, at: str) -> tuple[str, ...]:
    words = raw.get(name)
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InvalidRules(f"{at}{name}", words, "is no list of words")
    return tuple(words)
