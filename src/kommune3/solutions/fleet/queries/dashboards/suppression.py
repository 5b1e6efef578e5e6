# SPDX-License-Identifier: MPL-2.0
"""Which figures may be shown: none that is built on fewer than N vehicles or trips, nor one that would tell such a one.

Two rules. (1) A figure is hidden where its own basis is small, or where what is left of a larger figure the reader can
ask for (the whole unit, every type of vehicle) is small: the larger one minus this one would tell it. (2) Where figures
are shown with their total, one hidden figure alone would be the total minus the others; so the smallest shown ones are
hidden too until at least two are, and together they are not small. Nothing at all (no trips) is not small: it is shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure is built on. Lower bounds are safe: they hide too much rather than too little."""

    trips: int = 0
    vehicles: int = 0

    def __add__(self, other: "Basis") -> "Basis":
        return Basis(self.trips + other.trips, self.vehicles + other.vehicles)

    def is_small(self, fewest: int) -> bool:
        """Whether there is something, but fewer trips or vehicles than ``fewest``."""
        return (self.trips > 0 or self.vehicles > 0) and min(self.trips, self.vehicles) < fewest

    @property
    def is_empty(self) -> bool:
        return self.trips == 0 and self.vehicles == 0


@dataclass(frozen=True, slots=True)
class Part:
    """A figure's own basis, and the basis of what is left of each larger figure when this one is taken away."""

    basis: Basis
    rests: Sequence[Basis] = ()

    def is_small(self, fewest: int) -> bool:
        """Rule 1. An empty figure hides nothing, whatever is left."""
        if self.basis.is_empty:
            return False
        return self.basis.is_small(fewest) or any(rest.is_small(fewest) for rest in self.rests)


def hidden(parts: Sequence[Part], *, fewest: int, with_total: bool, same_vehicles: bool = False) -> list[bool]:
    """For each figure whether it is hidden. ``with_total``: they are shown with their sum, so rule 2 holds too.

    ``same_vehicles``: the figures may be built on the same vehicles, as those of different days are. Where all that is
    not empty is hidden in the end, the caller hides the total as well if it is small itself.
    """
    found = [part.is_small(fewest) for part in parts]
    if not with_total:
        return found
    while any(found) and _tells(parts, found, fewest, same_vehicles):
        shown = [index for index, part in enumerate(parts) if not found[index] and not part.basis.is_empty]
        if not shown:
            break
        smallest = min(shown, key=lambda index: (parts[index].basis.trips, parts[index].basis.vehicles, index))
        found[smallest] = True
    return found


def _tells(parts: Sequence[Part], found: Sequence[bool], fewest: int, same_vehicles: bool) -> bool:
    """Whether the total minus the shown figures would tell a hidden or a small one."""
    taken = [part.basis for part, is_hidden in zip(parts, found, strict=True) if is_hidden]
    vehicles = [basis.vehicles for basis in taken]
    together = Basis(sum(basis.trips for basis in taken), max(vehicles) if same_vehicles else sum(vehicles))
    return len(taken) < 2 or together.is_small(fewest)
