# SPDX-License-Identifier: MPL-2.0
"""Every command of the platform with its arguments."""

import argparse
import pkgutil
from pathlib import Path

from django.core.management import BaseCommand, find_commands, get_commands, load_command_class

from kommune3 import adapters
from scripts.reference.markdown import Page, code, paragraphs, table


def own_commands() -> dict[str, str]:
    """The platform's own management commands, those of adapters that are not chosen included: name -> app."""
    found = {name: str(app) for name, app in get_commands().items() if str(app).startswith("kommune3.")}
    for module in pkgutil.iter_modules(adapters.__path__):
        for name in find_commands(str(Path(adapters.__path__[0]) / module.name / "management")):
            found[name] = f"{adapters.__name__}.{module.name}"
    return dict(sorted(found.items()))


def spoken(name: str) -> str:
    """How a command is typed: ``fleet_import`` -> ``kommune3 fleet import``."""
    area, _, verb = name.partition("_")
    return f"kommune3 {area} {verb.replace('_', '-')}".strip()


def page() -> Page:
    parts = []
    for name, app in own_commands().items():
        command = load_command_class(app, name)
        parts += [f"## {spoken(name)}", str(command.help), *_arguments(command.create_parser("kommune3", name))]
    return Page(
        "commands.md",
        "Commands",
        "What `kommune3 …` does. Every command also takes `--help`, and Django's own `--verbosity` and `--traceback`. "
        "Django's commands (`migrate`, `collectstatic`, `check` …) are there as well.",
        paragraphs(*parts),
    )


def _arguments(parser: argparse.ArgumentParser) -> list[str]:
    """The table of a parser's own arguments, and one for each of its sub-commands."""
    rows, below = [], []
    common = {action.dest for action in BaseCommand().create_parser("kommune3", "any")._actions}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, sub in action.choices.items():
                below += [f"### … {word}", sub.description or "", *_arguments(sub)]
        elif action.dest not in common:
            rows.append(_row(action))
    return [table(("Argument", "Needed", "Default", "What it is"), rows), *below]


def _row(action: argparse.Action) -> tuple[str, ...]:
    if action.option_strings:
        value = "" if action.nargs == 0 else action.metavar or ("" if action.choices else action.dest.upper())
        name = f"{', '.join(action.option_strings)} {value}"
    else:
        name = str(action.metavar or action.dest)
    choices = f" One of: {', '.join(code(choice) for choice in action.choices)}." if action.choices else ""
    default = "" if action.nargs == 0 or action.default is argparse.SUPPRESS else code(action.default)
    return code(name.strip()), "yes" if action.required else "", default, f"{action.help or ''}{choices}"
