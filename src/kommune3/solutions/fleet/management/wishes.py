# SPDX-License-Identifier: MPL-2.0
"""Ceilings, limits, locks and numbers on the command line, where a place is written BASE:MODEL."""

import re
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, FleetMode, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations.runs import Asked, Place, Range
from kommune3.solutions.fleet.queries.standing import standing_at

_RANGE = re.compile(r"(\d*)(-?)(\d*)")


def add_wishes(parser: ArgumentParser) -> None:
    """The arguments that :func:`with_wishes` reads."""
    parser.add_argument("--max-cash", type=Decimal, help="Budget: most kr. a year in cash.")
    parser.add_argument("--max-co2e", type=Decimal, help="Most kg CO2e a year.")
    parser.add_argument(
        "--balance", type=int, choices=range(11), metavar="0-10",
        help="With goal cash: save at least so many tenths of the CO2e that can be saved at all.",
    )  # fmt: skip
    parser.add_argument(
        "--model", action="append", default=[], help="Model that may be proposed; may be repeated (default: all)."
    )
    parser.add_argument(
        "--range", action="append", default=[], metavar="BASE:MODEL=LEAST-MOST",
        help="Vehicles of a model at a base: 2-4, 2- (two or more), -4 (four or fewer), 3 (exactly).",
    )  # fmt: skip
    parser.add_argument("--lock", action="append", default=[], help="Registration of a vehicle to keep.")
    parser.add_argument("--unlock", action="append", default=[], help="Registration of a vehicle not to keep.")
    parser.add_argument("--note", default="", help="A note for whoever reads the result.")


def with_wishes(asked: Asked, actor: Actor, options: dict[str, Any]) -> Asked:
    """The question with ceilings, limits and locks. Raises CommandError for what does not exist."""
    places = _Places(actor, asked.bases)
    locked = _locked(actor, asked, options) if options["lock"] or options["unlock"] else None
    return replace(
        asked,
        max_cash_dkk=options["max_cash"],
        max_co2e_kg=options["max_co2e"],
        priority=options["balance"] or None,
        models=[places.model(name) for name in options["model"]],
        ranges=dict(_range(places, text) for text in options["range"]),
        locked=locked,
        note=options["note"],
    )


def add_counts(parser: ArgumentParser) -> None:
    """The arguments that :func:`with_counts` reads."""
    parser.add_argument(
        "--count", action="append", default=[], metavar="BASE:MODEL=NUMBER",
        help="So many vehicles of a model at a base; may be repeated (default: as many as today).",
    )  # fmt: skip
    parser.add_argument("--from-none", action="store_true", help="Begin with no vehicles instead of today's.")
    parser.add_argument("--note", default="", help="A note for whoever reads the result.")


def with_counts(asked: Asked, actor: Actor, options: dict[str, Any]) -> Asked:
    """The question as a simulation of today's vehicles with the numbers named. Raises CommandError."""
    places = _Places(actor, asked.bases)
    standing = standing_at(actor, asked.bases, asked.period_end - timedelta(days=1))
    today = Counter((vehicle.base_id, vehicle.model_id) for vehicle in standing.vehicles)
    counts: dict[Place, int] = dict.fromkeys(today, 0) if options["from_none"] else dict(today)
    for text in options["count"]:
        where, _equals, number = text.rpartition("=")
        if not number.isdigit():
            raise CommandError(_("“%(text)s” is not BASE:MODEL=NUMBER.") % {"text": text})
        counts[places.place(where)] = int(number)
    return replace(asked, fleet_mode=FleetMode.MANUAL, counts=counts, with_front=False, note=options["note"])


class _Places:
    """The bases of a question and the models of the catalogue, by name."""

    def __init__(self, actor: Actor, bases: Sequence[Base]) -> None:
        self.bases = {base.name.casefold(): base for base in bases}
        self.models = {model.name.casefold(): model for model in reach.visible(actor, VehicleModel)}

    def model(self, name: str) -> VehicleModel:
        found = self.models.get(name.strip().casefold())
        if found is None:
            raise CommandError(_("There is no model called %(name)s.") % {"name": name})
        return found

    def place(self, text: str) -> Place:
        base, _colon, model = text.partition(":")
        found = self.bases.get(base.strip().casefold())
        if found is None:
            raise CommandError(_("There is no base called %(names)s.") % {"names": base})
        return found.pk, self.model(model).pk


def _range(places: _Places, text: str) -> tuple[Place, Range]:
    where, _equals, limits = text.rpartition("=")
    match = _RANGE.fullmatch(limits.strip())
    if match is None or not (match[1] or match[3]):
        raise CommandError(_("“%(text)s” is not BASE:MODEL=LEAST-MOST.") % {"text": text})
    least = int(match[1]) if match[1] else 0
    most = int(match[3]) if match[3] else None if match[2] else least
    return places.place(where), Range(least, most)


def _locked(actor: Actor, asked: Asked, options: dict[str, Any]) -> list[int]:
    standing = {
        each.registration.casefold(): each for each in reach.visible(actor, Vehicle).filter(base__in=asked.bases)
    }
    locked = {each.pk for each in standing.values() if each.is_locked}
    for names, is_kept in ((options["lock"], True), (options["unlock"], False)):
        for name in names:
            vehicle = standing.get(name.casefold())
            if vehicle is None:
                raise CommandError(_("There is no vehicle called %(name)s at the bases.") % {"name": name})
            locked = locked | {vehicle.pk} if is_kept else locked - {vehicle.pk}
    return sorted(locked)
