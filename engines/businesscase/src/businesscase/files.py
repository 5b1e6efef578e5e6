# SPDX-License-Identifier: MPL-2.0
"""Questions and answers as JSON. Field names are those of the data classes; the README shows both."""

import json
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from businesscase.case import Case, Rate
from businesscase.errors import InvalidCase
from businesscase.flow import as_decimal
from businesscase.portfolio import Fund

T = TypeVar("T")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file: a case with its rates, or a fund."""

    case: Case | None = None
    rates: tuple[Rate, ...] = ()
    fund: Fund | None = None

    def __post_init__(self) -> None:
        if (self.case is None) == (self.fund is None):
            raise InvalidCase("not_one", "case", None, "a file holds either a case or a fund")


def read_question(path: Path) -> Question:
    """Raises InvalidCase with file, field and value; OSError where the file cannot be read."""
    return read_json(path, Question)


def read_json(path: Path, kind: type[T]) -> T:
    """A data class of this package from JSON. Raises as :func:`read_question`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except msgspec.ValidationError as error:
        if isinstance(error.__cause__, InvalidCase):
            path_of = str(error).rpartition(" - at `")[2].rstrip("`").removeprefix("$").removeprefix(".")
            raise error.__cause__.at(prefix=f"{path_of}." if path_of else "", file=str(path)) from error
        reason, _, where = str(error).partition(" - at `")
        raise InvalidCase(
            "wrong_type", where.rstrip("`").removeprefix("$.") or "file", None, reason, file=str(path)
        ) from error
    except msgspec.DecodeError as error:
        raise InvalidCase("not_json", "file", None, str(error), file=str(path)) from error


def to_json(value: Any) -> str:
    """Any answer of this package. Fractions become decimal numbers in text, to 28 digits."""
    return json.dumps(msgspec.to_builtins(_plain(value), str_keys=True), ensure_ascii=False, indent=1)


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(as_decimal(value))
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
