# SPDX-License-Identifier: MPL-2.0
"""The columns of the registers: one list from which the files, their template, the history and the docs are made."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db.models import Choices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.models import Energy, Kind, Ownership, Register, Vehicle, VehicleModel

Text = str | Promise


class Form(Enum):
    """How the value of a column is written."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    WORDS = "words"
    MODEL = "model"
    BASE = "base"
    UNIT = "unit"
    SOURCES = "sources"


FORM_NAMES: dict[Form, Text] = {
    Form.TEXT: _("text"),
    Form.WHOLE: _("whole number"),
    Form.DECIMAL: _("number"),
    Form.DATE: _("date"),
    Form.YES_NO: _("yes or no"),
    Form.CHOICE: _("one of the listed"),
    Form.WORDS: _("words separated by commas"),
    Form.MODEL: _("name of a model"),
    Form.BASE: _("name of a base"),
    Form.UNIT: _("name of a unit"),
    Form.SOURCES: _("field=source, separated by semicolons"),
}


@dataclass(frozen=True)
class Field:
    """A column. ``name`` is also its heading in English and in JSON; ``danish`` its heading in a Danish file.

    ``is_key``: names the row. ``required``: a new row must have it. ``choices``: what a CHOICE may be.
    """

    name: str
    danish: str
    form: Form
    title: Text
    help: Text = ""
    required: bool = False
    is_key: bool = False
    choices: type[Choices] | None = None


def _of(model: type[Vehicle] | type[VehicleModel], name: str, danish: str, form: Form, **more: Any) -> Field:
    """A column that is a field of ``model``: title and help are the field's own."""
    field = model._meta.get_field(name)
    return Field(
        name, danish, form, more.pop("title", None) or field.verbose_name,  # type: ignore[union-attr]
        more.pop("help", "") or field.help_text,  # type: ignore[union-attr]
        **more,
    )  # fmt: skip


_SEPARATED = _("Several words are separated by commas.")

VEHICLE_FIELDS: tuple[Field, ...] = (
    _of(Vehicle, "registration", "Registreringsnummer", Form.TEXT, required=True, is_key=True),
    _of(Vehicle, "model", "Model", Form.MODEL, required=True),
    _of(Vehicle, "base", "Hjemsted", Form.BASE, required=True,
        help=_("Another base than the present one moves the vehicle on the day the file is imported.")),
    _of(Vehicle, "valid_from", "Fra", Form.DATE, required=True),
    _of(Vehicle, "valid_to", "Til (ikke medregnet)", Form.DATE),
    _of(Vehicle, "external_id", "Nummer i flådesystemet", Form.TEXT),
    _of(Vehicle, "is_locked", "Låst", Form.YES_NO),
    _of(Vehicle, "unit", "Bruges af", Form.UNIT),
    _of(Vehicle, "use", "Anvendelse", Form.TEXT),
    _of(Vehicle, "ownership", "Eget eller leaset", Form.CHOICE, choices=Ownership),
    _of(Vehicle, "supplier", "Leasingselskab", Form.TEXT),
    _of(Vehicle, "lease_start", "Leaset fra", Form.DATE),
    _of(Vehicle, "lease_end", "Leaset til (ikke medregnet)", Form.DATE),
    _of(Vehicle, "lease_dkk_month", "Leasing, kr. pr. måned", Form.DECIMAL),
    _of(Vehicle, "contract_km_year", "Kontrakt-km pr. år", Form.WHOLE),
    _of(Vehicle, "excess_dkk_per_km", "Pris for overkørte km, kr. pr. km", Form.DECIMAL),
    _of(Vehicle, "refund_dkk_per_km", "Tilbagebetaling, kr. pr. km", Form.DECIMAL),
    _of(Vehicle, "equipment", "Udstyr", Form.WORDS, help=_SEPARATED),
    Field("odometer_km", "Kilometerstand", Form.WHOLE, _("Odometer, km"),
          _("The newest reading. A reading of another day is added; nothing is taken away.")),
    Field("odometer_on", "Aflæst den", Form.DATE, _("Read on"), _("The day of the reading.")),
    _of(Vehicle, "notes", "Noter", Form.TEXT),
)  # fmt: skip

