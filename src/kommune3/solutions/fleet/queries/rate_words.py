# SPDX-License-Identifier: MPL-2.0
"""What each rate is counted in and what it is used for, one sentence each. A test sees to it that none is missing."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.models import RateKind


@dataclass(frozen=True)
class RateWords:
    """``counts_in``: which of the two cost views the rate is part of, empty where it is in neither."""

    unit: Promise
    used_for: Promise
    counts_in: Promise


_CASH, _SOCIAL, _CO2E, _NONE = _("Cash"), _("Social cost"), _("CO2e"), _("Not in a plan's figures")
_PRICE = _("Times the consumption per km and the km driven: the energy in a plan's cash cost.")
_FACTOR = _("Times the consumption per km and the km driven: a plan's CO2e in kg.")
_ALLOWANCE = _("What an unserved trip costs: an employee drives it in an own car and is paid per km.")

WORDS: dict[RateKind, RateWords] = {
    RateKind.PRICE_ELECTRICITY: RateWords(_("kr. per kWh"), _PRICE, _CASH),
    RateKind.PRICE_PETROL: RateWords(_("kr. per litre"), _PRICE, _CASH),
    RateKind.PRICE_DIESEL: RateWords(_("kr. per litre"), _PRICE, _CASH),
    RateKind.PRICE_HVO: RateWords(_("kr. per litre"), _PRICE, _CASH),
    RateKind.CO2E_ELECTRICITY: RateWords(_("kg CO2e per kWh"), _FACTOR, _CO2E),
    RateKind.CO2E_PETROL: RateWords(
        _("kg CO2e per litre"),
        _("Times the consumption per km and the km driven: a plan's CO2e in kg; also of employees' own cars."), _CO2E,
    ),
    RateKind.CO2E_DIESEL: RateWords(_("kg CO2e per litre"), _FACTOR, _CO2E),
    RateKind.CO2E_HVO: RateWords(_("kg CO2e per litre"), _FACTOR, _CO2E),
    RateKind.SOCIAL_DKK_PER_T: RateWords(
        _("kr. per tonne CO2e"),
        _("Times a plan's CO2e: what the emission costs society. Shown beside cash and never added to it."), _SOCIAL,
    ),
    RateKind.DEFLATOR: RateWords(
        _("divisor"), _("Energy and social cost are divided by it, so that older prices are counted in today's money."),
        _("Cash and social cost, each by itself"),
    ),
    RateKind.ALLOWANCE_HIGH: RateWords(_("kr. per km"), _ALLOWANCE, _CASH),
    RateKind.ALLOWANCE_LOW: RateWords(
        _("kr. per km"), _("As the high rate, for the km above the yearly limit."), _CASH,
    ),
    RateKind.ALLOWANCE_LIMIT_KM: RateWords(
        _("km a year"), _("Where the high rate of the mileage allowance ends and the low one begins."), _CASH,
    ),
    RateKind.ALLOWANCE_CYCLE: RateWords(
        _("kr. per km"),
        _("What an employee is paid for cycling on an own bicycle. For comparison with the municipality's bikes."),
        _NONE,
    ),
    RateKind.OWN_CAR_KM_PER_LITRE: RateWords(
        _("km per litre"), _("How far an employee's own petrol car goes: the CO2e of unserved trips."), _CO2E,
    ),
}  # fmt: skip
