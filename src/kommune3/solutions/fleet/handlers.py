# SPDX-License-Identifier: MPL-2.0
"""What the fleet does when something has happened."""

from kommune3.kernel import events
from kommune3.solutions.fleet import nightly
from kommune3.solutions.fleet.operations.daily import CHANGED


@events.on(CHANGED)
def count_the_days(published: events.Published) -> None:
    """Trips came or went: their days are counted anew."""
    nightly.start_recount(key=str(published.id), now=published.at)
