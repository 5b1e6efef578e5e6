# SPDX-License-Identifier: MPL-2.0
"""Asking a server of routes: in squares it can bear, and never twice for the same pair while the process lives."""

from collections.abc import Callable, Iterator, Sequence
from threading import Lock
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from kommune3.adapters.roads.sources import MODES
from kommune3.kernel import http
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Mode, NoAnswer

SQUARE = 50  # OSRM bears 100 points at a time, Valhalla 2500 pairs, where nobody has changed that
_REMEMBERED_PAIRS = 500_000

Found = tuple[int | None, int | None]  # whole seconds and metres; None where there is no way
Square = list[list[Found]] | None  # sources x targets; None where the server refuses all because one has no road
Ask = Callable[[http.Client, Sequence[Point], Sequence[Point]], Square]

_pairs: dict[tuple[str, Mode], dict[tuple[Point, Point], Found]] = {}
_lock = Lock()


def address(mode: Mode) -> str:
    """Where the mode's server is. Raises NoAnswer."""
    if not settings.TRAVEL_SERVER:
        raise NoAnswer(_("No server of routes is set: give its address in KOMMUNE3_TRAVEL_SERVER."))
    found: str = settings.TRAVEL_SERVER.replace("{mode}", MODES[mode]).rstrip("/")
    return found


def told(call: Callable[[], http.Response]) -> dict[str, Any]:
    """The JSON object of an answer, whatever its status. Raises NoAnswer."""
    try:
        response = call()
        content = response.json()
    except (http.RequestError, http.Refused, http.AnswerTooLarge, http.InvalidURL, ValueError) as error:
        raise NoAnswer(_("The server of routes does not answer: %(reason)s") % {"reason": error}) from error
    if not isinstance(content, dict):
        raise refused(str(response.status_code))
    return content


def refused(reason: object) -> NoAnswer:
    """What the server says where it has no answer."""
    return NoAnswer(_("The server of routes refuses: %(reason)s") % {"reason": reason})


def pairs(points: Sequence[Point], mode: Mode, ask: Ask) -> list[list[Found]]:
    """All pairs, those that are not remembered from ``ask``. Raises NoAnswer."""
    with _lock:
        known = dict(_pairs.get((address(mode), mode), {}))
    places = list(dict.fromkeys(points))
    fresh: dict[tuple[Point, Point], Found] = {}
    with http.client() as client:
        for sources, targets in _missing(places, known):
            fresh.update(_square(client, sources, targets, ask))
    known.update(fresh)
    with _lock:
        kept = _pairs.setdefault((address(mode), mode), {})
        if len(kept) + len(fresh) > _REMEMBERED_PAIRS:
            kept.clear()
        kept.update(fresh)
    return [[(0, 0) if one == other else known[one, other] for other in points] for one in points]


def forget() -> None:
    """Ask for everything anew."""
    with _lock:
        _pairs.clear()


def _square(
    client: http.Client, sources: Sequence[Point], targets: Sequence[Point], ask: Ask
) -> Iterator[tuple[tuple[Point, Point], Found]]:
    answer = ask(client, sources, targets)
    if answer is not None:
        for source, row in zip(sources, answer, strict=True):
            yield from (((source, target), found) for target, found in zip(targets, row, strict=True))
    elif len(sources) == len(targets) == 1:
        yield (sources[0], targets[0]), (None, None)
    else:  # whoever has no road must not take it from the others
        for some_sources in _parts(sources, -(-len(sources) // 2)):
            for some_targets in _parts(targets, -(-len(targets) // 2)):
                yield from _square(client, some_sources, some_targets, ask)


def _missing(
    places: Sequence[Point], known: dict[tuple[Point, Point], Found]
) -> Iterator[tuple[Sequence[Point], Sequence[Point]]]:
    if len(places) == 1:
        return
    asked = {source for source, _target in known}
    old: list[Point] = []
    new: list[Point] = []
    for place in places:
        is_known = place in asked and all((place, other) in known and (other, place) in known for other in old)
        (old if is_known else new).append(place)
    for sources, targets in ((new, [*old, *new]), (old, new)):
        for some_sources in _parts(sources, SQUARE):
            for some_targets in _parts(targets, SQUARE):
                yield some_sources, some_targets


def _parts(points: Sequence[Point], length: int) -> Iterator[Sequence[Point]]:
    for start in range(0, len(points), length):
        yield points[start : start + length]
