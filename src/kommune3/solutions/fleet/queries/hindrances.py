# SPDX-License-Identifier: MPL-2.0
"""What an impossible run keeps about trips that no model may take, as rows."""

from dataclasses import dataclass

from kommune3.solutions.fleet.models import Base, Run, Trip, VehicleModel


@dataclass(frozen=True)
class Hindered:
    """``what``: a name of ``fleetplan.Hindrance``: what keeps the model at the base from the trip."""

    trip: Trip
    base: Base
    model: VehicleModel
    what: str


def hindered(run: Run) -> list[Hindered]:
    """Trip by trip, model by model. The caller has shown that the actor may see the run.

    That a model at another base does not serve the trip's goes without saying where all other bases share nothing.
    """
    kept = run.obstacle.get("hindrances", [])
    trips = Trip.objects.in_bulk([each["trip"] for each in kept])
    bases = Base.objects.in_bulk([each["base"] for each in kept])
    models = VehicleModel.objects.in_bulk([each["model"] for each in kept])
    found = [
        Hindered(trips[each["trip"]], bases[each["base"]], models[each["model"]], each["what"])
        for each in kept
        if each["trip"] in trips and each["base"] in bases and each["model"] in models
    ]
    return [each for each in found if each.what != "BASE" or run.pools_used or each.base.pk == each.trip.base_id]
