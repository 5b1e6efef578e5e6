# SPDX-License-Identifier: MPL-2.0
"""The command ``kommune3``: ``kommune3 fleet import FILE`` runs the management command ``fleet_import``."""

import os
import sys

import django
from django.core.management import execute_from_command_line, get_commands


def command_line(arguments: list[str], known: set[str]) -> list[str]:
    """Join ``area verb`` to the management command ``area_verb`` where there is one.

    ``arguments`` are the words after the program's name; ``known`` the names of all commands.
    """
    if len(arguments) >= 2 and f"{arguments[0]}_{arguments[1].replace('-', '_')}" in known:
        return [f"{arguments[0]}_{arguments[1].replace('-', '_')}", *arguments[2:]]
    return arguments


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kommune3.settings")
    django.setup()  # before the commands are asked for: Django remembers the first answer
    execute_from_command_line(["kommune3", *command_line(sys.argv[1:], set(get_commands()))])
