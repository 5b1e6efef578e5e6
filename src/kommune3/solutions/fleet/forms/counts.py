# SPDX-License-Identifier: MPL-2.0
"""Numbers of vehicles per model and base: of a simulation, or the limits and locks of an optimisation."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models import Base, Vehicle, VehicleModel

Place = tuple[int, int]
MOST_VEHICLES = 999


@dataclass(frozen=True)
class Row:
    """A model at a base: how many there are today, and its fields."""

    model: VehicleModel
    today: int
    fields: list[BoundField]


@dataclass
class Group:
    """A base with its models: those that stand there today first, then the rest of the catalogue."""

    base: Base
    standing: list[Row] = field(default_factory=list)
    others: list[Row] = field(default_factory=list)
    locks: list[BoundField] = field(default_factory=list)

    @property
    def today(self) -> int:
        """Vehicles today."""
        return sum(row.today for row in self.standing)


class _PlacesForm(forms.Form):
    """A form with fields for each model at each base. ``vehicles``: those that stand at the bases."""

    def __init__(
        self, *args: Any, bases: Sequence[Base], models: Iterable[VehicleModel], vehicles: Sequence[Vehicle],
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **{**kwargs, "prefix": "fleet"})
        self.bases = bases
        self.vehicles = vehicles
        self.today = Counter((vehicle.base_id, vehicle.model_id) for vehicle in vehicles)
        self.models = {model.pk: model for model in models} | {each.model_id: each.model for each in vehicles}
        for base in bases:
            for model in sorted(self.models.values(), key=lambda each: each.name):
                self.add_fields(base, model)

    def add_fields(self, base: Base, model: VehicleModel) -> None:
        """The fields of a model at a base."""
        raise NotImplementedError

    def fields_of(self, place: Place) -> list[BoundField]:
        """The bound fields of a model at a base."""
        raise NotImplementedError

    def locks_of(self, base: Base) -> list[BoundField]:
        """The bound fields of the base's single vehicles."""
        return []

    @property
    def groups(self) -> list[Group]:
        """What the page shows: base by base."""
        found = []
        for base in self.bases:
            group = Group(base, locks=self.locks_of(base))
            for model in sorted(self.models.values(), key=lambda each: each.name):
                place = (base.pk, model.pk)
                row = Row(model, self.today[place], self.fields_of(place))
                (group.standing if row.today or self.is_used(place) else group.others).append(row)
            found.append(group)
        return found

    def is_used(self, place: Place) -> bool:
        """Whether something other than nothing is said of a model at a base."""
        return False


class CountsForm(_PlacesForm):
    """How many of each model a simulation has. ``counts``: what stands in the fields at first; None: as today."""

    def __init__(self, *args: Any, counts: Mapping[Place, int] | None = None, **kwargs: Any) -> None:
        self.counts = counts
        super().__init__(*args, **kwargs)

    def add_fields(self, base: Base, model: VehicleModel) -> None:
        place = (base.pk, model.pk)
        self.fields[_name("count", place)] = forms.IntegerField(
            label=f"{base.name}: {model.name}", min_value=0, max_value=MOST_VEHICLES, required=False,
            initial=(self.today if self.counts is None else self.counts).get(place, 0),
            widget=_number(f"{base.name}: {model.name}", stepper=True),
        )  # fmt: skip

    def fields_of(self, place: Place) -> list[BoundField]:
        return [self[_name("count", place)]]

    def is_used(self, place: Place) -> bool:
        return bool(self.counts and self.counts.get(place))

    def chosen(self) -> dict[Place, int]:
        """Model at base -> vehicles, those with none included where some stand there today."""
        found = {}
        for base in self.bases:
            for model in self.models:
                count = self.cleaned_data.get(_name("count", (base.pk, model))) or 0
                if count or self.today[base.pk, model]:
                    found[base.pk, model] = count
        return found


class RangesForm(_PlacesForm):
    """Least and most of each model at each base, and which vehicles a proposal must keep.

    ``ranges``: model at base -> (least, most) at first. ``locked``: keys of the vehicles kept; None: as registered.
    """

    def __init__(
        self, *args: Any, ranges: Mapping[Place, tuple[int, int | None]] | None = None,
        locked: Collection[int] | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.ranges = ranges or {}
        super().__init__(*args, **kwargs)
        for vehicle in self.vehicles:
            self.fields[f"lock_{vehicle.pk}"] = forms.BooleanField(
                label=f"{vehicle.registration} ({vehicle.model.name})", required=False,
                initial=vehicle.is_locked if locked is None else vehicle.pk in locked,
            )  # fmt: skip

    def add_fields(self, base: Base, model: VehicleModel) -> None:
        place = (base.pk, model.pk)
        least, most = self.ranges.get(place, (None, None))
        told = {"place": f"{base.name}: {model.name}"}
        for name, value, label in (
            ("min", least or None, _("%(place)s, at least") % told), ("max", most, _("%(place)s, at most") % told),
        ):  # fmt: skip
            self.fields[_name(name, place)] = forms.IntegerField(
                label=label, min_value=0, max_value=MOST_VEHICLES, required=False, initial=value, widget=_number(label)
            )

    def fields_of(self, place: Place) -> list[BoundField]:
        return [self[_name("min", place)], self[_name("max", place)]]

    def locks_of(self, base: Base) -> list[BoundField]:
        return [self[f"lock_{vehicle.pk}"] for vehicle in self.vehicles if vehicle.base_id == base.pk]

    def is_used(self, place: Place) -> bool:
        return place in self.ranges

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for base in self.bases:
            for model in self.models:
                least, most = (values.get(_name(name, (base.pk, model))) for name in ("min", "max"))
                if least is not None and most is not None and most < least:
                    self.add_error(_name("max", (base.pk, model)), gettext_lazy("The most is less than the least."))
        return values

    def chosen(self) -> dict[Place, tuple[int, int | None]]:
        """Model at base -> (least, most), only where something is said."""
        found = {}
        for base in self.bases:
            for model in self.models:
                least, most = (self.cleaned_data.get(_name(name, (base.pk, model))) for name in ("min", "max"))
                if least or most is not None:
                    found[base.pk, model] = (least or 0, most)
        return found

    def locked(self) -> list[int]:
        """The vehicles to keep."""
        return [vehicle.pk for vehicle in self.vehicles if self.cleaned_data.get(f"lock_{vehicle.pk}")]


def _name(what: str, place: Place) -> str:
    return f"{what}_{place[0]}_{place[1]}"


def _number(label: str, *, stepper: bool = False) -> forms.NumberInput:
    attributes = {"aria-label": label, "inputmode": "numeric"}
    return forms.NumberInput(attrs=attributes | ({"data-k3-stepper": ""} if stepper else {}))
