# SPDX-License-Identifier: MPL-2.0
"""The board's bars: where each begins and how wide it is, in per cent of the hours shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from kommune3.kernel.clock import MUNICIPAL_ZONE
from kommune3.solutions.fleet.models import Booking, BookingState
from kommune3.solutions.fleet.queries.board import Board

FROM_HOUR, TO_HOUR = 6, 18
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Bar:
    """A bar of a row. ``x`` and ``width`` in per cent, with a decimal point whatever the language."""

    x: str
    width: str
    css: str
    text: str
    label: str
    booking: Booking | None = None


@dataclass(frozen=True)
class Lane:
    """A vehicle's row."""

    name: str
    note: str
    bars: list[Bar]


@dataclass(frozen=True)
class Lanes:
    """The picture: hours with their places, and a row for each vehicle. ``now`` is where the present instant is."""

    hours: list[tuple[str, str]]
    lanes: list[Lane]
    now: str


def lanes(board: Board, *, now: datetime, chosen: int | None) -> Lanes:
    """From six to six, or as far as the day's bookings reach."""
    spans = [(row.start_at, row.end_at) for each in board.rows for row in each.bookings]
    local = board.start.astimezone(MUNICIPAL_ZONE)
    start = min([(local + FROM_HOUR * HOUR), *(max(span[0], board.start) for span in spans)])
    end = max([(local + TO_HOUR * HOUR), *(min(span[1], board.end) for span in spans)])
    start = start.astimezone(MUNICIPAL_ZONE).replace(minute=0, second=0, microsecond=0)
    whole = (end - start) / HOUR
    hours = [(_per_cent(hour / whole), f"{start + hour * HOUR:%H}") for hour in range(int(whole) + 1)]

    def placed(since: datetime, until: datetime) -> tuple[str, str]:
        first, last = max(since, start), min(until, end)
        return _per_cent((first - start) / HOUR / whole), _per_cent(max(0.0, (last - first) / HOUR / whole))

    shown = []
    for each in board.rows:
        bars = [
            Bar(
                *placed(window.starts_at, window.ends_at), "k3-board__bar--closed", window.get_kind_display(),
                _("Out of use: %(why)s") % {"why": window.get_kind_display()},
            )
            for window in each.closed
        ]  # fmt: skip
        bars += [_bar(row, placed(row.start_at, row.end_at), chosen) for row in each.bookings]
        shown.append(Lane(str(each.vehicle), each.vehicle.model.name, bars))
    is_today = start <= now < end
    return Lanes(hours, shown, _per_cent((now - start) / HOUR / whole) if is_today else "")


def _bar(row: Booking, place: tuple[str, str], chosen: int | None) -> Bar:
    css = {
        BookingState.ALLOCATED: "k3-board__bar--free", BookingState.FROZEN: "k3-board__bar--fixed",
        BookingState.STARTED: "k3-board__bar--out", BookingState.RETURNED: "k3-board__bar--back",
    }.get(BookingState(row.state), "")  # fmt: skip
    if row.pk == chosen:
        css += " k3-board__bar--chosen"
    start, end = row.start_at.astimezone(MUNICIPAL_ZONE), row.end_at.astimezone(MUNICIPAL_ZONE)
    who = str(row.person) if row.person else _("Booking %(number)s") % {"number": row.pk}
    text = f"{start:%H:%M} {who}"
    # The name that is read aloud begins with what is seen (WCAG 2.5.3).
    label = f"{text}, {start:%H:%M}–{end:%H:%M}, {row.get_state_display()}"
    return Bar(*place, css, text, label, row)


def _per_cent(share: float) -> str:
    return f"{100 * share:.3f}%"
