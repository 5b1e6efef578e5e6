# SPDX-License-Identifier: MPL-2.0
"""Everything businesscase raises on purpose. Errors carry the facts, for a caller to say them in its own language."""


class BusinesscaseError(Exception):
    """The root of all errors of this package."""


class InvalidCase(BusinesscaseError, ValueError):
    """A value in the input cannot be right.

    ``code`` is a stable word to translate by; ``field`` says where in dotted form (``lines[2].amounts.2027``),
    ``value`` what stood there, ``reason`` why it is refused (English). ``file`` is set by the readers.
    """

    def __init__(self, code: str, field: str, value: object, reason: str, *, file: str | None = None) -> None:
        self.code = code
        self.field = field
        self.value = value
        self.reason = reason
        self.file = file
        super().__init__(code, field, value, reason)

    def __str__(self) -> str:
        place = f"{self.file}: " if self.file else ""
        return f"{place}{self.field}: {self.reason} (got {self.value!r})"

    def at(self, *, prefix: str = "", file: str | None = None) -> "InvalidCase":
        """The same error with its place made more precise."""
        return InvalidCase(self.code, prefix + self.field, self.value, self.reason, file=file or self.file)


class MissingRate(BusinesscaseError, LookupError):
    """No discount rate was in force on the day of the decision."""


class SolverFailed(BusinesscaseError):
    """HiGHS ended in a state that is neither an answer nor a limit."""
