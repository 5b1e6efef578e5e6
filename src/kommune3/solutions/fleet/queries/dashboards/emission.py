# SPDX-License-Identifier: MPL-2.0
"""CO2e of what was driven: km x the model's consumption x the factor in force on the day.

What nobody has told is not guessed: a figure that needs it is not shown, and the page says what is missing and where
to tell it. With ``selection.known_only`` the reader asks for the part that can be counted.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models import Energy, Rate, RateKind, VehicleModel
from kommune3.solutions.fleet.planning.rates import rates_in_force
from kommune3.solutions.fleet.queries.dashboards.answers import Answer, Column, Missing, Parameter, Told
from kommune3.solutions.fleet.queries.dashboards.driving import km_of, summed
from kommune3.solutions.fleet.queries.dashboards.loading import TOTAL, Gathered, UseRow, gather
from kommune3.solutions.fleet.queries.dashboards.selection import Selection
from kommune3.solutions.fleet.queries.rates import exact

COLUMNS = (
    Column("co2e_kg", gettext_lazy("CO2e"), "kg", 0),
    Column("km", gettext_lazy("Km counted"), "km", 0, drawn=False),
)
Lack = tuple[str, int | str]
"""What is missing: ("vehicle", ""), ("model", its number) or ("rate", its kind)."""


def factor_of(energy: str) -> RateKind:
    """The rate that says what a unit of an energy emits."""
    return RateKind(f"CO2E_{energy}")


class Factors:
    """The default set's CO2e factors, day by day."""

    def __init__(self) -> None:
        kinds = [factor_of(energy) for energy in Energy if energy != Energy.NONE]
        self._rates = list(Rate.objects.filter(rate_set__is_default=True, kind__in=kinds))
        self._of_day: dict[tuple[str, date], Rate | None] = {}

    def cuts(self, selection: Selection) -> list[date]:
        """The days within the selection on which a factor changes."""
        changes = {day for rate in self._rates for day in (rate.valid_from, rate.valid_to) if day is not None}
        return sorted(day for day in changes if selection.first_day < day < selection.end_day)

    def rate(self, energy: str, day: date) -> Rate | None:
        """The factor in force on a day."""
        if (energy, day) not in self._of_day:
            self._of_day[energy, day] = rates_in_force(self._rates, day).get(factor_of(energy))
        return self._of_day[energy, day]

    def lack(self, row: UseRow) -> Lack | None:
        """What is not known of a row, if anything."""
        if not row.metres:
            return None
        if row.model is None:
            return "vehicle", ""
        if row.model.energy == Energy.NONE:
            return None
        if row.model.energy_per_km is None:
            return "model", row.model.pk
        rate = self.rate(row.model.energy, row.day)
        return ("rate", factor_of(row.model.energy).value) if rate is None or rate.value is None else None

    def kg(self, row: UseRow) -> float:
        """The CO2e in kg of a row of which nothing is lacking."""
        model = row.model
        if not row.metres or model is None or model.energy == Energy.NONE:
            return 0.0
        rate = self.rate(model.energy, row.day)
        assert rate is not None and rate.value is not None and model.energy_per_km is not None
        return row.metres / 1000 * float(model.energy_per_km * rate.value)


def co2e(selection: Selection, fewest: int) -> Answer:
    """Kg of CO2e."""
    factors = Factors()

    def counts(rows: Sequence[UseRow], few: bool) -> tuple[Told, ...]:
        known = [row for row in rows if factors.lack(row) is None]
        unknown = len(known) < len(rows) and not selection.known_only
        return (
            Told.of(sum(map(factors.kg, known)), few=few, unknown=unknown),
            Told.of(km_of(known), few=few),
        )

    both = gather(selection, cuts=factors.cuts(selection))
    return summed(
        both, fewest, COLUMNS, counts, missing=missing(both.now, factors, fewest),
        parameters=parameters(both.now.rows(TOTAL), factors),
    )  # fmt: skip


def missing(gathered: Gathered, factors: Factors, fewest: int) -> list[Missing]:
    """What is not known, with the km it concerns, most first."""
    found: dict[Lack, list[UseRow]] = {}
    for row in gathered.rows(TOTAL):
        lack = factors.lack(row)
        if lack is not None:
            found.setdefault(lack, []).append(row)
    told = []
    for (kind, _what), rows in sorted(found.items(), key=lambda item: -km_of(item[1])):
        chosen = {id(row) for row in rows}
        few = gathered.basis(TOTAL, lambda row, chosen=chosen: id(row) in chosen).is_small(fewest)  # type: ignore[misc]
        km = Told.of(km_of(rows), few=few)
        model = rows[0].model
        if model is None:
            told.append(Missing(_("The vehicle of some trips"), km, "fleet:imports"))
        elif kind == "model":
            told.append(Missing(_("Consumption of %(model)s") % {"model": model.name}, km, "fleet:model", model.pk))
        else:
            told.append(Missing(factor_of(model.energy).label, km, "fleet:rates"))
    return told


def parameters(rows: Iterable[UseRow], factors: Factors) -> list[Parameter]:
    """Every factor and consumption counted with, with source and validity."""
    used: dict[int, Rate] = {}
    models: dict[int, VehicleModel] = {}
    for row in rows:
        if row.model is not None and row.model.energy != Energy.NONE and factors.lack(row) is None:
            models[row.model.pk] = row.model
            rate = factors.rate(row.model.energy, row.day)
            if rate is not None:
                used[rate.pk] = rate
    return [
        *(
            Parameter(
                rate.get_kind_display(), exact(rate.value or Decimal(0)), rate.source, rate.valid_from, rate.valid_to,
                "fleet:rate", rate.pk,
            )
            for rate in sorted(used.values(), key=lambda each: (each.kind, each.valid_from or date.min))
        ),
        *(
            Parameter(
                _("Consumption of %(model)s, %(unit)s per km")
                % {"model": model.name, "unit": _("kWh") if model.energy == Energy.ELECTRICITY else _("litres")},
                exact(model.energy_per_km or Decimal(0)), model.source, model.figures_from, model.figures_to,
                "fleet:model", model.pk,
            )
            for model in sorted(models.values(), key=lambda each: each.name)
        ),
    ]  # fmt: skip
