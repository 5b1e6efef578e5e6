# SPDX-License-Identifier: MPL-2.0
"""A pool, and the ways between its bases."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, Pool
from kommune3.solutions.fleet.operations.pools import EDIT, Pair, Way
from kommune3.solutions.fleet.queries.pools import PairOfBases


class PoolForm(forms.Form):
    """Name and bases of a pool."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    bases: "forms.ModelMultipleChoiceField[Base]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Bases that share vehicles"), queryset=None, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Two or more. A base can be in one pool."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, pool: Pool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bases = reach.visible(actor, Base, action=EDIT)
        free = bases.filter(pooled=None) | bases.filter(pooled__pool=pool.pk)
        self.fields["bases"].queryset = free.select_related("unit").order_by("name")  # type: ignore[attr-defined]
        if pool.pk is not None:
            self.initial = {"name": pool.name, "bases": list(pool.members.values_list("base_id", flat=True))}


class WaysForm(forms.Form):
    """Minutes and km between every two bases of a pool; both empty: the two share nothing."""

    def __init__(self, *args: Any, pairs: Sequence[PairOfBases], **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "prefix": "ways"})
        self.pairs = pairs
        for pair in pairs:
            names = {"here": pair.here.name, "there": pair.there.name}
            for field, label, digits in (
                ("minutes", _("Minutes from %(here)s to %(there)s"), 5), ("km", _("Km from %(here)s to %(there)s"), 6),
            ):  # fmt: skip
                self.fields[self._name(field, pair)] = forms.DecimalField(
                    label=label % names, required=False, min_value=0, max_digits=digits, decimal_places=1,
                    initial=getattr(pair.way, field) if pair.way else None,
                )  # fmt: skip

    @staticmethod
    def _name(field: str, pair: PairOfBases) -> str:
        return f"{field}_{pair.here.pk}_{pair.there.pk}"

    @property
    def rows(self) -> list[tuple[PairOfBases, BoundField, BoundField]]:
        """What the page shows: the two bases, minutes, km."""
        return [(pair, self[self._name("minutes", pair)], self[self._name("km", pair)]) for pair in self.pairs]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for pair in self.pairs:
            minutes, km = (values.get(self._name(field, pair)) for field in ("minutes", "km"))
            if (minutes is None) != (km is None):
                self.add_error(
                    self._name("km" if km is None else "minutes", pair), _("Give both minutes and km, or neither.")
                )
        return values

    def entered(self) -> dict[Pair, Way | None]:
        """What was entered, for the operation."""
        found: dict[Pair, Way | None] = {}
        for pair in self.pairs:
            minutes, km = (self.cleaned_data[self._name(field, pair)] for field in ("minutes", "km"))
            here, there = sorted((pair.here.pk, pair.there.pk))
            found[here, there] = None if minutes is None or km is None else Way(minutes, km)
        return found
