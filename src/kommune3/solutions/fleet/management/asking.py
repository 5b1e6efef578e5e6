# SPDX-License-Identifier: MPL-2.0
"""What the commands that ask the engine have in common: which trips, goal and rates."""

from argparse import ArgumentParser
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Max, Min
from django.utils.translation import gettext as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.fleet.models import Base, RateSet, RunGoal, Trip, TripImport
from kommune3.solutions.fleet.models.runs import FleetMode
from kommune3.solutions.fleet.operations import runs


def add_question(parser: ArgumentParser) -> None:
    """The arguments that :func:`asked_of` reads, and those on how the command works."""
    parser.add_argument("--base", action="append", default=[], help="Name of a base; may be repeated (default: all).")
    parser.add_argument("--from", dest="period_start", type=date.fromisoformat, help="First day, YYYY-MM-DD.")
    parser.add_argument("--to", dest="period_last", type=date.fromisoformat, help="Last day, YYYY-MM-DD.")
    parser.add_argument(
        "--goal", choices=[goal.value.lower() for goal in RunGoal], default="cash", help="What matters most."
    )
    parser.add_argument("--fixed", action="store_true", help="Keep today's fleet; only find who drives what.")
    parser.add_argument("--max-unserved", type=int, default=0, help="Most unserved trips (default: 0; -1: any).")
    parser.add_argument(
        "--changeover", type=Decimal, help="Minutes between two trips (default: what the import says, or 5)."
    )
    parser.add_argument("--rates", help="Name of the set of rates (default: the municipality's own).")
    parser.add_argument("--title", default="", help="Title of the optimisation.")
    parser.add_argument("--queue", action="store_true", help="Leave the work to a worker and return at once.")
    parser.add_argument("--language", default="da", help="Language of what is told: da or en (default: da).")


def asked_of(actor: Actor, options: dict[str, Any]) -> runs.Asked:
    """What the arguments ask for. Raises CommandError."""
    bases = bases_named(actor, options["base"])
    trips = Trip.objects.filter(base__in=bases)
    spans = trips.aggregate(first=Min("start_at"), last=Max("end_at"))
    if spans["first"] is None:
        raise CommandError(_("There are no trips to optimise. Import some with: kommune3 fleet import FILE"))
    first, end = runs.period_of(spans["first"], spans["last"])
    rates = (
        RateSet.objects.filter(name=options["rates"]) if options["rates"] else RateSet.objects.filter(is_default=True)
    )
    rate_set = rates.first()
    if rate_set is None:
        names = ", ".join(RateSet.objects.values_list("name", flat=True))
        raise CommandError(_("There is no such set of rates. There are: %(names)s") % {"names": names})
    last = options["period_last"]
    return runs.Asked(
        title=options["title"],
        bases=bases,
        period_start=options["period_start"] or first,
        period_end=last + timedelta(days=1) if last else end,
        goal=RunGoal(options["goal"].upper()),
        fleet_mode=FleetMode.FIXED if options["fixed"] else FleetMode.FREE,
        max_unserved=None if options["max_unserved"] < 0 else options["max_unserved"],
        changeover_minutes=options["changeover"] if options["changeover"] is not None else _changeover(bases),
        rate_set=rate_set,
        with_front=not options.get("no_front", True),
        accept_when_done=options.get("accept", False),
    )


def _changeover(bases: list[Base]) -> Decimal:
    """What the file that brought the bases' trips says, where they all came with one that says so; else 5."""
    imports = TripImport.objects.filter(trips__base__in=bases).distinct()
    said = {found.definitions.get("settings", {}).get("changeover_minutes") for found in imports}
    return Decimal(str(said.pop())) if len(said) == 1 and None not in said else runs.DEFAULT_CHANGEOVER


def bases_named(actor: Actor, names: list[str]) -> list[Base]:
    """The bases of these names, in this order; all where none is named. Raises CommandError for unknown names."""
    bases = list(reach.visible(actor, Base).select_related("unit").order_by("name"))
    if not names:
        return bases
    by_name = {base.name.casefold(): base for base in bases}
    unknown = [name for name in names if name.casefold() not in by_name]
    if unknown:
        raise CommandError(_("There is no base called %(names)s.") % {"names": ", ".join(unknown)})
    return [by_name[name.casefold()] for name in names]
