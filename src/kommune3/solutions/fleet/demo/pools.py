# SPDX-License-Identifier: MPL-2.0
"""Two pools of the demo fleet: neighbours that could share vehicles."""

from datetime import datetime

from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet.models import Base, Pool
from kommune3.solutions.fleet.operations.pools import save_pool

_POOLS = {
    "Grenaa by": ("Rådhuset Grenaa", "Sygeplejen Grenaa"),
    "Allingåbro og Ørsted": ("Hjemmeplejen Allingåbro", "Hjemmeplejen Ørsted"),
}


def seed_pools(*, now: datetime) -> None:
    """Put the pools in; the ways are estimated as those of any pool are."""
    for name, bases in _POOLS.items():
        found = list(Base.objects.filter(name__in=bases).select_related("unit", "address").order_by("name"))
        save_pool(actor=system("fleet.demo"), now=now, pool=Pool(), name=name, bases=found)
