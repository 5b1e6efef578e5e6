# SPDX-License-Identifier: MPL-2.0
"""How many vehicles stood at each base on each day, from the register and its history of moves."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q

from kommune3.solutions.fleet.models import Energy, Kind, Vehicle
from kommune3.solutions.fleet.models.register import Stay

CARS = (Kind.EV, Kind.FOSSIL)


class Standing(NamedTuple):
    """A vehicle at a base in [first_day, end_day); no end: still."""

    base: int
    kind: str
    is_electric: bool
    first_day: date
    end_day: date

    @property
    def is_car(self) -> bool:
        return self.kind in CARS


def standings(bases: Iterable[int], first_day: date, end_day: date) -> list[Standing]:
    """Where vehicles stood in the days [first_day, end_day), at these bases."""
    wanted = set(bases)
    stays: dict[int, list[tuple[int, date, date]]] = defaultdict(list)
    for vehicle, stay_base, stay_from, stay_to in Stay.objects.order_by("valid_from").values_list(
        "vehicle_id", "base_id", "valid_from", "valid_to"
    ):
        stays[vehicle].append((stay_base, stay_from, stay_to))
    found = []
    rows = Vehicle.objects.filter(Q(valid_to=None) | Q(valid_to__gt=first_day), valid_from__lt=end_day).order_by()
    for pk, base, kind, energy, since, until in rows.values_list(
        "pk", "base_id", "model__kind", "model__energy", "valid_from", "valid_to"
    ):
        earlier = stays.get(pk, [])
        moved_at = earlier[-1][2] if earlier else since
        for where, begins, ends in [*earlier, (base, max(since, moved_at), until or date.max)]:
            if where in wanted and begins < end_day and ends > first_day:
                found.append(Standing(where, kind, energy == Energy.ELECTRICITY, begins, ends))
    return found


def on(found: Iterable[Standing], day: date) -> list[Standing]:
    """Those that stood there on a day."""
    return [each for each in found if each.first_day <= day < each.end_day]
