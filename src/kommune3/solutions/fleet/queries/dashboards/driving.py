# SPDX-License-Identifier: MPL-2.0
"""Km and trips, and how long the trips are."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.fleet.models.daily import BANDS_KM
from kommune3.solutions.fleet.queries.dashboards import labels, suppression
from kommune3.solutions.fleet.queries.dashboards.answers import Answer, Column, Row, Told
from kommune3.solutions.fleet.queries.dashboards.loading import TOTAL, Both, Gathered, UseRow, buckets_of, gather
from kommune3.solutions.fleet.queries.dashboards.selection import OVER_TIME, Selection
from kommune3.solutions.fleet.queries.dashboards.suppression import Basis, Part
from kommune3.ui.numbers import format_number

Counts = Callable[[Sequence[UseRow], bool], tuple[Told, ...]]
"""From the rows of a bucket, and whether it is hidden, to its figures."""

KM = (
    Column("km", gettext_lazy("Km"), "km", 0),
    Column("trips", gettext_lazy("Trips"), drawn=False),
)
TRIPS = (Column("trips", gettext_lazy("Trips")),)


def km_of(rows: Sequence[UseRow]) -> float:
    """The km of rows."""
    return sum(row.metres for row in rows) / 1000


def km(selection: Selection, fewest: int) -> Answer:
    """Km driven, and how many trips began."""

    def counts(rows: Sequence[UseRow], few: bool) -> tuple[Told, ...]:
        return Told.of(km_of(rows), few=few), Told.of(sum(row.trips for row in rows), few=few)

    return summed(gather(selection), fewest, KM, counts)


def summed(both: Both, fewest: int, columns: tuple[Column, ...], counts: Counts, **more: Any) -> Answer:
    """An answer whose figures are sums, shown with their total."""
    gathered, before = both
    selection = gathered.selection
    buckets = buckets_of(selection, gathered)
    hidden = suppression.hidden(
        [gathered.part(bucket) for bucket in buckets], fewest=fewest, with_total=True,
        same_vehicles=selection.per in OVER_TIME,
    )  # fmt: skip
    rows = [
        labels.row_of(selection, bucket, counts(gathered.rows(bucket), few))
        for bucket, few in zip(buckets, hidden, strict=True)
    ]
    return Answer(
        head=labels.head_of(selection), columns=columns, rows=rows, fewest=fewest,
        totals=total_told(gathered, fewest, counts), before=total_told(before, fewest, counts),
        **more,
    )  # fmt: skip


def total_told(gathered: Gathered, fewest: int, counts: Counts) -> tuple[Told, ...]:
    """The total's figures, where it is not small itself."""
    return counts(gathered.rows(TOTAL), gathered.part(TOTAL).is_small(fewest))


# --- Trip lengths ----------------------------------------------------------------------------------------------------


def lengths(selection: Selection, fewest: int) -> Answer:
    """How many trips there are of each length."""
    gathered, before = gather(selection, with_bands=True)
    whole = gathered.part(TOTAL)
    chosen = [sum(row.bands[band] for row in gathered.rows(TOTAL)) for band in range(len(BANDS_KM) + 1)]
    # A band has no count of its vehicles: it has at most as many as there are, and as it has trips.
    parts = [Part(Basis(trips, min(trips, whole.basis.vehicles)), whole.rests if trips else ()) for trips in chosen]
    hidden = suppression.hidden(parts, fewest=fewest, with_total=True)
    rows = [
        _band_row(selection, band, Told.of(trips, few=few))
        for band, (trips, few) in enumerate(zip(chosen, hidden, strict=True))
    ]
    return Answer(
        head=_("Length of the trip"), columns=TRIPS, rows=rows, fewest=fewest,
        totals=(Told.of(sum(chosen), few=whole.is_small(fewest)),),
        before=total_told(before, fewest, lambda found, few: (Told.of(sum(row.trips for row in found), few=few),)),
    )  # fmt: skip


def _band_row(selection: Selection, band: int, cell: Told) -> Row:
    low = BANDS_KM[band - 1] if band else 0
    high = BANDS_KM[band] if band < len(BANDS_KM) else None
    label = (
        _("%(low)s km or more") % {"low": format_number(low, 0)}
        if high is None
        else _("%(low)s–%(high)s km") % {"low": format_number(low, 0), "high": format_number(high, 0)}
    )
    query = labels.query_of(selection) | {
        "start_at_after": selection.first_day.isoformat(), "start_at_before": selection.last_day.isoformat(),
        "km_min": str(low), **({"km_max": str(high)} if high is not None else {}),
    }  # fmt: skip
    return Row(label, (cell,), selection.first_day, selection.end_day, query)
