# SPDX-License-Identifier: MPL-2.0
"""How long the way takes by car, bicycle and on foot. See README.md."""

from traveltimes.area import Box
from traveltimes.errors import (
    CoreMissing,
    FarFromRoad,
    InvalidPoint,
    InvalidRules,
    NoRoads,
    TraveltimesError,
    UnreadableMap,
    UnreadableRoads,
)
from traveltimes.estimate import Assumption, estimate
from traveltimes.osm import Cancelled, read_pbf
from traveltimes.roads import ATTRIBUTION, Roads, Table, Way
from traveltimes.rules import ModeRules, Rules, denmark, read_rules

__all__ = [
    "ATTRIBUTION",
    "Assumption",
    "Box",
    "Cancelled",
    "CoreMissing",
    "FarFromRoad",
    "InvalidPoint",
    "InvalidRules",
    "ModeRules",
    "NoRoads",
    "Roads",
    "Rules",
    "Table",
    "TraveltimesError",
    "UnreadableMap",
    "UnreadableRoads",
    "Way",
    "denmark",
    "estimate",
    "read_pbf",
    "read_rules",
]
