# SPDX-License-Identifier: MPL-2.0
"""Where the demo fleet stands and what it consists of. Invented; no figure is a quote for a real vehicle."""

from dataclasses import dataclass
from enum import StrEnum


class Work(StrEnum):
    """What a base's vehicles are used for; each has its own rhythm (``year``)."""

    HOME_CARE = "home care"
    NURSING = "nursing"
    TECHNICAL = "technical"
    POOL = "pool"


@dataclass(frozen=True)
class BasePlan:
    """A base: the demo unit it belongs to, its town, what it is used for, and model -> number of vehicles."""

    name: str
    unit: str
    town: str
    street: str
    work: Work
    vehicles: dict[str, int]


SMALL_EV, LARGE_EV, SMALL_PETROL, DIESEL_VAN, ELECTRIC_VAN, E_BIKE = (
    "Lille elbil", "Stor elbil", "Lille benzinbil", "Dieselvarevogn", "Elvarevogn", "Elcykel",
)  # fmt: skip
TOWBAR = "anhængertræk"
_SOURCE = "Opdigtet tal til demonstration"

MODELS: dict[str, dict[str, object]] = {
    SMALL_EV: {"kind": "EV", "energy": "ELECTRICITY", "energy_per_km": "0.15500", "fixed_dkk_year": "42000",
               "range_km": 300, "winter_range_km": 210, "battery_kwh": "50", "charge_kw": "11", "rest_hours": "7",
               "seats": 5, "contract_km_year": 15_000, "excess_dkk_per_km": "0.75", "refund_dkk_per_km": "0.20"},
    LARGE_EV: {"kind": "EV", "energy": "ELECTRICITY", "energy_per_km": "0.18500", "fixed_dkk_year": "54000",
               "range_km": 400, "winter_range_km": 290, "battery_kwh": "75", "charge_kw": "11", "rest_hours": "7",
               "seats": 5, "contract_km_year": 20_000, "excess_dkk_per_km": "0.75", "refund_dkk_per_km": "0.20"},
    SMALL_PETROL: {"kind": "FOSSIL", "energy": "PETROL", "energy_per_km": "0.04500", "fixed_dkk_year": "36000",
                   "seats": 5},
    DIESEL_VAN: {"kind": "FOSSIL", "energy": "DIESEL", "energy_per_km": "0.07200", "fixed_dkk_year": "58000",
                 "seats": 3, "capabilities": [TOWBAR]},
    ELECTRIC_VAN: {"kind": "EV", "energy": "ELECTRICITY", "energy_per_km": "0.26000", "fixed_dkk_year": "66000",
                   "range_km": 250, "winter_range_km": 170, "battery_kwh": "75", "charge_kw": "11", "rest_hours": "7",
                   "seats": 3, "capabilities": [TOWBAR]},
    E_BIKE: {"kind": "E_BIKE", "energy": "NONE", "energy_per_km": "0", "fixed_dkk_year": "4500", "range_km": 50},
}  # fmt: skip
for _model in MODELS.values():
    _model["source"] = _SOURCE

BASES = (
    BasePlan("Hjemmeplejen Grenaa", "hjemmepleje-grenaa", "Grenaa", "Parkvej 110", Work.HOME_CARE,
             {SMALL_EV: 6, SMALL_PETROL: 8}),
    BasePlan("Hjemmeplejen Auning", "hjemmepleje-auning", "Auning", "Nørregade 114", Work.HOME_CARE,
             {SMALL_EV: 3, SMALL_PETROL: 6}),
    BasePlan("Hjemmeplejen Allingåbro", "hjemmepleje-allingaabro", "Allingåbro", "Kirkevej 108", Work.HOME_CARE,
             {SMALL_EV: 2, SMALL_PETROL: 4}),
    BasePlan("Hjemmeplejen Ørsted", "hjemmepleje-allingaabro", "Ørsted", "Skolegade 104", Work.HOME_CARE,
             {SMALL_PETROL: 5}),
    BasePlan("Hjemmeplejen Glesborg", "hjemmepleje-glesborg", "Glesborg", "Stationsvej 112", Work.HOME_CARE,
             {SMALL_EV: 2, SMALL_PETROL: 5}),
    BasePlan("Sygeplejen Grenaa", "sygepleje", "Grenaa", "Parkvej 112", Work.NURSING, {SMALL_EV: 3, LARGE_EV: 3}),
    BasePlan("Vej og Park Grenaa", "vej-park", "Grenaa", "Havnevej 142", Work.TECHNICAL,
             {DIESEL_VAN: 7, ELECTRIC_VAN: 1}),
    BasePlan("Rådhuset Grenaa", "service-it", "Grenaa", "Torvet 101", Work.POOL, {LARGE_EV: 2, SMALL_PETROL: 3}),
)  # fmt: skip
