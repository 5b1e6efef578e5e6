# SPDX-License-Identifier: MPL-2.0
"""Which vehicles stand at some bases on a day, and which models could."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.models import Base, Trip, Vehicle, VehicleModel


@dataclass(frozen=True)
class Standing:
    """The bases with the vehicles that stand there, and the models of the catalogue that may be proposed."""

    bases: list[Base]
    vehicles: list[Vehicle]
    models: list[VehicleModel]


def standing_at(actor: Actor, bases: Sequence[Base], last_day: date) -> Standing:
    """What stands at the bases after ``last_day`` has gone, as far as the actor may see it."""
    chosen = sorted(bases, key=lambda base: base.name)
    vehicles = reach.visible(actor, Vehicle).filter(in_force(last_day + timedelta(days=1)), base__in=chosen)
    return Standing(
        chosen,
        list(vehicles.select_related("model").order_by("registration")),
        list(reach.visible(actor, VehicleModel).filter(is_offered=True)),
    )


def newest_trip_date(actor: Actor) -> date | None:
    """The day of the newest trip the actor may see; None without trips."""
    newest = reach.visible(actor, Trip).order_by("-start_at").values_list("start_at", flat=True).first()
    return None if newest is None else clock.municipal_date(newest)
