# SPDX-License-Identifier: MPL-2.0
"""The rates in force on a day as the engine's cost model, and a copy of each for the record."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import fleetplan
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import Energy, Rate, RateKind

_PRICE = {
    Energy.ELECTRICITY: RateKind.PRICE_ELECTRICITY,
    Energy.PETROL: RateKind.PRICE_PETROL,
    Energy.DIESEL: RateKind.PRICE_DIESEL,
    Energy.HVO: RateKind.PRICE_HVO,
}
_CO2E = {
    Energy.ELECTRICITY: RateKind.CO2E_ELECTRICITY,
    Energy.PETROL: RateKind.CO2E_PETROL,
    Energy.DIESEL: RateKind.CO2E_DIESEL,
    Energy.HVO: RateKind.CO2E_HVO,
}
_ALWAYS = (
    RateKind.SOCIAL_DKK_PER_T, RateKind.DEFLATOR, RateKind.ALLOWANCE_HIGH, RateKind.ALLOWANCE_LOW,
    RateKind.ALLOWANCE_LIMIT_KM, RateKind.OWN_CAR_KM_PER_LITRE, RateKind.PRICE_PETROL, RateKind.CO2E_PETROL,
)  # fmt: skip


@dataclass(frozen=True)
class UsedRate:
    """A rate as a run counted with it."""

    kind: str
    value: Decimal
    source: str
    valid_from: date | None
    valid_to: date | None

    def as_json(self) -> dict[str, str | None]:
        """For keeping with the run."""
        return {
            "kind": self.kind,
            "value": str(self.value.normalize()),
            "source": self.source,
            "valid_from": self.valid_from.isoformat() if self.valid_from else None,
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
        }


def rates_in_force(rates: Iterable[Rate], on: date) -> dict[str, Rate]:
    """Kind -> the rate in force on a day; a rate with a beginning goes before one without."""
    found: dict[str, Rate] = {}
    for rate in sorted(rates, key=lambda each: each.valid_from or date.min):
        if (rate.valid_from is None or rate.valid_from <= on) and (rate.valid_to is None or on < rate.valid_to):
            found[rate.kind] = rate
    return found


def cost_model(
    rates: Iterable[Rate], *, on: date, energies: Iterable[str]
) -> tuple[fleetplan.CostModel, list[UsedRate]]:
    """The engine's cost model from the rates in force on a day, and the rates it uses.

    ``energies``: what the fleet may be fed with. Raises :class:`InvalidRun` that names every rate without a value.
    """
    in_force = rates_in_force(rates, on)
    fuels = sorted(set(energies) - {Energy.NONE})
    kinds = list(dict.fromkeys([*_ALWAYS, *(table[Energy(fuel)] for fuel in fuels for table in (_PRICE, _CO2E))]))
    missing = [str(RateKind(kind).label) for kind in kinds if kind not in in_force or in_force[kind].value is None]
    if missing:
        raise InvalidRun(
            _(
                "These rates are not filled in on %(date)s: %(rates)s. Fill them in under Rates, or choose another set "
                "of rates."
            )
            % {"date": on.strftime("%d-%m-%Y"), "rates": "; ".join(missing)}
        )
    used = {kind: Decimal(in_force[kind].value or 0) for kind in kinds}
    model = fleetplan.CostModel(
        price_dkk={_engine(fuel): float(used[_PRICE[Energy(fuel)]]) for fuel in {*fuels, Energy.PETROL.value}},
        co2e_kg={_engine(fuel): float(used[_CO2E[Energy(fuel)]]) for fuel in {*fuels, Energy.PETROL.value}},
        social_dkk_per_t=float(used[RateKind.SOCIAL_DKK_PER_T]),
        deflator=float(used[RateKind.DEFLATOR]),
        allowance=(
            fleetplan.AllowanceTier(float(used[RateKind.ALLOWANCE_LIMIT_KM]), float(used[RateKind.ALLOWANCE_HIGH])),
            fleetplan.AllowanceTier(None, float(used[RateKind.ALLOWANCE_LOW])),
        ),
        unserved_energy=fleetplan.Energy.PETROL,
        unserved_energy_per_km=1 / float(used[RateKind.OWN_CAR_KM_PER_LITRE]),
        sources=tuple(dict.fromkeys(in_force[kind].source for kind in kinds if in_force[kind].source)),
    )
    record = [
        UsedRate(kind, used[kind], in_force[kind].source, in_force[kind].valid_from, in_force[kind].valid_to)
        for kind in kinds
    ]
    return model, record


def _engine(energy: str) -> fleetplan.Energy:
    return fleetplan.Energy[energy]
