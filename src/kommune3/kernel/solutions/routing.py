# SPDX-License-Identifier: MPL-2.0
"""Addresses of a solution exist only while it is switched on."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLResolver, include
from django.urls.resolvers import RoutePattern

from kommune3.kernel.flags import switches
from kommune3.kernel.solutions import registry

_key_of_namespace: dict[str, str] = {}


def solution_path(route: str, urls: Any, *, key: str) -> URLResolver:
    """Like :func:`django.urls.path` with ``include``, for the solution ``key``.

    ``urls`` is what ``include`` takes, or the triple that a NinjaAPI's ``urls`` gives.
    """
    module, app_name, namespace = urls if isinstance(urls, tuple) else include(urls)
    _key_of_namespace[namespace] = key
    return URLResolver(RoutePattern(route), module, {}, app_name=app_name, namespace=namespace)


class SwitchedOn:
    """Answers "not found" at the addresses of a solution that is switched off.

    A middleware and not a URL resolver, since the server resolves addresses where the database must not be asked.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with switches.asked_once():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Raises Http404."""
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        key = _key_of_namespace.get(namespaces[0]) if namespaces else None
        if key is not None and not registry.is_active(key):
            raise Http404
