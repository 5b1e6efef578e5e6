# SPDX-License-Identifier: MPL-2.0
"""What a run did not count, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.solutions.fleet.importing.problems import describe
from kommune3.solutions.fleet.models import ImportProblem, ImportState, Run, Trip

MOST = 10_000
"""So many of each kind are listed at most."""
_WITHOUT_CAR = ("overlap_in_file", "overlap_with_imported")
"""Lines with these problems are imported all the same where somebody chose so; only their car is left out."""


@dataclass(frozen=True)
class Excluded:
    """A trip, or a line of a file, that is not among the run's trips. ``where``: its base, or its file and line."""

    what: str
    where: str
    start_at: datetime | None
    end_at: datetime | None
    km: float | None
    reason: str


def excluded_from(run: Run) -> Iterator[Excluded]:
    """Trips of the bases that were on the road when the period began, and lines that were left out at import.

    Lines are those of the files from which trips of the bases came. The caller has shown that the actor may see the
    run.
    """
    bases = list(run.bases.values_list("pk", flat=True))
    begins, _end = clock.day_bounds(run.period_start)
    before = Trip.objects.filter(base__in=bases, start_at__lt=begins, end_at__gt=begins).select_related("base")
    for trip in before.order_by("start_at")[:MOST]:
        yield Excluded(
            trip.external_id or str(trip.pk), trip.base.name, trip.start_at, trip.end_at, trip.km,
            _("It began before the first day of the period"),
        )  # fmt: skip
    lines = ImportProblem.objects.exclude(
        code__in=_WITHOUT_CAR, trip_import__rows_without_car__gt=0
    ).filter(
        is_notice=False, line__gt=0, trip_import__state=ImportState.COMMITTED,
        trip_import__in=Trip.objects.filter(base__in=bases).values("trip_import"),
    ).select_related("trip_import")  # fmt: skip
    for problem in lines.order_by("trip_import", "line", "id")[:MOST]:
        where = _("%(file)s, line %(line)s") % {"file": problem.trip_import.file_name, "line": problem.line}
        yield Excluded(problem.value, where, None, None, None, str(describe(problem.code, problem.detail).message))
