# SPDX-License-Identifier: MPL-2.0
"""The rate sets that come with the solution: data with its sources. Read by the first migration of rates only.

What nobody has told us, today's energy prices above all, is there as an empty value to be filled in.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Seeded(NamedTuple):
    """A rate as it is first written. An empty value is one that the municipality has to tell."""

    kind: str
    value: Decimal | None
    source: str
    valid_from: date | None = None
    valid_to: date | None = None


_TCO = "Miljøstyrelsen/POGI, TCO-værktøj for køretøjer, som OS2fleetoptimiser 2.2 bruger det (maj 2022)"
_PEER = "OS2fleetoptimiser 2.2 (maj 2022)"

COMPARISON_NAME = "Sammenligning 2022"
COMPARISON_TEXT = (
    "De satser, OS2fleetoptimiser 2.2 regner med. Bruges til at sammenligne de to systemer på de samme "
    "ture, ikke til budgetter."
)
COMPARISON: tuple[Seeded, ...] = (
    Seeded("PRICE_ELECTRICITY", Decimal("2.13"), _TCO),
    Seeded("PRICE_PETROL", Decimal("12.33"), _TCO),
    Seeded("PRICE_DIESEL", Decimal("10.83"), _TCO),
    Seeded("PRICE_HVO", Decimal("19.84"), _TCO),
    Seeded("CO2E_ELECTRICITY", Decimal("0.089"), _TCO),
    Seeded("CO2E_PETROL", Decimal("2.52"), _TCO),
    Seeded("CO2E_DIESEL", Decimal("2.98"), _TCO),
    Seeded("CO2E_HVO", Decimal("0.894"), _TCO),
    Seeded("SOCIAL_DKK_PER_T", Decimal("1500"), _TCO),
    Seeded("DEFLATOR", Decimal("1.04"), _TCO),
    Seeded("ALLOWANCE_HIGH", Decimal("3.70"), _PEER),
    Seeded("ALLOWANCE_LOW", Decimal("2.17"), _PEER),
    Seeded("ALLOWANCE_LIMIT_KM", Decimal("20000"), _PEER),
    Seeded("OWN_CAR_KM_PER_LITRE", Decimal("20"), _PEER),
)

OWN_NAME = "Kommunens satser"
OWN_TEXT = (
    "Kommunens egne priser. Kørselsgodtgørelsen er udfyldt; energipriser og CO2e-faktorer skal kommunen selv oplyse."
)
_MILEAGE = (
    (date(2022, 5, 1), date(2023, 1, 1), "3.70", "2.17", "dmogt.dk, efterskolerne.dk"),
    (date(2023, 1, 1), date(2024, 1, 1), "3.73", "2.19", "dmogt.dk, 035.dk"),
    (date(2024, 1, 1), date(2025, 1, 1), "3.79", "2.23", "dlf.org, kreds15.org"),
    (date(2025, 1, 1), date(2026, 1, 1), "3.81", "2.23", "driversnote.dk, tekniq.dk"),
    (date(2026, 1, 1), None, "3.94", "2.28", "tekniq.dk"),
)
_MILEAGE_RULE = "Skatterådets satser for erhvervsmæssig kørsel i egen bil: grænse pr. medarbejder pr. år"
_TO_BE_TOLD = (
    "PRICE_ELECTRICITY", "PRICE_PETROL", "PRICE_DIESEL", "PRICE_HVO",
    "CO2E_ELECTRICITY", "CO2E_PETROL", "CO2E_DIESEL", "CO2E_HVO",
    "SOCIAL_DKK_PER_T", "OWN_CAR_KM_PER_LITRE",
)  # fmt: skip
OWN: tuple[Seeded, ...] = (
    *(Seeded("ALLOWANCE_HIGH", Decimal(high), source, since, until) for since, until, high, _low, source in _MILEAGE),
    *(Seeded("ALLOWANCE_LOW", Decimal(low), source, since, until) for since, until, _high, low, source in _MILEAGE),
    Seeded("ALLOWANCE_LIMIT_KM", Decimal("20000"), _MILEAGE_RULE),
    Seeded("DEFLATOR", Decimal("1"), "Ingen omregning: beløb i årets priser"),
    *(Seeded(kind, None, "") for kind in _TO_BE_TOLD),
)
