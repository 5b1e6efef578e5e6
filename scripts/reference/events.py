# SPDX-License-Identifier: MPL-2.0
"""Every event that is published, what it carries, and who is told."""

import ast
from collections.abc import Iterator
from pathlib import Path

import kommune3
from kommune3.kernel.events import handling
from scripts.reference.markdown import Page, code, table

SOURCE = Path(kommune3.__file__).parent


def published() -> dict[str, tuple[str, list[str]]]:
    """Event name -> the module that publishes it, and the keys of its payload. Found in the source."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" in path.parts:
            continue
        for name, keys in _calls(ast.parse(path.read_text(encoding="utf-8"))):
            module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
            found[name] = (module, keys)
    return dict(sorted(found.items()))


def _calls(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    names = dict(_constants(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "publish":
            match node.args:
                case [ast.Constant(value=str(name)), *rest]:
                    yield name, _keys(rest)
                case [ast.Name(id=constant), *rest] if constant in names:
                    yield names[constant], _keys(rest)


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names that the module gives to texts."""
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
                yield name, text


def _keys(arguments: list[ast.expr]) -> list[str]:
    match arguments:
        case [ast.Dict(keys=keys), *_]:
            return [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]
    return []


def page() -> Page:
    rows = [
        (code(name), ", ".join(map(code, keys)), code(module), ", ".join(map(code, sorted(handling.handlers_of(name)))))
        for name, (module, keys) in published().items()
    ]
    return Page(
        "events.md",
        "Events",
        "What happened, told to whoever wants to know: published in the transaction of the change, delivered at least "
        "once. See [jobs](../explanation/jobs.md#events).",
        table(("Event", "Carries", "Published by", "Handled by"), rows),
    )
