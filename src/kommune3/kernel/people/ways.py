# SPDX-License-Identifier: MPL-2.0
"""Ways of logging in that stand on the login page beside the password: identity providers, declared by adapters."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

LOGOUT_CONTINUES = "logout_continues"  # key of the session: where logging out goes on, such as at the provider


@dataclass(frozen=True)
class Way:
    """A way that leaves the platform: the text of its link and the name of the address it begins at.

    ``is_on`` tells whether the municipality has set it up.
    """

    title: str | Promise
    url_name: str
    is_on: Callable[[], bool]


_ways: dict[str, Way] = {}


def declare(way: Way) -> None:
    """Put a way on the login page, where it is set up."""
    _ways[way.url_name] = way


def ways() -> list[Way]:
    """The ways that are set up."""
    return [way for way in _ways.values() if way.is_on()]


def continue_logout_at(request: HttpRequest, address: str) -> None:
    """Let logging out of this session go on at ``address``, a page of the platform."""
    request.session[LOGOUT_CONTINUES] = address
