# SPDX-License-Identifier: MPL-2.0
"""Why a login through the provider is refused. The reason is on record; the page names no details."""

from enum import StrEnum


class Reason(StrEnum):
    """Kept in the audit log."""

    UNKNOWN_REQUEST = "unknown_request"  # not begun in this browser, too long ago, or answered already
    PROVIDER_REFUSED = "provider_refused"
    PROVIDER_FAILED = "provider_failed"  # no answer, or none that can be read
    INVALID_TOKEN = "invalid_token"  # noqa: S105  a reason, no secret
    NO_ACCOUNT = "no_account"
    CLOSED_ACCOUNT = "closed_account"


class Refused(Exception):
    """The login does not go on. ``detail`` is for the log, and holds nothing about the person."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        self.reason = reason
        self.detail = detail
        super().__init__(f"{reason}: {detail}")


class NotSetUp(Exception):
    """A setting is missing or wrong; the message names it."""
