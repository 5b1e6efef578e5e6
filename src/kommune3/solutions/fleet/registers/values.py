# SPDX-License-Identifier: MPL-2.0
"""A value in its three forms: as a file writes it, as one plain text that can be compared, and as a row keeps it.

The plain text is neutral: decimal point, dates as 2026-03-01, ``true``/``false``, the code of a choice, words sorted.
Empty is empty. Two values are the same where their plain texts are.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from kommune3.solutions.fleet.models import OdometerReading, Vehicle, VehicleModel
from kommune3.solutions.fleet.registers.fields import (
    MODEL_FIELDS,
    VEHICLE_FIELDS,
    Field,
    Form,
    same_name,
)

_YES = frozenset(("ja", "yes", "true", "sand", "1", "x"))
_NO = frozenset(("nej", "no", "false", "falsk", "0"))
_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})$")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+$")
_LONGEST = 1000


class BadValue(ValueError):
    """The cell cannot be what its column holds; ``str(error)`` says what to write instead."""


def plain_text(field: Field, cell: Any) -> str:
    """What a cell of a file says, as plain text. Raises :class:`BadValue`.

    ``cell`` is text, or a number, date or truth value from a workbook or a JSON file.
    """
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return ""
    if isinstance(cell, str):
        cell = cell.strip()
        # The apostrophe that exports put before text a spreadsheet would run as a formula.
        cell = cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
        if len(cell) > _LONGEST:
            raise BadValue(_("The text is longer than %(limit)s characters. Shorten it.") % {"limit": _LONGEST})
    return _READERS[field.form](field, cell)


def _text(field: Field, cell: Any) -> str:
    if isinstance(cell, list):
        return ", ".join(str(each).strip() for each in cell)
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))  # a registration of digits only, which a workbook keeps as a number
    return str(cell)


def _number(field: Field, cell: Any) -> Decimal:
    if isinstance(cell, bool):
        raise BadValue(_("This is not a number. Write a number such as 12500 or 12,5, without a unit."))
    if isinstance(cell, int | float):
        return Decimal(format(cell, ".10g"))
    text = str(cell).replace("\u00a0", "").replace(" ", "")
    if _GROUPED.match(text):
        if field.form is Form.DECIMAL:
            raise BadValue(_("It is not clear whether the point is a decimal point. Write 12500 or 12,5."))
        text = text.replace(".", "")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise BadValue(_("This is not a number. Write a number such as 12500 or 12,5, without a unit."))
    return number


def _decimal(field: Field, cell: Any) -> str:
    return f"{_number(field, cell).normalize():f}"


def _whole(field: Field, cell: Any) -> str:
    number = _number(field, cell)
    if number != number.to_integral_value():
        raise BadValue(_("Write a whole number, without decimals."))
    return str(int(number))


def _date(field: Field, cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    text = str(cell)
    match = _DAY_FIRST.match(text)
    try:
        if match:
            day, month, year = map(int, match.groups())
            return date(year, month, day).isoformat()
        return date.fromisoformat(text[:10] if text[10:] in ("", " 00:00:00", "T00:00:00") else text).isoformat()
    except ValueError:
        raise BadValue(_("This is not a date. Write it as 2026-03-01 or 01-03-2026.")) from None


def _yes_no(field: Field, cell: Any) -> str:
    word = str(cell).strip().casefold()
    if word in _YES:
        return "true"
    if word in _NO:
        return "false"
    raise BadValue(_("Write yes or no."))


def _choice(field: Field, cell: Any) -> str:
    assert field.choices is not None
    wanted = same_name(str(cell))
    for value, label in field.choices.choices:
        if wanted in (same_name(str(value)), same_name(str(label)), same_name(_danish(label))):
            return str(value)
    names = ", ".join(str(label) for _value, label in field.choices.choices)
    raise BadValue(_("This is none of: %(names)s.") % {"names": names})


def _words(field: Field, cell: Any) -> str:
    parts = cell if isinstance(cell, list) else str(cell).split(",")
    return ", ".join(sorted({str(part).strip() for part in parts if str(part).strip()}))


def _sources(field: Field, cell: Any) -> str:
    if isinstance(cell, dict):
        pairs = {str(name): str(source) for name, source in cell.items()}
    else:
        pairs = {}
        for part in filter(None, map(str.strip, str(cell).split(";"))):
            name, found, source = part.partition("=")
            if not found or not source.strip():
                raise BadValue(_("Write field=source, with semicolons between them."))
            pairs[name.strip()] = source.strip()
    named = {
        same_name(each): each_field.name for each_field in MODEL_FIELDS for each in (each_field.name, each_field.danish)
    }
    unknown = [name for name in pairs if same_name(name) not in named]
    if unknown:
        raise BadValue(_("There is no figure called %(names)s.") % {"names": ", ".join(unknown)})
    return written_sources({named[same_name(name)]: source for name, source in pairs.items()})


_READERS = {
    Form.TEXT: _text,
    Form.WHOLE: _whole,
    Form.DECIMAL: _decimal,
    Form.DATE: _date,
    Form.YES_NO: _yes_no,
    Form.CHOICE: _choice,
    Form.WORDS: _words,
    Form.MODEL: _text,
    Form.BASE: _text,
    Form.UNIT: _text,
    Form.SOURCES: _sources,
}


def written_sources(sources: dict[str, str]) -> str:
    """Sources of single figures as one text."""
    return "; ".join(f"{name}={source}" for name, source in sorted(sources.items()))


def read_sources(text: str) -> dict[str, str]:
    """The reverse of :func:`written_sources`."""
    pairs = (part.partition("=") for part in text.split("; ") if part)
    return {name: source for name, _sign, source in pairs}


def _danish(label: Any) -> str:
    from django.utils import translation

    with translation.override("da"):
        return str(label)


# --- Rows --------------------------------------------------------------------------------------------------------


def plain_of(field: Field, value: Any) -> str:
    """A value as a row keeps it, as plain text."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.form is Form.WORDS:
        return ", ".join(sorted(value))
    if field.form is Form.SOURCES:
        return written_sources(value)
    if field.form is Form.DECIMAL:
        return f"{Decimal(value).normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def plain_vehicle(vehicle: Vehicle, reading: OdometerReading | None = None) -> dict[str, str]:
    """Every column of a vehicle; with ``reading`` also its newest reading of the odometer."""
    own = {
        field.name: plain_of(field, getattr(vehicle, field.name))
        for field in VEHICLE_FIELDS
        if not field.name.startswith("odometer_")
    }
    if reading is None:
        return own | {"odometer_km": "", "odometer_on": ""}
    return own | {"odometer_km": str(reading.km), "odometer_on": reading.read_on.isoformat()}


