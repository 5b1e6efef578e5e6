# SPDX-License-Identifier: MPL-2.0
"""Whether a request comes from the municipality's own monitoring."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare


def is_scraper(request: HttpRequest) -> bool:
    """It has the token of KOMMUNE3_METRICS_TOKEN, and comes from one of KOMMUNE3_METRICS_ADDRESSES where any is set.

    Without a token set, nobody is.
    """
    if not settings.METRICS_TOKEN or not _is_from_listed(request.META.get("REMOTE_ADDR", "")):
        return False
    given = request.headers.get("Authorization", "")
    return given.startswith("Bearer ") and constant_time_compare(given.removeprefix("Bearer "), settings.METRICS_TOKEN)


def _is_from_listed(address: str) -> bool:
    if not settings.METRICS_ADDRESSES:
        return True
    try:
        from_there = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(from_there in ipaddress.ip_network(listed, strict=False) for listed in settings.METRICS_ADDRESSES)
