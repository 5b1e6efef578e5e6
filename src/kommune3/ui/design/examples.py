# SPDX-License-Identifier: MPL-2.0
"""Figures for the examples: made by rule, so that the page looks the same every time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Permission
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Cast, Length
from django.utils.translation import gettext as _

from kommune3.ui.heatmap import HeatMap, Shade
from kommune3.ui.pictures import Axis, Bound, Chart, Interval, Map, Place, Point, Series, State, Timeline, Trip, Vehicle

DANISH_TIME = ZoneInfo("Europe/Copenhagen")
DAY = date(2026, 3, 3)


def front() -> Chart:
    """Cost against emission, with a proven bound: what a fleet optimisation shows."""
    costs = [1_510_587, 1_522_400, 1_548_900, 1_590_250, 1_655_800, 1_742_300]
    emissions = [41.2, 36.8, 30.1, 22.4, 14.9, 9.6]
    others = [
        (1_585_000, 43.0),
        (1_610_000, 38.5),
        (1_640_000, 33.9),
        (1_700_000, 27.2),
        (1_760_000, 19.8),
        (1_690_000, 40.6),
    ]
    return Chart(
        kind="scatter",
        x=Axis(_("Cost per year"), "kr.", 0),
        y=Axis(_("Emission"), "t CO2e", 1),
        series=[
            Series(
                _("Best fleets"),
                [
                    Point(cost, tonnes, _("%(cars)d cars, %(electric)d electric") % {"cars": 12, "electric": 2 * rank})
                    for rank, (cost, tonnes) in enumerate(zip(costs, emissions, strict=True))
                ],
                joined=True,
            ),
            Series(_("Other fleets"), [Point(cost, tonnes) for cost, tonnes in others]),
            Series(_("Today"), [Point(1_815_000, 44.7, _("Today's fleet"))], chosen=True),
        ],
        bounds=[Bound("x", 1_510_587, _("Lower bound 1,510,587 kr."))],
    )


def trips_a_day() -> Chart:
    """Trips on each weekday this year and last."""
    return Chart(
        kind="bar",
        x=Axis(""),
        y=Axis(_("Trips"), decimals=0),
        series=[
            Series(_("Last year"), [Point(day, count) for day, count in enumerate([212, 241, 238, 229, 187, 41, 35])]),
            Series(_("This year"), [Point(day, count) for day, count in enumerate([231, 262, 255, 240, 201, 38, 33])]),
        ],
        categories=[_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
    )


def kilometres() -> Chart:
    """Kilometres week by week, through a whole year."""
    start = datetime(2025, 1, 6, tzinfo=DANISH_TIME)

    def week(number: int, base: int) -> float:
        holiday = 0.45 if number in (7, 15, 28, 29, 30, 41, 51) else 1.0
        return round(base * holiday * (1 + 0.08 * ((number * 7) % 5 - 2) / 2), 1)

    return Chart(
        kind="line",
        x=Axis(_("Week")),
        y=Axis(_("Kilometres"), "km", 0, from_zero=True),
        series=[
            Series(_("Petrol"), [Point(start + timedelta(weeks=n), week(n, 3900 - 45 * n)) for n in range(52)]),
            Series(_("Electric"), [Point(start + timedelta(weeks=n), week(n, 900 + 48 * n)) for n in range(52)]),
        ],
    )


def plan(vehicles: int = 24, days: int = 3) -> Timeline:
    """A few days of trips for a pool of vehicles, with the instant that proves how many are needed."""
    midnight = datetime.combine(DAY, datetime.min.time(), DANISH_TIME).astimezone(UTC)
    trips = []
    for vehicle in range(vehicles):
        for day in range(days):
            hour = 6.5 + (vehicle * 7 % 11) * 0.25
            for leg in range(3 + (vehicle + day) % 3):
                length = 0.75 + ((vehicle * 5 + leg * 3 + day) % 7) * 0.25
                start = midnight + timedelta(days=day, hours=hour)
                state: State = "unserved" if vehicle == vehicles - 1 else ""
                if (vehicle, day, leg) == (5, 0, 2):
                    state = "conflict"
                trips.append(
                    Trip(
                        vehicle,
                        start,
                        start + timedelta(hours=length),
                        f"Tur {vehicle * 30 + day * 6 + leg + 101}",
                        state,
                    )
                )
                hour += length + 0.25 + (vehicle + leg) % 3 * 0.5
    names = [Vehicle(f"Bil {n + 1:02}", "el" if n % 3 == 0 else "") for n in range(vehicles - 1)]
    binding_at = midnight + timedelta(hours=9, minutes=40)
    return Timeline(
        vehicles=[*names, Vehicle(_("Unserved trips"))],
        trips=trips,
        binding=Interval(binding_at, binding_at + timedelta(minutes=10), _("09.40: 20 trips at once")),
        day=DAY,
    )


def bases() -> Map:
    """Bases in Norddjurs. Coordinates: town centres, rounded to three decimals."""
    towns = [
        ("Grenaa", 10.884, 56.416, 24), ("Auning", 10.380, 56.431, 14), ("Allingåbro", 10.334, 56.467, 6),
        ("Ørsted", 10.335, 56.507, 5), ("Glesborg", 10.717, 56.474, 8), ("Bønnerup", 10.708, 56.528, 3),
    ]  # fmt: skip
    return Map(
        [
            Place(
                longitude, latitude, name, [_("%(count)d vehicles") % {"count": cars}], figure=str(cars),
                kind="warning" if name == "Glesborg" else "normal",
            )
            for name, longitude, latitude, cars in towns
        ]
    )  # fmt: skip


def week() -> HeatMap:
    """How busy each hour of a week is; one hour has no figure that may be told."""
    days = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]

    def shade(hour: int, day: int) -> Shade:
        if (hour, day) == (22, 6):
            return Shade(None, _("fewer than %(n)s") % {"n": 5})
        morning, evening = max(0, 6 - abs(hour - 9)), max(0, 4 - abs(hour - 18))
        return Shade(round((morning * 3.1 + evening * 1.7) * (0.35 if day > 4 else 1.0 - 0.03 * day), 1))

    return HeatMap(
        corner=_("Hour"),
        rows=[f"{hour:02}–{hour + 1:02}" for hour in range(5, 24)],
        columns=days,
        short_columns=[name[:2] for name in days],
        cells=[[shade(hour, day) for day in range(7)] for hour in range(5, 24)],
        unit=_("vehicles"),
        mark="<5",
    )


def permissions() -> QuerySet[Any]:
    """Rows that every installation has, for the list."""
    return Permission._default_manager.annotate(
        letters=Length("name"),
        share=F("letters") / 2.0,
        known_at=Cast(Value(datetime(2026, 3, 3, 6, 55, tzinfo=UTC)), DateTimeField()),
    )