MODEL_FIELDS: tuple[Field, ...] = (
    _of(VehicleModel, "name", "Navn", Form.TEXT, required=True, is_key=True),
    _of(VehicleModel, "kind", "Køretøjstype", Form.CHOICE, required=True, choices=Kind),
    _of(VehicleModel, "energy", "Energi", Form.CHOICE, required=True, choices=Energy),
    _of(VehicleModel, "energy_per_km", "Forbrug pr. km", Form.DECIMAL),
    _of(VehicleModel, "fixed_dkk_year", "Fast udgift, kr. pr. år", Form.DECIMAL),
    _of(VehicleModel, "range_km", "Rækkevidde, km", Form.WHOLE),
    _of(VehicleModel, "winter_range_km", "Rækkevidde om vinteren, km", Form.WHOLE),
    _of(VehicleModel, "battery_kwh", "Brugbart batteri, kWh", Form.DECIMAL),
    _of(VehicleModel, "charge_kw", "Ladeeffekt, kW", Form.DECIMAL),
    _of(VehicleModel, "rest_hours", "Stilletimer pr. døgn", Form.DECIMAL),
    _of(VehicleModel, "seats", "Sæder", Form.WHOLE),
    _of(VehicleModel, "capabilities", "Indretning", Form.WORDS, help=_SEPARATED),
    _of(VehicleModel, "contract_km_year", "Kontrakt-km pr. år", Form.WHOLE),
    _of(VehicleModel, "excess_dkk_per_km", "Pris for overkørte km, kr. pr. km", Form.DECIMAL),
    _of(VehicleModel, "refund_dkk_per_km", "Tilbagebetaling, kr. pr. km", Form.DECIMAL),
    _of(VehicleModel, "is_offered", "Må foreslås", Form.YES_NO),
    _of(VehicleModel, "source", "Kilde", Form.TEXT),
    Field("sources", "Kilder til enkelte tal", Form.SOURCES, _("Sources of single figures"),
          _("Where a figure has another source than the rest: range_km=EU data sheet; charge_kw=price list 2026.")),
    _of(VehicleModel, "figures_from", "Tal gælder fra", Form.DATE),
    _of(VehicleModel, "figures_to", "Tal gælder til (ikke medregnet)", Form.DATE),
)  # fmt: skip

SHEETS: dict[str, str] = {Register.VEHICLES: "Køretøjer", Register.MODELS: "Modeller"}
"""Sheet name in a workbook."""


def fields_of(register: str) -> tuple[Field, ...]:
    """The columns of a register, in order."""
    return VEHICLE_FIELDS if register == Register.VEHICLES else MODEL_FIELDS


def field_titles(register: str) -> dict[str, Text]:
    """Field name -> what people call it."""
    return {field.name: field.title for field in fields_of(register)}


def key_of(register: str) -> Field:
    """The column that names a row."""
    return next(field for field in fields_of(register) if field.is_key)


def same_name(text: str) -> str:
    """What two ways of writing one name have in common: "ab 12 345" and "AB12345" are one plate."""
    return "".join(text.split()).casefold()


def find_columns(headings: Sequence[str], register: str) -> tuple[dict[str, int], list[str], list[str]]:
    """Field name -> position, the unknown headings, and the headings that occur twice."""
    known = {same_name(name): field.name for field in fields_of(register) for name in (field.name, field.danish)}
    found: dict[str, int] = {}
    unknown: list[str] = []
    twice: list[str] = []
    for position, heading in enumerate(headings):
        name = known.get(same_name(heading.removesuffix("*")))
        if name is None:
            if heading.strip():
                unknown.append(heading.strip())
        elif name in found:
            twice.append(heading.strip())
        else:
            found[name] = position
    return found, unknown, twice
