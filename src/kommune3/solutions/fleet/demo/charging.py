# SPDX-License-Identifier: MPL-2.0
"""Made-up prices of electricity for the demo, and one optimisation with real charging."""

import math
import random
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from kommune3.kernel import clock
from kommune3.kernel.access.actor import system
from kommune3.solutions.fleet import tasks
from kommune3.solutions.fleet.models import Base, Charger, ChargingRule, EnergyTariff, PriceFile, RateSet, Run, RunGoal
from kommune3.solutions.fleet.operations.prices import import_prices, save_tariff
from kommune3.solutions.fleet.operations.runs import Asked

TITLE = "Opladning med ladere og timepriser, én uge"
FILE = "Opdigtede spotpriser til demoen.csv"
_SOURCE = "Opdigtet til demoen"
_HOUR = timedelta(hours=1)


def run_charging(*, now: datetime, week_end: date) -> None:
    """Prices of the four weeks up to ``week_end`` and two days more; then the last week with real charging. Once."""
    actor = system("fleet.demo")
    if not PriceFile.objects.filter(name=FILE).exists():
        start, _end = clock.day_bounds(week_end - timedelta(weeks=4))
        _start, end = clock.day_bounds(week_end + timedelta(days=1))
        import_prices(actor=actor, now=now, content=_prices(start, end), file_name=FILE)
        for name, dkk, opens, closes in (
            ("Net, hele døgnet", "0.12", time(0), time(0)), ("Net, aften", "0.45", time(17), time(21)),
        ):  # fmt: skip
            tariff = EnergyTariff(
                name=name, dkk_per_kwh=Decimal(dkk), opens=opens, closes=closes,
                valid_from=week_end - timedelta(days=365), source=_SOURCE,
            )  # fmt: skip
            save_tariff(actor=actor, now=now, tariff=tariff)
    bases = list(Base.objects.filter(pk__in=Charger.objects.values("base")).select_related("unit"))
    if not bases or Run.objects.filter(title=TITLE).exists():
        return
    asked = Asked(
        title=TITLE,
        bases=bases,
        period_start=week_end - timedelta(weeks=1),
        period_end=week_end,
        goal=RunGoal.CASH,
        max_unserved=None,
        charging=ChargingRule.REAL,
        price_area="DK1",
        rate_set=RateSet.objects.get(is_default=True),
        with_front=False,
    )
    run = tasks.start_run(actor=actor, now=now, asked=asked)
    assert run.job_id is not None
    tasks.work_off(run.job_id)


def _prices(start: datetime, end: datetime) -> bytes:
    """Cheap at night, dear in the evening, and chance; as Energi Data Service writes them."""
    chance = random.Random(start.isoformat())  # noqa: S311  chance for a demo, not for secrets
    lines = ["HourUTC;HourDK;PriceArea;SpotPriceDKK;SpotPriceEUR"]
    weather, at = 0.0, start.astimezone(UTC)
    while at < end:
        local = at.astimezone(clock.MUNICIPAL_ZONE)
        weather = 0.98 * weather + chance.gauss(0, 30)
        shape = 350 * math.exp(-(((local.hour - 18) / 2) ** 2)) - 200 * math.exp(-(((local.hour - 3) / 3) ** 2))
        price = f"{550 + shape + weather + chance.gauss(0, 40):.2f}".replace(".", ",")
        lines.append(f"{at:%Y-%m-%d %H:%M};{local:%Y-%m-%d %H:%M};DK1;{price};0,00")
        at += _HOUR
    return ("\n".join(lines) + "\n").encode()