def plain_model(model: VehicleModel) -> dict[str, str]:
    """Every column of a model."""
    return {field.name: plain_of(field, getattr(model, field.name)) for field in MODEL_FIELDS}


def kept(field: Field, plain: str) -> Any:
    """A plain text as a row keeps it. Names of models, bases and units are for the caller to look up."""
    match field.form:
        case Form.WHOLE:
            return int(plain) if plain else None
        case Form.DECIMAL:
            return Decimal(plain) if plain else None
        case Form.DATE:
            return date.fromisoformat(plain) if plain else None
        case Form.YES_NO:
            return plain == "true"
        case Form.WORDS:
            return [word for word in plain.split(", ") if word]
        case Form.SOURCES:
            return read_sources(plain)
        case _:
            return plain


def shown(field: Field, plain: str) -> str:
    """A plain text as the reader's language writes it."""
    if not plain:
        return ""
    match field.form:
        case Form.DECIMAL | Form.WHOLE:
            return number_format(Decimal(plain), use_l10n=True, force_grouping=True)
        case Form.DATE:
            return date_format(date.fromisoformat(plain), "SHORT_DATE_FORMAT")
        case Form.YES_NO:
            return _("Yes") if plain == "true" else _("No")
        case Form.CHOICE:
            assert field.choices is not None
            return str(dict(field.choices.choices).get(plain, plain))
        case _:
            return plain
