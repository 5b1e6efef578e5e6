# SPDX-License-Identifier: MPL-2.0
"""The rules of the house hold, and each of them finds what it is there to find."""

import re
from collections import defaultdict

import pytest
from architecture import rules

from kommune3.kernel.solutions import messages

ALL = rules.source_files()
TESTS = [path for path in ALL if path.suffix == ".py" and "tests" in path.parts]

RULES = [
    (rules.vague_names, ALL),
    (rules.without_licence, ALL),
    (rules.too_long, ALL),
    (rules.transactional_tests_without_seeds, TESTS),
]
LICENCE = "# SPDX-License-Identifier: MPL-2.0\n"
PLANTED = [
    (rules.vague_names, "kernel/utils.py", ""),
    (rules.vague_names, "kernel/helpers/dates.py", ""),
    (rules.without_licence, "kernel/places/areas.py", "x = 1"),
    (rules.too_long, "kernel/places/areas.py", "x = 1\n" * 401),
    (
        rules.transactional_tests_without_seeds,
        "kernel/notify/tests/test_mail.py",
        "import pytest\n@pytest.mark.django_db(transaction=True)\ndef test_mail(): ...",
    ),
]
ALLOWED = [
    (rules.without_licence, "scripts/run.py", "#!/usr/bin/env python\n" + LICENCE),
    (rules.too_long, "kernel/places/areas.py", "x = 1\n" * 400),
]


@pytest.mark.parametrize(("rule", "files"), RULES, ids=[rule.__name__ for rule, _ in RULES])
def test_the_rule_holds_everywhere(rule, files):
    assert len(files) > 50
    assert list(rule(files)) == []


def planted(folder, name, text):
    path = folder / "src" / "kommune3" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return [path]


@pytest.mark.parametrize(("rule", "name", "text"), PLANTED)
def test_a_planted_violation_is_found(tmp_path, rule, name, text):
    assert len(list(rule(planted(tmp_path, name, text)))) == 1


@pytest.mark.parametrize(("rule", "name", "text"), ALLOWED)
def test_what_is_allowed_is_left_alone(tmp_path, rule, name, text):
    assert list(rule(planted(tmp_path, name, text))) == []


APPS = {folder.name: folder for folder in messages.app_folders()}


@pytest.mark.parametrize("name", sorted(APPS))
def test_every_text_has_a_danish_translation(name):
    assert [f"{path.name}: {text}" for text, path in messages.untranslated(APPS[name])] == []


def test_a_text_has_one_danish_translation_in_the_whole_house():
    """Django has one catalogue for all apps: of two translations of a text, one would show everywhere."""
    translations = defaultdict(set)
    for folder in APPS.values():
        for message in messages.catalog_of(folder):
            translations[message.id, message.context].add(message.string)
    assert {text: found for (text, _context), found in translations.items() if text and len(found) > 1} == {}


@pytest.mark.parametrize("name", sorted(APPS))
def test_every_translation_keeps_the_placeholders_of_its_text(name):
    def placeholders(text):
        return set(re.findall(r"%\(\w+\)[sd]", text))

    for message in messages.catalog_of(APPS[name]):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        for text in filter(None, strings):
            assert placeholders(text) <= set().union(*map(placeholders, ids)), message.id
            assert message.id == "" or placeholders(ids[-1]) <= placeholders(strings[-1]), message.id
