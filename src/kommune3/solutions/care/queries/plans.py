# SPDX-License-Identifier: MPL-2.0
"""A plan and its stops as they are read."""

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.models import Plan, Stop


def get_plan(*, actor: Actor, plan_id: int) -> tuple[Plan, list[Stop]]:
    """A plan with its stops in order of shift and time, those left out last. Raises ``NotVisible``."""
    plan = reach.get(actor, Plan, plan_id)
    stops = reach.visible(actor, Stop).filter(plan=plan)
    return plan, sorted(stops, key=lambda stop: (stop.shift_id is None, stop.shift_id or 0, stop.start_at, stop.pk))
