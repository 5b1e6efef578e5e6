# SPDX-License-Identifier: MPL-2.0
"""A register written to a file, the same for the page, the API and the command."""

from datetime import datetime
from typing import IO

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation.tree import NoMunicipality, municipality
from kommune3.solutions.fleet.models import Register
from kommune3.solutions.fleet.queries.register_files import names_for_lists, register_rows
from kommune3.solutions.fleet.registers.writing import write_csv, write_json, write_workbook

FORMATS: dict[str, tuple[str, ...]] = {
    Register.VEHICLES: ("xlsx", "csv", "template"),
    Register.MODELS: ("xlsx", "csv", "json", "template"),
}


def written_register(*, actor: Actor, now: datetime, register: str, form: str, target: IO[bytes]) -> None:
    """Write what the actor may see of a register to ``target``; ``template`` is a workbook without rows."""
    rows = (plain for _pk, plain in register_rows(actor=actor, register=register))
    if form == "csv":
        target.write(write_csv(register, rows))
    elif form == "json":
        try:
            name = municipality().name
        except NoMunicipality:
            name = ""
        target.write(write_json(rows, municipality=name, at=now))
    else:
        models, bases, units = names_for_lists(actor=actor) if register == Register.VEHICLES else ([], [], [])
        shown = rows if form == "xlsx" else ()
        write_workbook(register, shown, target, models=models, bases=bases, units=units)
