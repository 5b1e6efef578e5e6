# SPDX-License-Identifier: MPL-2.0
"""Every address of the platform, found in the resolver: pages, operations of the API, streams."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """An address: ``name`` with its namespaces, the HTTP methods to try, and the types of its arguments by name."""

    name: str
    methods: tuple[str, ...]
    arguments: tuple[tuple[str, str], ...]

    @property
    def namespace(self) -> str:
        return self.name.rpartition(":")[0]


def routes() -> list[Route]:
    """Every address, by name. An address without a name is listed by its pattern, so that it is found undeclared."""
    found: dict[str, Route] = {}
    for route in _walk(get_resolver().url_patterns, (), {}, ""):
        known = found.get(route.name)
        methods = tuple(sorted({*route.methods, *(known.methods if known else ())}))
        found[route.name] = Route(route.name, methods, route.arguments)
    return sorted(found.values(), key=lambda route: route.name)


def _walk(patterns: list[Any], namespaces: tuple[str, ...], arguments: dict[str, str], prefix: str) -> Iterator[Route]:
    for entry in patterns:
        own = {name: type(converter).__name__ for name, converter in entry.pattern.converters.items()}
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = (*namespaces, entry.namespace) if entry.namespace else namespaces
            yield from _walk(entry.url_patterns, inner, {**arguments, **own}, path)
        elif isinstance(entry, URLPattern):
            name = ":".join((*namespaces, entry.name)) if entry.name else f"unnamed: {path}"
            yield Route(name, _methods(entry), tuple({**arguments, **own}.items()))


def _methods(entry: URLPattern) -> tuple[str, ...]:
    """The methods of an API operation; for a page GET and POST, whichever of them it takes."""
    operations = getattr(getattr(entry.callback, "__self__", None), "operations", None)
    if operations is None:
        return ("GET", "POST")
    return tuple({method for operation in operations for method in operation.methods})
