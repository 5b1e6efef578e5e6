# SPDX-License-Identifier: MPL-2.0
"""What a dashboard is asked for: days, bases, type of vehicle, weekday, and what each figure is for."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Max, Min, TextChoices
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import WHOLE_MUNICIPALITY, Actor
from kommune3.solutions.fleet.models import Base, DailyUse, Kind, VehicleModel

READ = "fleet.read"
WEEKS = 13
LONGEST_DAYS = 3 * 366
_ONE_DAY = timedelta(days=1)


class Per(TextChoices):
    """What each figure is for."""

    DAY = "DAY", _("Day")
    WEEK = "WEEK", _("Week")
    MONTH = "MONTH", _("Month")
    UNIT = "UNIT", _("Unit")
    BASE = "BASE", _("Base")
    KIND = "KIND", _("Type of vehicle")


OVER_TIME = (Per.DAY, Per.WEEK, Per.MONTH)


@dataclass(frozen=True)
class Place:
    """A base the reader may see, with its unit's path in the tree."""

    pk: int
    name: str
    unit_id: str
    unit_name: str
    unit_path: str


@dataclass(frozen=True)
class Reach:
    """Everything the reader may see: bases, and the units that have bases at or below them."""

    places: tuple[Place, ...]
    units: tuple[tuple[str, str, str], ...]
    is_everything: bool = False

    @cached_property
    def oldest_day(self) -> date | None:
        """The first day with daily sums."""
        return self._days[0]

    @cached_property
    def newest_day(self) -> date | None:
        """The last day with daily sums."""
        return self._days[1]

    @cached_property
    def _days(self) -> tuple[date | None, date | None]:
        pks = [place.pk for place in self.places]
        sums = DailyUse.objects.all() if self.is_everything else DailyUse.objects.filter(base__in=pks)
        days = sums.aggregate(oldest=Min("day"), newest=Max("day"))
        return days["oldest"], days["newest"]

    @cached_property
    def models(self) -> dict[int, VehicleModel]:
        """Every model of the catalogue."""
        return {model.pk: model for model in VehicleModel.objects.all()}

    @property
    def unit_choices(self) -> list[tuple[str, str]]:
        """(id, name) of the units to choose among."""
        return [(pk, name) for pk, name, _path in self.units]

    @property
    def base_choices(self) -> list[tuple[int, str]]:
        """(id, name) of the bases to choose among."""
        return [(place.pk, place.name) for place in self.places]

    def bases_of(self, unit_id: str) -> list[int]:
        """The bases at or below a unit."""
        path = next((path for pk, _name, path in self.units if pk == unit_id), None)
        return [place.pk for place in self.places if path is not None and place.unit_path.startswith(path)]


def reach_of(actor: Actor) -> Reach:
    """What the actor may see."""
    rows = reach.visible(actor, Base).order_by("name").values_list("pk", "name", "unit_id", "unit__name", "unit__path")
    places = tuple(Place(pk, name, str(unit), unit_name, path) for pk, name, unit, unit_name, path in rows)
    units = tuple(
        (str(unit.pk), unit.name, unit.path)
        for unit in reach.units(actor, READ).order_by("path")
        if any(place.unit_path.startswith(unit.path) for place in places)
    )
    is_everything = actor.is_system or any(held.unit_path == WHOLE_MUNICIPALITY for held in actor.holding(READ))
    return Reach(places, units, is_everything)


@dataclass(frozen=True)
class Selection:
    """The days [first_day, end_day) of the chosen bases. ``weekday``: 0 is Monday. Empty means all."""

    reach: Reach
    first_day: date
    end_day: date
    unit_id: str = ""
    base_id: int | None = None
    kind: str = ""
    weekday: int | None = None
    per: Per = Per.WEEK
    known_only: bool = False

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The chosen bases."""
        path = next((path for pk, _name, path in self.reach.units if pk == self.unit_id), "")
        return tuple(
            place
            for place in self.reach.places
            if (self.base_id is None or place.pk == self.base_id) and place.unit_path.startswith(path)
        )

    @cached_property
    def layers(self) -> list[frozenset[int]]:
        """The chosen bases, then what each larger part of the tree has besides; the last reaches all one may see.

        Layers do not overlap; a larger figure is the sum of the layers up to its own.
        """
        everything = frozenset(place.pk for place in self.reach.places)
        chosen = frozenset(place.pk for place in self.places)
        found, taken = [chosen], chosen
        paths = {place.unit_path for place in self.places}
        if paths and taken != everything:
            path = min(paths, key=len)
            while path.strip("/"):
                inside = frozenset(place.pk for place in self.reach.places if place.unit_path.startswith(path))
                if chosen <= inside and inside - taken:
                    found.append(inside - taken)
                    taken |= inside
                path = path.rstrip("/").rpartition("/")[0] + "/"
        if everything - taken:
            found.append(everything - taken)
        return found

    @property
    def days(self) -> Iterator[date]:
        """Each chosen day."""
        day = self.first_day
        while day < self.end_day:
            if self.weekday is None or day.weekday() == self.weekday:
                yield day
            day += _ONE_DAY

    @property
    def last_day(self) -> date:
        return self.end_day - _ONE_DAY

    def before(self) -> "Selection":
        """The same for the period of the same length just before. Whole weeks back keep the weekdays' weight."""
        length = self.end_day - self.first_day
        return replace(self, first_day=self.first_day - length, end_day=self.first_day)


def default_days(found: Reach, today: date) -> tuple[date, date]:
    """The last 13 whole weeks with trips: [first_day, end_day). Without a whole week yet, up to the last day."""
    end = (found.newest_day or today - _ONE_DAY) + _ONE_DAY
    whole_weeks = end - timedelta(days=end.weekday())
    if found.oldest_day is not None and whole_weeks - found.oldest_day >= timedelta(weeks=1):
        end = whole_weeks
    return end - timedelta(weeks=WEEKS), end


def default_per(first_day: date, end_day: date) -> Per:
    """Days for up to a month and a half, weeks for up to a year, else months."""
    length = (end_day - first_day).days
    return Per.DAY if length <= 45 else Per.WEEK if length <= 371 else Per.MONTH


def bucket_of(day: date, per: Per) -> date:
    """The first day of the day, week (from Monday) or month that a day belongs to."""
    if per == Per.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if per == Per.MONTH else day


def end_of(bucket: date, per: Per) -> date:
    """The first day after the bucket."""
    if per == Per.WEEK:
        return bucket + timedelta(days=7)
    if per == Per.MONTH:
        return (bucket + timedelta(days=32)).replace(day=1)
    return bucket + _ONE_DAY


KINDS = [(kind.value, kind.label) for kind in Kind]
