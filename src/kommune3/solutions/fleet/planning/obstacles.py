# SPDX-License-Identifier: MPL-2.0
"""What makes a run impossible, as plain data that is kept with it."""

from typing import Any

import fleetplan

from kommune3.solutions.fleet.planning.problem import split_class_id

EXPLAINED_TRIPS = 12_000
"""Above this many trips the busiest instant has to do: to leave trips out one by one would take too long."""
_BY_TRIPS = (fleetplan.Reason.NO_CLASS_MAY, fleetplan.Reason.TOO_MANY_AT_ONCE, fleetplan.Reason.TOGETHER)


def _explained(found: fleetplan.Explanation) -> dict[str, Any]:
    """The trips that show it, as few as they can be, and for one that no model may take why: model by model."""
    return {
        "starts_at": found.starts_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
        "trips": [int(trip) for trip in found.trip_ids],
        "models": sorted({split_class_id(each)[1] for each in found.class_ids}),
        "needed": found.needed,
        "available": found.available,
        "is_least": found.is_irreducible,
        "hindrances": [
            {"trip": int(trip), "base": base, "model": model, "what": each.hindrance.name}
            for trip, hindrances in found.hindrances
            for each in hindrances
            for base, model in (split_class_id(each.class_id),)
        ],
    }


def obstacle_of(problem: fleetplan.Problem, answer: fleetplan.Answer) -> dict[str, Any]:
    """Of an impossible problem: the reason, the instant with its trips, and the least that can be reached; else empty.

    ``reason``: a name of ``fleetplan.Reason``. ``trips``: keys. ``models``: keys of the models that may take any of
    them. ``needed``, ``available``: vehicles at that instant (``available`` None = any number). ``shortfall_kwh``: how
    much energy is short, where it is. ``least``: of a ceiling that cannot be kept, the least that can (kg or kr. a
    year) as text.
    """
    if answer.status is not fleetplan.Status.INFEASIBLE:
        return {}
    found: dict[str, Any] = {"reason": answer.reason.name if answer.reason else ""}
    if answer.stages:
        found["least"] = str(answer.stages[0].value)
    explained = fleetplan.explain(problem, answer) if len(problem.trips) <= EXPLAINED_TRIPS else None
    if explained is not None and explained.reason in _BY_TRIPS:
        return found | _explained(explained)
    witness = answer.witness
    if witness is not None and witness.trip_ids:
        found |= {
            "starts_at": witness.starts_at.isoformat(),
            "ends_at": witness.ends_at.isoformat(),
            "trips": [int(trip) for trip in witness.trip_ids],
            "models": sorted({split_class_id(each)[1] for each in witness.class_ids}),
            "needed": witness.vehicles_needed,
            "available": witness.vehicles_available,
            "shortfall_kwh": witness.shortfall_kwh,
        }
    return found
