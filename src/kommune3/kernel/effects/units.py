# SPDX-License-Identifier: MPL-2.0
"""Units of measure. Quantities of different units are never added.

Kroner are two units on purpose: cash is money the municipality does not pay, social is worth to the society (time,
climate, health) that is in nobody's account. They have no sum.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

MINUTES = "minutes"
DKK_CASH = "dkk_cash"
DKK_SOCIAL = "dkk_social"
KM = "km"
KG_CO2E = "kg_co2e"
CITIZENS = "citizens"
COUNT = "count"


class UnknownUnit(LookupError):
    """No unit of measure has this key."""


@dataclass(frozen=True)
class MeasureUnit:
    """``title`` is what is measured, ``symbol`` stands after the number, ``decimals`` is how many are shown."""

    key: str
    title: Text
    symbol: Text
    decimals: int = 0


_units: dict[str, MeasureUnit] = {}


def declare(unit: MeasureUnit) -> MeasureUnit:
    """Add a unit of measure: for a solution's ``apps.py``, while Django starts."""
    _units[unit.key] = unit
    return unit


def get(key: str) -> MeasureUnit:
    """The unit of measure with this key; raises :class:`UnknownUnit`."""
    try:
        return _units[key]
    except KeyError:
        raise UnknownUnit(key) from None


def all_units() -> list[MeasureUnit]:
    """Every declared unit, in the order of declaration."""
    return list(_units.values())


declare(MeasureUnit(MINUTES, _("Minutes"), _("min")))
declare(MeasureUnit(DKK_CASH, _("Kroner in the municipality's accounts"), _("kr.")))
declare(MeasureUnit(DKK_SOCIAL, _("Kroner for society"), _("kr. (society)")))
declare(MeasureUnit(KM, _("Kilometres"), _("km")))
declare(MeasureUnit(KG_CO2E, _("Greenhouse gas"), _("kg CO2e"), 1))
declare(MeasureUnit(CITIZENS, _("Citizens served"), _("citizens")))
declare(MeasureUnit(COUNT, _("Number"), _("pcs.")))
