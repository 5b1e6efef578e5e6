# SPDX-License-Identifier: MPL-2.0
"""The one outgoing HTTP client. The public names of the package; see README.md."""

from httpx import URL, Client, InvalidURL, RequestError, Response, TimeoutException

from kommune3.kernel.http.client import client
from kommune3.kernel.http.errors import AnswerTooLarge, Refused, TookTooLong

__all__ = [
    "URL",
    "AnswerTooLarge",
    "Client",
    "InvalidURL",
    "Refused",
    "RequestError",
    "Response",
    "TimeoutException",
    "TookTooLong",
    "client",
]
