# SPDX-License-Identifier: MPL-2.0
"""Named cost models. Data with sources; nothing here is a default of the engine."""

from fleetplan.problem import AllowanceTier, CostModel, Energy

COMPATIBLE_2022 = CostModel(
    price_dkk={Energy.ELECTRICITY: 2.13, Energy.PETROL: 12.33, Energy.DIESEL: 10.83, Energy.HVO: 19.84},
    co2e_kg={Energy.ELECTRICITY: 0.089, Energy.PETROL: 2.52, Energy.DIESEL: 2.98, Energy.HVO: 0.894},
    social_dkk_per_t=1500.0,
    deflator=1.04,
    allowance=(AllowanceTier(20_000.0, 3.70), AllowanceTier(None, 2.17)),
    unserved_energy=Energy.PETROL,
    unserved_energy_per_km=1 / 20.0,
    sources=(
        "Energy prices, CO2e factors, social cost, 4 % discount rate: Miljøstyrelsen / POGI, TCO tool for vehicles,",
        "as set in OS2fleetoptimiser 2.2 (May 2022)",
        "Electricity 0.089 kg/kWh: the same tool's projection, first year",
        "Mileage allowance 3.70 / 2.17 kr per km: as set in OS2fleetoptimiser 2.2 (May 2022)",
        "Unserved trips: petrol car of 20 km per litre, as set in OS2fleetoptimiser 2.2",
    ),
)
"""The figures OS2fleetoptimiser 2.2 counts with, for side-by-side runs."""
