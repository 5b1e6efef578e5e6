# SPDX-License-Identifier: MPL-2.0
"""Refuses calls beyond the limits before any view runs."""

import hashlib
from collections.abc import Callable, Iterator
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render

from kommune3.kernel import clock
from kommune3.kernel.access.middleware import API_PREFIX, bearer_token
from kommune3.kernel.limits import table
from kommune3.kernel.limits.counting import refused_for

log = structlog.get_logger("limits")

_IPV6_SITE_BITS = 64  # what one household or office has: its devices change the rest as they like


def caller(request: HttpRequest) -> str:
    """Whoever calls, by address. For IPv6, the network of the site."""
    address: str = request.META.get("REMOTE_ADDR", "")
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, _IPV6_SITE_BITS), strict=False)) if parsed.version == 6 else str(parsed)


def counted_as(request: HttpRequest, name: str) -> Iterator[tuple[str, str]]:
    """The limits that the call to the address ``name`` counts towards, and as whose."""
    account = getattr(request.actor, "account_id", None)  # type: ignore[attr-defined]
    group = table.LIMITED.get(name)
    # Looking at the login page is no attempt to log in.
    if group is not None:
        yield (table.PAGE if group == table.LOGIN and request.method == "GET" else group), caller(request)
    if request.path.startswith(API_PREFIX):
        key = bearer_token(request)
        yield table.API_ADDRESS, caller(request)
        yield table.API, hashlib.sha256(key.encode()).hexdigest() if key else str(account or caller(request))
    elif request.method == "POST" and request.content_type == "multipart/form-data":
        yield table.UPLOAD, str(account or caller(request))


class Limits:
    """Stands after ``PageAccess``, which knows who calls."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        now = clock.now()
        for group, who in counted_as(request, name):
            wait = refused_for(group, who, now=now)
            if wait is not None:
                log.warning("limits.refused", group=group, route=name)
                return _refusal(request, wait)
        return None


def _refusal(request: HttpRequest, wait_seconds: int) -> HttpResponse:
    headers = {"Retry-After": str(wait_seconds)}
    if request.path.startswith(API_PREFIX):
        detail = f"Too many calls. Try again in {wait_seconds} seconds."
        return JsonResponse({"detail": detail}, status=429, headers=headers)
    response = render(request, "limits/too_many.html", {"seconds": wait_seconds}, status=429)
    response["Retry-After"] = headers["Retry-After"]
    return response
