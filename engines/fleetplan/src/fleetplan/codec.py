# SPDX-License-Identifier: MPL-2.0
"""Dataclasses to plain JSON values and back, by their type annotations. Errors name the field by its path."""

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from fleetplan.errors import InvalidProblem

T = TypeVar("T")
Decoder = Callable[[Any, str], Any]


def encode(value: Any) -> Any:
    """A value of JSON: objects for dataclasses, lists for tuples and sets, strings for instants, enums and Decimals."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {encode(key): encode(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return value


def decode(kind: type[T], raw: Any, field: str = "") -> T:
    """The dataclass ``kind`` from parsed JSON. Raises InvalidProblem with the path of the field that is wrong."""
    read: Decoder = decoder(kind)  # type: ignore[arg-type]  # a class is hashable
    decoded: T = read(raw, field)
    return decoded


@cache
def decoder(kind: Any) -> Decoder:
    """How to read one type. Made once per type, so that reading a hundred thousand rows is cheap."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _optional(next(a for a in arguments if a is not type(None)))
    if origin is tuple:
        return _row(arguments[0]) if arguments[-1] is Ellipsis else _fixed(arguments)
    if origin is frozenset:
        items = _row(arguments[0])
        return lambda raw, field: frozenset(items(raw, field))
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(*arguments)
    if is_dataclass(kind):
        return _record(kind)
    if issubclass(kind, Enum):
        return _parsed(kind, str, f"must be one of {', '.join(member.value for member in kind)}")
    if kind is datetime:
        return _parsed(datetime.fromisoformat, str, "must be an ISO 8601 instant")
    if kind is time:
        return _parsed(time.fromisoformat, str, "must be a time of day such as 07:00")
    if kind is Decimal:
        return _parsed(Decimal, str, "must be a decimal number in quotes")
    if kind is float:
        return _parsed(float, int | float, "must be a number")
    return _parsed(lambda raw: raw, kind, f"must be of type {kind.__name__}")


def _parsed(parse: Callable[[Any], Any], accepts: Any, reason: str) -> Decoder:
    def read(raw: Any, field: str) -> Any:
        if not isinstance(raw, accepts) or (isinstance(raw, bool) and accepts is not bool):
            raise InvalidProblem("wrong_type", field, raw, reason)
        try:
            return parse(raw)
        except (ValueError, InvalidOperation) as error:
            raise InvalidProblem("not_readable", field, raw, reason) from error

    return read


def _optional(inner: Any) -> Decoder:
    read = decoder(inner)
    return lambda raw, field: None if raw is None else read(raw, field)


def _row(inner: Any) -> Decoder:
    read = decoder(inner)

    def items(raw: Any, field: str) -> Any:
        if not isinstance(raw, list):
            raise InvalidProblem("wrong_type", field, raw, "must be a list")
        return tuple(read(item, f"{field}[{index}]") for index, item in enumerate(raw))

    return items


def _fixed(arguments: tuple[Any, ...]) -> Decoder:
    readers = [decoder(argument) for argument in arguments]

    def items(raw: Any, field: str) -> Any:
        if not isinstance(raw, list) or len(raw) != len(readers):
            raise InvalidProblem("wrong_type", field, raw, f"must be a list of {len(readers)}")
        return tuple(read(item, f"{field}[{n}]") for n, (read, item) in enumerate(zip(readers, raw, strict=True)))

    return items


def _mapping(key: Any, value: Any) -> Decoder:
    read_key, read_value = decoder(key), decoder(value)

    def items(raw: Any, field: str) -> Any:
        if not isinstance(raw, dict):
            raise InvalidProblem("wrong_type", field, raw, "must be an object")
        return {read_key(k, field): read_value(v, f"{field}.{k}") for k, v in raw.items()}

    return items


def _record(kind: Any) -> Decoder:
    hints = typing.get_type_hints(kind)
    readers = {field.name: decoder(hints[field.name]) for field in fields(kind)}
    required = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}

    def read(raw: Any, field: str) -> Any:
        prefix = f"{field}." if field else ""
        if not isinstance(raw, dict):
            raise InvalidProblem("wrong_type", field, raw, "must be an object")
        for name in raw:
            if name not in readers:
                raise InvalidProblem("unknown_field", prefix + name, raw[name], "no such field")
        for name in required - raw.keys():
            raise InvalidProblem("missing", prefix + name, None, "is missing")
        values = {name: readers[name](value, prefix + name) for name, value in raw.items()}
        try:
            return kind(**values)
        except InvalidProblem as error:
            raise error.at(prefix=prefix) from error

    return read
