# SPDX-License-Identifier: MPL-2.0
"""What care routes do when something has happened."""

from kommune3.kernel import events
from kommune3.solutions.care import proving
from kommune3.solutions.care.operations.plans import PUBLISHED


@events.on(PUBLISHED)
def prove_the_gain(published: events.Published) -> None:
    """A plan was announced: what it gains is counted and entered in the ledger."""
    proving.start_proving(plan_id=published.payload["plan_id"], now=published.at)
