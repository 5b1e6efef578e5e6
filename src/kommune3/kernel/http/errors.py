# SPDX-License-Identifier: MPL-2.0
import httpx
from django.utils.functional import Promise


class Refused(httpx.RequestError):
    """The call breaks the house's rules and was not made. The message says which, to be shown to an administrator."""

    def __init__(self, message: str | Promise, *, request: httpx.Request | None = None) -> None:
        super().__init__(str(message), request=request)


class AnswerTooLarge(httpx.RequestError):
    """The answer is larger than the client was made for; reading stopped."""


class TookTooLong(httpx.TimeoutException):
    """The answer came, but so slowly that reading was given up."""
