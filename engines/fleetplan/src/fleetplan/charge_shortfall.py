# SPDX-License-Identifier: MPL-2.0
"""Where chargers cannot give what trips use: how many kWh are short, by when, and which trips use them."""

import numpy as np

from fleetplan.answer import Witness
from fleetplan.charge_model import Bay, ChargingModel
from fleetplan.cliques import maximal_cliques
from fleetplan.instants import instant
from fleetplan.mip import INF, Mip, Rows, solve_mip

_KWH = 1e-3
_HIGH = 1e-7
"""What a kWh held for an hour counts for: all charge as early as they can, so that the first shortage is true."""


def shortfall(model: ChargingModel) -> Witness | None:
    """The base that lacks most energy even if its vehicles could share it; None where energy is not what is short."""
    bays, hours = model.bays, len(model.hours)
    lack = model.columns + np.arange(len(bays))
    lower = np.concatenate([model.lower, np.zeros(len(bays))])
    upper = np.concatenate([model.upper, np.full(len(bays), INF)])
    cost = np.zeros(len(lower))
    cost[lack] = 1.0
    blocks = [model.base]
    for number, bay in enumerate(bays):
        levels = _levels(bay, hours)
        lower[levels] = -INF
        cost[levels] = -_HIGH
        for level in levels:
            blocks.append(Rows.one(np.array([level, lack[number]]), np.ones(2), lower=0.0, upper=INF))
    relaxed = _without_end(model, Rows.stacked(blocks))
    ends = [
        Rows.one(
            np.array([_levels(bay, hours)[-1], lack[number], model.pairs + bay.class_index]),
            np.array([1.0, 1.0, -bay.battery.usable_kwh * model.charging.start_share]),
            lower=0.0,
            upper=INF,
        )
        for number, bay in enumerate(bays)
    ]
    mip = Mip(cost, lower, upper, Rows.stacked([relaxed, *ends]), continuous=len(cost))
    x = solve_mip(mip, seconds=60.0).x
    if x is None or not len(bays) or float(x[lack].max()) < _KWH:
        return None
    worst = int(np.argmax(x[lack]))
    return _witness(model, bays[worst], x, float(x[lack[worst]]))


def _levels(bay: Bay, hours: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return bay.first + len(bay.chargers) * hours + np.arange(hours + 1, dtype=np.int64)


def _without_end(model: ChargingModel, rows: Rows) -> Rows:
    """The rows that demand as much at the end as at the start, lifted: they come back with a lack allowed."""
    lower = rows.lower.copy()
    lower[model.end_rows] = -INF
    return Rows(rows.start, rows.index, rows.value, lower, rows.upper)


def _witness(model: ChargingModel, bay: Bay, x: np.ndarray[tuple[int], np.dtype[np.float64]], lack: float) -> Witness:
    level = x[_levels(bay, len(model.hours))]
    started = bay.battery.usable_kwh * model.charging.start_share * x[model.pairs + bay.class_index]
    at = np.flatnonzero(level <= -lack + _KWH)
    last = int(at[0]) if len(at) else len(level) - 1
    full = bay.battery.usable_kwh * x[model.pairs + bay.class_index]
    before = np.flatnonzero(level[:last] >= min(full, max(started, _KWH)) - _KWH)
    since = int(before[-1]) if len(before) else 0
    opens, closes = int(model.edges[since]), int(model.edges[last])
    jobs = model.jobs
    taken = model.pair_job[np.flatnonzero((model.pair_class == bay.class_index) & (x[: model.pairs] > _KWH))]
    members = taken[(jobs.start[taken] >= opens) & (jobs.start[taken] <= closes)]
    trips = model.problem.trips
    return Witness(
        starts_at=instant(opens),
        ends_at=instant(closes),
        trip_ids=tuple(trips[i].id for job in members for i in jobs.trips[job]),
        class_ids=(model.problem.classes[bay.class_index].id,),
        vehicles_needed=maximal_cliques(jobs.start[members], jobs.release[members]).largest,
        shortfall_kwh=round(lack, 3),
    )
