# SPDX-License-Identifier: MPL-2.0
"""Real charging as the engine is told it: batteries, the bases' chargers, prices and tariffs."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import fleetplan
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.errors import InvalidRun
from kommune3.solutions.fleet.models import (
    Base,
    Charger,
    Energy,
    EnergyTariff,
    Kind,
    Run,
    SpotPrice,
    VehicleModel,
)
from kommune3.ui.numbers import format_instant

_AFTER = timedelta(hours=12)
"""So long after the last trip everybody may charge to be as full as at the beginning."""
_HOUR = timedelta(hours=1)


def as_tariff(row: EnergyTariff) -> fleetplan.Tariff:
    """A tariff in the engine's words."""
    return fleetplan.Tariff(
        name=row.name, dkk_per_kwh=float(row.dkk_per_kwh), opens=row.opens, closes=row.closes,
        valid_from=row.valid_from, valid_to=row.valid_to, months=frozenset(row.months), source=row.source,
    )  # fmt: skip


def charging_of(
    run: Run, *, trips: Iterable[fleetplan.Trip], classes: Iterable[tuple[str, VehicleModel]]
) -> fleetplan.Charging:
    """The charging of a run. ``classes``: the engine's word and the model of each.

    From the midnight that opens the period until twelve hours after its last trip. Chargers are those in force on the
    period's last day. Raises :class:`InvalidRun` that names what is missing: batteries, chargers, prices.
    """
    electric = [
        (name, model) for name, model in classes if model.kind == Kind.EV and model.energy == Energy.ELECTRICITY
    ]
    _require_batteries([model for _name, model in electric])
    bases = list(Base.objects.filter(pk__in=run.bases.values("pk")))
    chargers = list(Charger.objects.filter(in_force(run.period_end - timedelta(days=1)), base__in=bases))
    if electric and not chargers:
        raise InvalidRun(
            _("No chargers are registered at the bases. Create them under Bases, or choose charging by rest.")
        )
    starts_at, ends_at = _period(run, trips)
    return fleetplan.Charging(
        starts_at=starts_at,
        ends_at=ends_at,
        batteries=tuple(
            fleetplan.Battery(name, float(model.battery_kwh or 0), float(model.charge_kw or 0))
            for name, model in electric
        ),
        chargers=tuple(
            fleetplan.Charger(str(row.pk), str(row.base_id), row.outlets, float(row.power_kw)) for row in chargers
        ),
        prices=_prices(run, starts_at, ends_at),
        tariffs=tuple(as_tariff(row) for row in EnergyTariff.objects.all()),
        site_kw={str(base.pk): float(base.power_limit_kw) for base in bases if base.power_limit_kw is not None},
        zone=clock.MUNICIPAL_ZONE.key,
    )


def _period(run: Run, trips: Iterable[fleetplan.Trip]) -> tuple[datetime, datetime]:
    opens, _until = clock.day_bounds(run.period_start)
    closes, _until = clock.day_bounds(run.period_end)
    last = max([closes, *(trip.end for trip in trips)]).astimezone(UTC) + _AFTER
    whole = last.replace(minute=0, second=0, microsecond=0)
    return opens.astimezone(UTC), whole if whole == last else whole + _HOUR


def _require_batteries(models: list[VehicleModel]) -> None:
    missing = sorted({model.name for model in models if model.battery_kwh is None or model.charge_kw is None})
    if missing:
        raise InvalidRun(
            _(
                "Battery or charging power is not filled in for: %(models)s. Fill it in under Models, or choose "
                "charging by rest."
            )
            % {"models": ", ".join(missing)}
        )


def _prices(run: Run, starts_at: datetime, ends_at: datetime) -> tuple[fleetplan.EnergyPrice, ...]:
    rows = SpotPrice.objects.filter(
        area=run.price_area, starts_at__gt=starts_at - _HOUR, starts_at__lt=ends_at
    ).order_by("starts_at")
    found = []
    reached = starts_at
    for row in rows:
        begins = row.starts_at.astimezone(UTC)
        ends = begins + timedelta(minutes=row.minutes)
        if ends <= reached:
            continue
        if begins > reached:
            break
        found.append(fleetplan.EnergyPrice(begins, ends, float(row.dkk_per_kwh)))
        reached = ends
    if reached < ends_at:
        raise InvalidRun(
            _(
                "There is no price of electricity in %(area)s from %(at)s on; prices are needed until %(until)s. "
                "Import them under Prices of electricity, or choose another period or charging by rest."
            )
            % {
                "area": run.price_area or "–",
                "at": format_instant(reached.astimezone(clock.MUNICIPAL_ZONE)),
                "until": format_instant(ends_at.astimezone(clock.MUNICIPAL_ZONE)),
            }
        )
    return tuple(found)
