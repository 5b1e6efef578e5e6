# SPDX-License-Identifier: MPL-2.0
"""Typed settings from the environment that fail loudly, and that document themselves.

Each setting is read once, through one of the functions below. The call records name, type, default and
help text in :data:`DECLARED`, from which ``docs/reference/settings.md`` is generated.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class InvalidSetting(Exception):
    """An environment variable holds a value that its setting cannot take."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        super().__init__(f"{name}={value!r}: expected {expected}")


@dataclass(frozen=True)
class Declared:
    """One documented setting."""

    name: str
    kind: str
    default: str
    help: str


DECLARED: dict[str, Declared] = {}

_KEY = re.compile(r"[0-9a-fA-F]{64}")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _read(name: str, kind: str, default: T, help: str, parse: Callable[[str], T]) -> T:
    shown = ",".join(default) if isinstance(default, list) else "" if default is None else str(default)
    DECLARED[name] = Declared(name, kind, shown, help)
    raw = os.environ.get(name)
    if raw is None or raw.strip() == "":
        return default
    try:
        return parse(raw.strip())
    except (ValueError, KeyError) as error:
        raise InvalidSetting(name, raw, kind) from error


def text(name: str, default: str, help: str) -> str:
    """Any text."""
    return _read(name, "text", default, help, str)


def whole_number(name: str, default: int, help: str) -> int:
    """A whole number."""
    return _read(name, "whole number", default, help, int)


def boolean(name: str, default: bool, help: str) -> bool:
    """true/false, yes/no, on/off or 1/0."""

    def parse(raw: str) -> bool:
        if raw.lower() in _TRUE:
            return True
        if raw.lower() in _FALSE:
            return False
        raise ValueError(raw)

    return _read(name, "true or false", default, help, parse)


def words(name: str, default: list[str], help: str) -> list[str]:
    """Words separated by commas."""
    return _read(
        name,
        "words separated by commas",
        default,
        help,
        lambda raw: [word.strip() for word in raw.split(",") if word.strip()],
    )


def keys(name: str, help: str) -> list[str]:
    """Keys of 64 hexadecimal digits, separated by commas; the default is none. A refusal never shows the value."""
    DECLARED[name] = Declared(name, "keys of 64 hexadecimal digits, separated by commas", "", help)
    given = [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]
    if not all(_KEY.fullmatch(key) for key in given):
        raise InvalidSetting(name, "…", "64 hexadecimal digits for each key")
    return given


def folder(name: str, default: Path, help: str) -> Path:
    """A folder; made absolute."""
    return _read(name, "folder", default, help, lambda raw: Path(raw).expanduser()).resolve()
