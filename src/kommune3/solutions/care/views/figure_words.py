# SPDX-License-Identifier: MPL-2.0
"""What a leader's figures are called, how they are written, and what they say."""

from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.models import FigureLimit

Text = str | Promise


@dataclass(frozen=True)
class Words:
    """``note``: what the figure is, in a few words."""

    title: Text
    unit: Text
    decimals: int
    note: Text

    @property
    def with_unit(self) -> str:
        return f"{self.title}, {self.unit}" if self.unit else str(self.title)


WORDS = {
    "visits": Words(gettext_lazy("Visits"), "", 0, gettext_lazy("in published plans")),
    "care_share": Words(
        gettext_lazy("Time with citizens (ATA/BTP)"), "%", 1, gettext_lazy("of the paid time, breaks not counted")
    ),
    "travel_share": Words(gettext_lazy("Time on the way"), "%", 1, gettext_lazy("of the paid time")),
    "travel_km": Words(gettext_lazy("On the way"), "km", 0, gettext_lazy("as planned")),
    "late_share": Words(gettext_lazy("Planned late"), "%", 1, gettext_lazy("of the visits begin after their window")),
    "begun_late_share": Words(gettext_lazy("Begun late"), "%", 1, gettext_lazy("of the visits that carers reported")),
    "left_out": Words(gettext_lazy("Not planned"), "", 0, gettext_lazy("visits that nobody was given")),
    "not_made": Words(gettext_lazy("Not made"), "", 0, gettext_lazy("visits, as carers reported")),
    "faces_14": Words(gettext_lazy("Faces in 14 days"), "", 1, gettext_lazy("different carers per citizen")),
    "faces_28": Words(gettext_lazy("Faces in 28 days"), "", 1, gettext_lazy("different carers per citizen")),
    "spread": Words(
        gettext_lazy("Spread between shifts"), gettext_lazy("percentage points"), 0,
        gettext_lazy("between those with the most and the least time with citizens"),
    ),
    "overtime_minutes": Words(
        gettext_lazy("Overtime"), gettext_lazy("min."), 0, gettext_lazy("last visit after the shift's end")
    ),
    "actual_share": Words(
        gettext_lazy("Used against planned"), "%", 0, gettext_lazy("of the planned minutes, as carers reported")
    ),
}  # fmt: skip
"""In the order of ``queries.figures.NAMES``."""


def few_words(limit: FigureLimit | None) -> str:
    """What stands in place of a figure on too few."""
    return _("fewer than %(n)s") % {"n": limit.fewest if limit else 1}


def week_words(monday: date) -> str:
    """The week as the calendar counts it: "week 10, 2026"."""
    year, week, _day = monday.isocalendar()
    return _("week %(week)s, %(year)s") % {"week": week, "year": year}
