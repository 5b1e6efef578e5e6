# SPDX-License-Identifier: MPL-2.0
"""What the platform refuses, and why: the typed errors of the kernel, the adapters and the solutions."""

import inspect
import pkgutil
from collections.abc import Iterator
from importlib import import_module

import kommune3
from scripts.reference.markdown import Page, code, paragraphs, plain, table


def typed_errors() -> Iterator[tuple[str, list[type[Exception]]]]:
    """Each ``errors`` module of the platform and the exceptions that are defined in it."""
    for module_info in sorted(pkgutil.walk_packages(kommune3.__path__, "kommune3."), key=lambda info: info.name):
        if module_info.name.endswith(".errors") and ".tests" not in module_info.name:
            module = import_module(module_info.name)
            classes = [
                each for _, each in inspect.getmembers(module, inspect.isclass) if each.__module__ == module.__name__
            ]
            found = [each for each in classes if issubclass(each, Exception)]
            if found:
                yield module_info.name.removesuffix(".errors"), found


def _says(error: type[Exception]) -> str:
    """What the error means: its docstring, or the message it is shown with."""
    own = error.__dict__.get("__doc__") or ""
    return plain(own).split("\n\n")[0] or str(getattr(error, "message", ""))


def page() -> Page:
    parts = []
    for package, errors in typed_errors():
        parts += [f"## {package}", table(("Error", "Means"), ((code(each.__name__), _says(each)) for each in errors))]
    return Page(
        "errors.md",
        "Errors",
        "What the platform refuses, and why. A user sees each as a sentence that says what to do; the API answers with "
        "the name as `code` and the sentence as `detail`. What can be wrong in a file with trips stands with [the trip "
        "file](trip-file.md#what-can-be-wrong-and-what-to-do).",
        paragraphs(*parts),
    )
