# SPDX-License-Identifier: MPL-2.0
"""The dashboards: what each shows, and what it can be asked."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kommune3.solutions.fleet.queries.dashboards.activity import Activity, activity
from kommune3.solutions.fleet.queries.dashboards.answers import Answer
from kommune3.solutions.fleet.queries.dashboards.driving import km, lengths
from kommune3.solutions.fleet.queries.dashboards.electric import share
from kommune3.solutions.fleet.queries.dashboards.emission import co2e
from kommune3.solutions.fleet.queries.dashboards.idle import idle
from kommune3.solutions.fleet.queries.dashboards.selection import OVER_TIME, Per, Selection

Counted = Callable[[Selection, int], Answer]


@dataclass(frozen=True)
class Dashboard:
    """A picture with its figures. ``pers``: what a figure can be for; none: the picture has an axis of its own.

    ``method``: how the figures are made, in words. ``is_line``: drawn as lines.
    """

    name: str
    title: Promise
    lead: Promise
    method: Promise
    icon: str
    pers: tuple[Per, ...] = ()
    has_kind: bool = True
    is_line: bool = False


DASHBOARDS = {
    each.name: each
    for each in (
        Dashboard(
            "co2e", _("CO2e"), _("What the driving emits."),
            _("Km of each model x its consumption per km x the CO2e factor in force on the day."),
            "summary", tuple(Per),
        ),
        Dashboard(
            "electric", _("Electric cars' share"), _("How much of the driving is done by electric cars."),
            _("Electric cars against all cars. Bikes are left out, and so are trips whose vehicle is not known. The "
              "share of the cars is that of the last day."),
            "analytics", tuple(per for per in Per if per != Per.KIND), has_kind=False, is_line=True,
        ),
        Dashboard(
            "km", _("Km"), _("How much is driven, where and with what."),
            _("A trip across midnight gives each day its share of km. Trips are counted on the day they begin."),
            "car", tuple(Per),
        ),
        Dashboard(
            "activity", _("The week hour by hour"), _("When the vehicles are out."),
            _("Vehicles out at the hour on average: the time that vehicles were out, divided by the hour's length on "
              "all such days of the period."),
            "time",
        ),
        Dashboard(
            "lengths", _("Trip lengths"), _("How far the trips go."),
            _("Trips that begin in the period, by their km from leaving the base until being back."),
            "view-in-list",
        ),
        Dashboard(
            "idle", _("Idle vehicles"), _("How many vehicles stand idle at the same time."),
            _("Vehicles standing at the bases less the most that are out at one instant of the day. A week or month "
              "shows its tightest day."),
            "home", tuple(per for per in Per if per != Per.KIND), is_line=True,
        ),
    )
}  # fmt: skip
_ANSWERS: dict[str, Counted] = {"co2e": co2e, "electric": share, "km": km, "lengths": lengths, "idle": idle}


def answer_of(name: str, selection: Selection, *, fewest: int) -> Answer:
    """The figures of a dashboard that has buckets (every one but ``activity``)."""
    return _ANSWERS[name](selection, fewest)


__all__ = ["DASHBOARDS", "OVER_TIME", "Activity", "Answer", "Dashboard", "Per", "Selection", "activity", "answer_of"]
