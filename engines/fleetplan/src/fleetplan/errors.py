# SPDX-License-Identifier: MPL-2.0
"""Everything fleetplan raises on purpose. Errors carry the facts, so that a caller can say them in its own language."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fleetplan.answer import Answer


class FleetplanError(Exception):
    """The root of all errors of this package."""


class InvalidProblem(FleetplanError, ValueError):
    """A value in the input cannot be right.

    ``code`` is a stable word (``end_not_after_start``, ``duplicate_id`` …) to translate by; ``field`` says where in
    dotted form (``trips[17].end``), ``value`` what stood there, ``reason`` why it is refused (English).
    ``file`` and ``line`` (1 = first line) are set by the readers.
    """

    def __init__(
        self, code: str, field: str, value: object, reason: str, *, file: str | None = None, line: int | None = None
    ) -> None:
        self.code = code
        self.field = field
        self.value = value
        self.reason = reason
        self.file = file
        self.line = line
        super().__init__(code, field, value, reason)

    def __str__(self) -> str:
        place = "".join([f"{self.file}: " if self.file else "", f"line {self.line}: " if self.line else ""])
        return f"{place}{self.field}: {self.reason} (got {self.value!r})"

    def at(self, *, prefix: str = "", file: str | None = None, line: int | None = None) -> "InvalidProblem":
        """The same error with its place made more precise (used by readers, which know file and line)."""
        return InvalidProblem(
            self.code,
            prefix + self.field,
            self.value,
            self.reason,
            file=file or self.file,
            line=line or self.line,
        )


class SolverFailed(FleetplanError):
    """HiGHS ended in a state that is neither an answer, a proof of infeasibility, a limit nor a cancellation."""


class Stopped(FleetplanError):
    """The caller asked to stop, and what was found so far says nothing."""


class NoFleet(FleetplanError):
    """No fleet within the bounds can drive the trips. ``answer`` has the reason and the instant that makes it so."""

    def __init__(self, answer: "Answer") -> None:
        self.answer = answer
        why = f" ({answer.reason.value})" if answer.reason else ""
        super().__init__(f"no fleet can drive the trips: {answer.status.value}{why}")
