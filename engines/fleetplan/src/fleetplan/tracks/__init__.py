# SPDX-License-Identifier: MPL-2.0
"""From GPS to round trips: points -> legs -> round trips, with the share of the km that this explains.

A *leg* is one movement between two stops. A *round trip* leaves a parking point of the vehicle's base and ends when the
vehicle is back at one. *Precision* is the share of all km that lie in complete round trips. Round trips carry no
coordinates: where somebody was is not needed to plan a fleet.

Pure functions of their input: the order in which points and legs are given makes no difference.
"""

from fleetplan.tracks.cleaning import Fault, SetAside, clean
from fleetplan.tracks.figures import Figures, measure
from fleetplan.tracks.files import Tracks, read_tracks
from fleetplan.tracks.legs import Leg, Place, place_at
from fleetplan.tracks.points import Fix, StopRules, legs_of
from fleetplan.tracks.preparing import ParkingPoint, Prepared, Stretch, StretchKind, VehicleDriving, prepare
from fleetplan.tracks.trying import Candidate, Trial, suggest, try_point

__all__ = [
    "Candidate",
    "Fault",
    "Figures",
    "Fix",
    "Leg",
    "ParkingPoint",
    "Place",
    "Prepared",
    "SetAside",
    "StopRules",
    "Stretch",
    "StretchKind",
    "Tracks",
    "Trial",
    "VehicleDriving",
    "clean",
    "legs_of",
    "measure",
    "place_at",
    "prepare",
    "read_tracks",
    "suggest",
    "try_point",
]
