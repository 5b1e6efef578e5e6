# SPDX-License-Identifier: MPL-2.0
"""The CPR number: ten digits, a date of birth and a serial number.

Since 2007 a valid number need not pass modulus 11 (CPR-kontoret), so only the form and the date are checked.
"""

import re
from datetime import date

from django.utils.translation import gettext as _

_FORM = re.compile(r"^(\d{2})(\d{2})(\d{2})-?(\d{4})$")


class InvalidCpr(ValueError):
    """Not a CPR number. The message never repeats the value."""


def normalised(value: str) -> str:
    """Ten digits without the hyphen; raises :class:`InvalidCpr`."""
    match = _FORM.match(value.strip())
    if match is None:
        raise InvalidCpr(_("A CPR number is ten digits, such as DDMMYY-XXXX."))
    day, month, year, serial = match.groups()
    try:
        date(_century(int(year), int(serial[0])) + int(year), int(month), int(day))
    except ValueError as error:
        raise InvalidCpr(_("The first six digits of a CPR number are a date of birth, DDMMYY.")) from error
    return day + month + year + serial


def _century(year: int, seventh: int) -> int:
    """The century that the seventh digit tells (CPR-kontoret, "Personnummeret i CPR")."""
    if seventh <= 3:
        return 1900
    if seventh in (4, 9):
        return 2000 if year <= 36 else 1900
    return 2000 if year <= 57 else 1800


def masked(cpr: str) -> str:
    """What a screen shows without a purpose: the date of birth, and the serial number hidden."""
    return f"{cpr[:6]}-••••"
