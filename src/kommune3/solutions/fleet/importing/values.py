# SPDX-License-Identifier: MPL-2.0
"""Numbers and instants as people and fleet systems write them."""

import re
from datetime import UTC, datetime

from kommune3.kernel.clock import MUNICIPAL_ZONE

_DAY_FIRST = re.compile(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})[ T]+(?:kl\.? *)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?$")
_GROUPED_BY_POINT = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?$")
_GROUPED_BY_COMMA = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?$")
_NUMBER_LENGTH = 20


class NotATime(ValueError):
    """The text is not a date with a time of day."""


class TimeDoesNotExist(ValueError):
    """A local time within the hour that is skipped when the clocks go forward."""


def parse_instant(text: str) -> tuple[datetime, datetime | None]:
    """The instant in UTC, and the other instant it may mean where that hour occurred twice.

    With an offset (``2026-03-08T08:41:00Z``) there is no doubt; without one it is local time in the municipality.
    Day first is read too (``08-03-2026 09:41``). Raises :class:`NotATime` or :class:`TimeDoesNotExist`.
    """
    try:
        if len(text) <= 10:
            raise NotATime
        written = datetime.fromisoformat(text)
    except ValueError:
        match = _DAY_FIRST.match(text)
        if match is None:
            raise NotATime from None
        day, month, year, hour, minute, second = (int(part or 0) for part in match.groups())
        try:
            written = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  local time, placed below
        except ValueError:
            raise NotATime from None
    if not 1990 <= written.year <= 2200:
        raise NotATime
    if written.tzinfo is not None:
        return written.astimezone(UTC), None
    return place_local(written)


def place_local(written: datetime) -> tuple[datetime, datetime | None]:
    """Local municipal time to UTC: the instant, and the later one it may mean in the hour that occurs twice."""
    first = written.replace(tzinfo=MUNICIPAL_ZONE)
    second = first.replace(fold=1)
    before, after = first.utcoffset(), second.utcoffset()
    if before == after:
        return first.astimezone(UTC), None
    if before is not None and after is not None and before < after:
        raise TimeDoesNotExist
    return first.astimezone(UTC), second.astimezone(UTC)


def parse_number(text: str, decimal: str) -> float:
    """A finite number written with the ``decimal`` separator of the file; thousands may be grouped by the other.

    Raises ValueError.
    """
    plain = text.replace("\u00a0", "").replace(" ", "")
    if len(plain) > _NUMBER_LENGTH:
        raise ValueError(text)
    sign = plain[:1] if plain[:1] in "+-" else ""
    digits = plain[len(sign) :]
    if decimal == ",":
        if _GROUPED_BY_POINT.match(digits):
            digits = digits.replace(".", "")
        elif "." in digits:
            raise ValueError(text)
        digits = digits.replace(",", ".")
    elif _GROUPED_BY_COMMA.match(digits) and "." in digits:
        digits = digits.replace(",", "")
    elif "," in digits:
        if _GROUPED_BY_COMMA.match(digits):
            raise ValueError(text)
        digits = digits.replace(",", ".", 1)
    if not digits[:1].isdigit() or not digits.replace(".", "", 1).isdigit() or not digits.isascii():
        raise ValueError(text)
    return float(sign + digits)


def find_decimal(numbers: list[str]) -> str:
    """The decimal separator a sample of numbers is written with: a comma where one of them can only be that."""
    for text in numbers:
        if "," in text and not _GROUPED_BY_COMMA.match(text.strip().lstrip("+-")):
            return ","
        if "," in text and "." in text:
            return "," if text.rindex(",") > text.rindex(".") else "."
    return "," if any("," in text for text in numbers) and not any("." in text for text in numbers) else "."
