# SPDX-License-Identifier: MPL-2.0
"""Every line the platform writes to its log: its code, its fields, and who writes it. Found in the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import kommune3
from scripts.reference.markdown import Page, code, table

SOURCE = Path(kommune3.__file__).parent
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}


@dataclass(frozen=True)
class Written:
    """A call that writes a line. ``code`` is None where it is not a constant; ``open``: further fields by ``**``."""

    code: str | None
    level: str
    fields: tuple[str, ...]
    module: str
    line: int
    open: bool


def calls(source: Path = SOURCE) -> Iterator[Written]:
    """Every call on a logger of structlog, outside of tests."""
    for path in sorted(source.rglob("*.py")):
        if "tests" in path.parts:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bound = _loggers(tree)
        if not bound:
            continue
        module = ".".join(path.relative_to(source.parent).with_suffix("").parts)
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and (name := _root_name(node.func.value)) in bound
            ):
                yield _written(node, node.func.attr, bound[name], module)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "write":
                yield _written(node, "info", (), module)  # a level that is chosen as the line is written


def _loggers(tree: ast.Module) -> dict[str, tuple[str, ...]]:
    """The names that hold a logger -> the fields already bound to it."""
    found: dict[str, tuple[str, ...]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            called = node.value.func
            if isinstance(called, ast.Attribute) and called.attr == "get_logger":
                found[node.targets[0].id] = ()
            elif isinstance(called, ast.Attribute) and called.attr == "bind" and _root_name(called.value) in found:
                found[node.targets[0].id] = tuple(keyword.arg or "" for keyword in node.value.keywords)
    return found


def _root_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _written(node: ast.Call, level: str, bound: tuple[str, ...], module: str) -> Written:
    first = node.args[0] if node.args else None
    named = isinstance(first, ast.Constant) and isinstance(first.value, str)
    fields = (*bound, *(keyword.arg for keyword in node.keywords if keyword.arg and keyword.arg != "exc_info"))
    return Written(
        str(first.value) if named and isinstance(first, ast.Constant) else None,
        "error" if level == "exception" else level,
        fields,
        module,
        node.lineno,
        any(keyword.arg is None for keyword in node.keywords),
    )


def page() -> Page:
    lines: dict[str, list[Written]] = {}
    for each in calls():
        if each.code is not None:
            lines.setdefault(each.code, []).append(each)
    rows = [
        (
            code(name),
            ", ".join(sorted({each.level for each in found})),
            ", ".join(code(field) for field in sorted({field for each in found for field in each.fields})),
            ", ".join(code(module) for module in sorted({each.module for each in found})),
        )
        for name, found in sorted(lines.items())
    ]
    return Page(
        "logs.md",
        "Log",
        "One JSON line per event on standard error. Each has `event` (a code from this table, or the sentence of a "
        "library without its values), `logger`, `level`, `timestamp` (UTC), within a request `request_id`, within a "
        "job `job` and `task`; with an exception its type, the places it passed (`frames`) and its cause, never its "
        "text. No line has an address, a name, an e-mail address or a CPR number. What to watch for: "
        "[monitor](../how-to/monitor.md).",
        table(("Code", "Level", "Fields", "Written by"), rows),
    )
