# SPDX-License-Identifier: MPL-2.0
"""The reference says everything the code has, and nothing else."""

from collections.abc import Iterable

import pytest
from django.core.management import get_commands
from django.urls import URLResolver, get_resolver

from kommune3.kernel.access import declare
from kommune3.kernel.effects import units
from kommune3.kernel.solutions import registry
from kommune3.settings import env
from kommune3.solutions.fleet.importing import columns, problems
from scripts.reference import api, errors, events, pages


def text_of(name: str) -> str:
    return (pages.FOLDER / name).read_text(encoding="utf-8")


def without_a_row(page: str, names: Iterable[str]) -> list[str]:
    """The names that begin no line of a table on the page."""
    text = text_of(page)
    return [name for name in names if f"\n| `{name}` |" not in text]


def test_the_pages_are_what_the_code_says_today():
    assert pages.stale() == [], "run: make reference"


def test_every_setting_is_in_the_reference():
    assert without_a_row("settings.md", env.DECLARED) == []


def test_every_setting_says_what_it_does():
    assert [name for name, setting in env.DECLARED.items() if not setting.help] == []


def test_every_command_is_in_the_reference_with_what_it_does():
    text = text_of("commands.md")
    silent = []
    for name, app in get_commands().items():
        if str(app).startswith("kommune3."):
            area, _, verb = name.partition("_")
            following = text.partition(f"## kommune3 {area} {verb.replace('_', '-')}".rstrip() + "\n")[2].lstrip()
            if not following or following.startswith(("#", "|")):
                silent.append(name)
    assert silent == []


def test_every_role_is_in_the_reference():
    assert without_a_row("access.md", declare.roles()) == []


def test_every_action_is_in_the_reference():
    assert without_a_row("access.md", declare.all_actions()) == []


def test_every_declared_address_is_in_the_reference():
    assert without_a_row("access.md", declare.page_rules()) == []


def test_every_api_operation_is_in_the_reference():
    text = text_of("api.md")
    missing = []
    for resolver in get_resolver().url_patterns:
        if isinstance(resolver, URLResolver) and (resolver.namespace or "").startswith("api-"):
            for pattern in resolver.url_patterns:
                name = f"{resolver.namespace}:{pattern.name}"
                if pattern.name not in ("api-root", "openapi-json") and f"Address name: `{name}`." not in text:
                    missing.append(name)
    assert missing == []


def test_every_api_operation_says_what_it_does():
    every = [operation for prefix, each in api.apis() for operation in api.operations(prefix, each)]
    assert [operation.heading for operation in every if not operation.spec.get("description")] == []


def test_every_column_of_the_trip_file_is_in_the_reference():
    assert without_a_row("trip-file.md", columns.NAMES) == []


def test_every_error_of_an_import_is_in_the_reference():
    assert without_a_row("trip-file.md", problems.CODES) == []


def test_every_unit_of_measure_is_in_the_reference():
    assert without_a_row("effects.md", [unit.key for unit in units.all_units()]) == []


@pytest.mark.parametrize("manifest", registry.all_manifests(), ids=lambda manifest: manifest.key)
def test_every_indicator_of_a_solution_is_in_the_reference(manifest):
    text = text_of("effects.md")
    rows = [f"| `{manifest.key}` | `{indicator.key}` |" for indicator in manifest.indicators]
    assert [row for row in rows if row not in text] == []


def test_every_event_is_in_the_reference():
    assert without_a_row("events.md", events.published()) == []


def test_every_typed_error_of_a_solution_is_in_the_reference_with_what_it_means():
    text = text_of("errors.md")
    silent = [
        f"{package}.{error.__name__}"
        for package, found in errors.typed_errors()
        for error in found
        if f"\n| `{error.__name__}` |" not in text or f"\n| `{error.__name__}` |  |" in text
    ]
    assert silent == []
