# SPDX-License-Identifier: MPL-2.0
"""Which format a file has, and reading and writing each."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from careroutes.answer import Answer
from careroutes.errors import InvalidProblem
from careroutes.formats import hhcrsp, solomon, uhhc
from careroutes.problem import Problem


@dataclass(frozen=True)
class Format:
    """``read`` takes the text of a file, ``write`` gives that of a solution; ``title`` names the format for people."""

    title: str
    read: Callable[[str], Problem]
    write: Callable[[Problem, Answer], str]


def _own_problem(text: str) -> Problem:
    return msgspec.json.decode(text, type=Problem)


def _own_answer(problem: Problem, answer: Answer) -> str:
    return json.dumps(msgspec.to_builtins(answer), ensure_ascii=False, indent=1) + "\n"


FORMATS = {
    "careroutes": Format("this package's own JSON", _own_problem, _own_answer),
    "hhcrsp": Format("HHCRSP JSON (Mankowska, Kummer, Italian)", hhcrsp.read, hhcrsp.write),
    "uhhc": Format("UHHC JSON (Unified Home Healthcare)", uhhc.read, uhhc.write),
    "solomon": Format("Solomon and Gehring-Homberger text", solomon.read, solomon.write),
}


def format_of(text: str) -> str:
    """The key in FORMATS that the text of a problem looks like."""
    head = text.lstrip()
    if not head.startswith("{"):
        return "solomon"
    keys = json.loads(text).keys()
    if "terminal_points" in keys:
        return "uhhc"
    return "hhcrsp" if "patients" in keys else "careroutes"


def read_problem(path: Path, *, kind: str | None = None, **how: Any) -> tuple[Problem, str]:
    """A problem and the key of its format. ``how`` is given to the format's reader (see there).

    Raises InvalidProblem with file, field and value; OSError where the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        kind = kind or format_of(text)
        return FORMATS[kind].read(text, **how), kind
    except InvalidProblem as error:
        raise error.at(file=str(path)) from error
    except msgspec.ValidationError as error:
        raise _from_msgspec(error, path) from error
    except (json.JSONDecodeError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidProblem("not_json", "file", None, str(error), file=str(path)) from error
    except (KeyError, TypeError, IndexError) as error:
        raise InvalidProblem(
            "missing", str(error), None, "the file lacks what its format asks for", file=str(path)
        ) from error


def read_answer(path: Path) -> Answer:
    """An answer in this package's own JSON. Raises as :func:`read_problem`."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Answer)
    except msgspec.ValidationError as error:
        raise _from_msgspec(error, path) from error
    except msgspec.DecodeError as error:
        raise InvalidProblem("not_json", "file", None, str(error), file=str(path)) from error


def write_answer(problem: Problem, answer: Answer, *, kind: str) -> str:
    """The text of a solution in a format of FORMATS."""
    return FORMATS[kind].write(problem, answer)


def write_problem(problem: Problem) -> str:
    """A problem in this package's own JSON."""
    return json.dumps(msgspec.to_builtins(problem, order="sorted"), ensure_ascii=False) + "\n"


def _from_msgspec(error: msgspec.ValidationError, path: Path) -> InvalidProblem:
    reason, _, where = str(error).partition(" - at `")
    place = where.rstrip("`").removeprefix("$").removeprefix(".")
    cause = error.__cause__
    if isinstance(cause, InvalidProblem):
        return cause.at(prefix=f"{place}." if place else "", file=str(path))
    return InvalidProblem("wrong_type", place or "file", None, reason, file=str(path))
