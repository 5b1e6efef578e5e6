# SPDX-License-Identifier: MPL-2.0
"""What buckets are called, and which trips are behind them."""

from collections.abc import Hashable
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kommune3.solutions.fleet.queries.dashboards.answers import Row, Told
from kommune3.solutions.fleet.queries.dashboards.selection import KINDS, OVER_TIME, Per, Selection, end_of
from kommune3.ui.numbers import format_instant

_ONE_DAY = timedelta(days=1)


def head_of(selection: Selection) -> str:
    """The heading of the column that names the buckets."""
    return str(selection.per.label)


def label_of(selection: Selection, bucket: Hashable) -> str:
    """A bucket as the page and the files call it."""
    if selection.per in OVER_TIME:
        assert isinstance(bucket, date)
        return _time_label(bucket, selection.per)
    if selection.per == Per.KIND:
        return next((str(title) for kind, title in KINDS if kind == bucket), _("Vehicle not known"))
    for place in selection.places:
        if selection.per == Per.BASE and place.pk == bucket:
            return place.name
        if selection.per == Per.UNIT and place.unit_id == bucket:
            return place.unit_name
    return ""


def _time_label(bucket: date, per: Per) -> str:
    if per == Per.WEEK:
        year, week, _day = bucket.isocalendar()
        return _("Week %(week)s, %(year)s") % {"week": week, "year": year}
    if per == Per.MONTH:
        return date_format(bucket, pgettext("month and year as a Django date format", "F Y"))
    return format_instant(bucket)


def row_of(selection: Selection, bucket: Hashable, cells: tuple[Told, ...]) -> Row:
    """The row of a bucket."""
    first, end = selection.first_day, selection.end_day
    query = query_of(selection)
    if selection.per in OVER_TIME:
        assert isinstance(bucket, date)
        first, end = max(first, bucket), min(end, end_of(bucket, selection.per))
    elif selection.per == Per.BASE:
        query["base"] = str(bucket)
    elif selection.per == Per.UNIT:
        query["unit"] = str(bucket)
    elif bucket is not None:
        query["kind"] = str(bucket)
    query |= {"start_at_after": first.isoformat(), "start_at_before": (end - _ONE_DAY).isoformat()}
    return Row(label_of(selection, bucket), cells, first, end, query)


def query_of(selection: Selection) -> dict[str, str]:
    """The selection as the list of trips filters by it, without the days. Its Monday is 1."""
    chosen = {
        "unit": selection.unit_id,
        "base": str(selection.base_id) if selection.base_id is not None else "",
        "kind": selection.kind,
        "weekday": "" if selection.weekday is None else str(selection.weekday + 1),
    }
    return {name: value for name, value in chosen.items() if value}
