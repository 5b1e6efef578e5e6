# SPDX-License-Identifier: MPL-2.0
"""Caps on what a plan may leave unserved, emit and cost: whether they are kept, and which of them cannot be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from fleetplan.answer import Reason, Stage, Totals
from fleetplan.problem import Goal, Objective, Problem

CENT = 0.01
"""What rounding to whole øre may add to a figure in kroner: a cap is kept by the figures shown."""
_HALF_A_HUNDREDTH_KG = 0.005


def obeys_caps(objective: Objective, totals: Totals) -> bool:
    """Whether a plan keeps within what may stay unserved, be emitted and be paid."""
    return (
        (objective.max_unserved is None or totals.unserved_trips <= objective.max_unserved)
        and (objective.max_co2e_kg is None or float(totals.co2e_kg) <= objective.max_co2e_kg + _HALF_A_HUNDREDTH_KG)
        and (objective.max_cash_dkk is None or float(totals.cash_dkk) <= objective.max_cash_dkk + CENT)
    )


def reachable_tiers(problem: Problem, job_km: NDArray[np.float64]) -> range:
    """The allowance rates that yearly unserved km can come to. ``job_km``: km of each job in the period."""
    objective, tiers = problem.objective, problem.costs.allowance
    if objective.max_unserved == 0:
        return range(1)
    most = float(job_km.sum()) * problem.yearly
    if objective.max_unserved is not None:
        most = float(np.sort(job_km)[::-1][: objective.max_unserved].sum()) * problem.yearly
    return range(1 + sum(1 for tier in tiers[:-1] if tier.up_to_km_year is not None and tier.up_to_km_year < most))


def broken_cap(
    problem: Problem, attempt: Callable[[Problem], tuple[Stage, ...] | None]
) -> tuple[Reason, tuple[Stage, ...]] | None:
    """Which cap on CO2e or cash no plan can keep, with the least that can be reached; None where they are not to blame.

    ``attempt`` solves a problem and gives its stages, None where it is infeasible. The caller has shown that
    ``problem`` is infeasible.
    """
    asked = problem.objective
    greenest = Objective.in_order(Goal.CO2E, max_unserved=asked.max_unserved)
    cheapest = Objective.in_order(Goal.CASH, max_unserved=asked.max_unserved)
    tried = [
        (reason, cap, alone)
        for reason, cap, alone in (
            (Reason.CO2E_CAP, asked.max_co2e_kg, greenest),
            (Reason.CASH_CAP, asked.max_cash_dkk, cheapest),
        )
        if cap is not None
    ]
    if asked.max_cash_dkk is not None and len(tried) > 1:
        together = replace(cheapest, max_co2e_kg=asked.max_co2e_kg)
        tried.append((Reason.BOTH_CAPS, asked.max_cash_dkk, together))
    found: tuple[Reason, tuple[Stage, ...]] | None = None
    for reason, cap, objective in tried:
        stages = attempt(replace(problem, objective=objective))
        if stages is None:
            break
        found = reason, stages
        if stages and stages[0].bound is not None and float(stages[0].bound) > cap:
            break
    return found
