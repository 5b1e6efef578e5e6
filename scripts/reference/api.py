# SPDX-License-Identifier: MPL-2.0
"""Every operation of every API, and the schemas they speak in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.urls import reverse

from kommune3.kernel.access import declare
from scripts.reference.access import needs
from scripts.reference.markdown import Page, code, paragraphs, plain, table

METHODS = ("get", "post", "put", "patch", "delete")
Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of an API. ``spec`` is what OpenAPI says of it."""

    method: str
    path: str
    url_name: str
    spec: Schema

    @property
    def heading(self) -> str:
        return f"{self.method} {self.path}"


def apis() -> Iterator[tuple[str, Any]]:
    """The address prefix and the NinjaAPI of every app that has one."""
    for config in apps.get_app_configs():
        if config.name.startswith("kommune3.") and find_spec(f"{config.name}.rest"):
            api = import_module(f"{config.name}.rest").api
            yield reverse(f"{api.urls_namespace}:api-root"), api


def operations(prefix: str, api: Any) -> Iterator[Operation]:
    """Each operation of an API, in its own order."""
    names = {}
    for pattern in api.urls[0]:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(pattern.pattern))
        names[prefix + path] = f"{api.urls_namespace}:{pattern.name}"
    for path, methods in api.get_openapi_schema(path_prefix=prefix)["paths"].items():
        for method in METHODS:
            if method in methods:
                yield Operation(method.upper(), path, names[path], methods[method])


def page() -> Page:
    parts = []
    for prefix, api in apis():
        schemas = api.get_openapi_schema(path_prefix=prefix).get("components", {}).get("schemas", {})
        text = paragraphs(
            f"## {api.title}",
            str(api.description or ""),
            *(_operation(operation) for operation in operations(prefix, api)),
            *(_schema(name, schema) for name, schema in sorted(schemas.items())),
        )
        parts.append(_own_anchors(text, key=api.urls_namespace.removeprefix("api-")))
    return Page(
        "api.md",
        "API",
        "JSON over HTTP. Call with the session of a logged-in browser, or with `Authorization: Bearer k3_…`. The "
        "caller's grants decide what is reached; what one may not know of is answered with 404. A solution's API is "
        "there while the solution is switched on.",
        paragraphs(*parts),
    )


def _own_anchors(text: str, *, key: str) -> str:
    """Give the schemas of one API headings of their own, since two APIs may have schemas of the same name."""
    text = re.sub(r"^#### (.+)$", rf"#### \1 ({key})", text, flags=re.M)
    return re.sub(r"\]\(#(\w+)\)", rf"](#\1-{key})", text)


def _operation(operation: Operation) -> str:
    spec = operation.spec
    parts = [f"### {operation.heading}", plain(spec.get("description") or spec.get("summary"))]
    needed = needs(declare.needed(operation.url_name, operation.method))
    parts.append(f"Needs: {needed}. Address name: {code(operation.url_name)}.")
    parameters = [
        (code(each["name"]), each["in"], _kind(each["schema"]), "yes" if each.get("required") else "",
         code(each["schema"].get("default")), plain(each.get("description")))
        for each in spec.get("parameters", ())
    ]  # fmt: skip
    parts.append(table(("Parameter", "In", "Kind", "Needed", "Default", "What it is"), parameters))
    for media, body in spec.get("requestBody", {}).get("content", {}).items():
        parts += [f"Body: {code(media)}, {_kind(body['schema'])}.", _fields(body["schema"])]
    answers = []
    for status, answer in spec.get("responses", {}).items():
        bodies = ", ".join(_kind(body["schema"]) for body in answer.get("content", {}).values())
        answers.append((status, bodies or "no JSON body"))
    parts.append(table(("Answer", "Body"), answers))
    return paragraphs(*parts)


def _schema(name: str, schema: Schema) -> str:
    return paragraphs(f"#### {name}", plain(schema.get("description")), _fields(schema) or f"{_kind(schema)}.")


def _fields(schema: Schema) -> str:
    needed = set(schema.get("required", ()))
    rows = [
        (
            code(name),
            _kind(part),
            "yes" if name in needed else "",
            code(part.get("default")),
            part.get("description", ""),
        )
        for name, part in schema.get("properties", {}).items()
    ]
    return table(("Field", "Kind", "Always", "Default", "What it is"), rows)


def _kind(schema: Schema) -> str:
    """The type of a JSON schema, in words."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return f"[{name}](#{name.lower()})"
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return " or ".join(dict.fromkeys(_kind(part) for part in schema[word]))
    if "enum" in schema:
        return "one of " + ", ".join(code(value) for value in schema["enum"])
    if "const" in schema:
        return code(schema["const"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"object of {_kind(inner)}" if isinstance(inner, dict) and inner else "object"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}
    word = words.get(schema.get("type", ""), schema.get("type", "anything"))
    return f"{word} ({schema['format']})" if "format" in schema else str(word)
