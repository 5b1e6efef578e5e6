# SPDX-License-Identifier: MPL-2.0
"""The texts of the user interface: found in the source, kept in .po files, compiled to the .mo files Django reads.

All in Python (through Babel), so that a machine needs no gettext programs.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.utils.translation.template import templatize

LANGUAGE = "da"
_HEADER = rb"""# SPDX-License-Identifier: MPL-2.0
msgid ""
msgstr ""
"Language: da\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
_PLAIN = {"_", "_l", "gettext", "gettext_lazy", "gettext_noop"}
_PLURAL = {"ngettext", "ngettext_lazy"}
_CONTEXT = {"pgettext", "pgettext_lazy"}
_CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}

_LITERAL = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_TEMPLATE_CALL = re.compile(
    rf"(?<!\w)(npgettext|ngettext|pgettext|gettext|_)\(({_LITERAL}(?:\s*,\s*{_LITERAL})*)", re.S
)

Text = tuple[str | tuple[str, str], str | None]
"""A message id (a pair when it has a plural) and its context."""


class UnreadableMessages(Exception):
    """A .po file cannot be read; the message names the file."""


def app_folders() -> list[Path]:
    """The folders of the platform's own installed apps."""
    return [Path(config.path) for config in apps.get_app_configs() if config.name.split(".")[0] == "kommune3"]


def po_file(folder: Path) -> Path:
    """Where an app keeps its Danish texts."""
    return folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def texts_of(folder: Path) -> dict[Text, Path]:
    """Every text of an app that is wrapped for translation, and a file in which it stands."""
    found: dict[Text, Path] = {}
    for path in sorted(folder.rglob("*")):
        if {"migrations", "tests", "node_modules"} & set(path.relative_to(folder).parts):
            continue
        if path.suffix == ".py":
            calls = _calls_in_python(path.read_text(encoding="utf-8"))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            calls = _calls_in_template(path.read_text(encoding="utf-8"))
        else:
            continue
        for function, arguments in calls:
            text = _text(function, arguments)
            if text is not None:
                found.setdefault(text, path)
    return found


def _calls_in_python(source: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            arguments = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield function, arguments


def _calls_in_template(source: str) -> Iterator[tuple[str, list[str]]]:
    for match in _TEMPLATE_CALL.finditer(templatize(source)):
        yield match[1], [ast.literal_eval(literal) for literal in re.findall(_LITERAL, match[2], re.S)]


def _text(function: str, arguments: list[str]) -> Text | None:
    if function in _PLAIN and arguments and arguments[0]:
        return arguments[0], None
    if function in _PLURAL and len(arguments) >= 2:
        return (arguments[0], arguments[1]), None
    if function in _CONTEXT and len(arguments) >= 2:
        return arguments[1], arguments[0]
    if function in _CONTEXT_PLURAL and len(arguments) >= 3:
        return (arguments[1], arguments[2]), arguments[0]
    return None


def catalog_of(folder: Path) -> Catalog:
    """An app's Danish texts as they stand in its .po file; empty where there is none yet."""
    path = po_file(folder)
    if not path.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    try:
        with path.open("rb") as file:
            return read_po(file, locale=LANGUAGE, abort_invalid=True)
    except Exception as error:  # Babel raises many kinds; each means the same to who edits the file
        raise UnreadableMessages(f"{path}: {error}") from error


def untranslated(folder: Path) -> list[tuple[str, Path]]:
    """The app's texts that have no finished Danish translation."""
    catalog = catalog_of(folder)
    missing = []
    for (message_id, context), path in texts_of(folder).items():
        message = catalog.get(message_id, context)
        if message is None or message.fuzzy or not _is_filled(message):
            missing.append((message_id if isinstance(message_id, str) else message_id[0], path))
    return missing


def _is_filled(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or [""])
    return all(strings)


def update(folder: Path) -> int:
    """Add the app's missing texts to its .po file, empty, and drop those no longer used; return how many are empty."""
    found = texts_of(folder)
    path = po_file(folder)
    if not found and not path.exists():
        return 0
    catalog = catalog_of(folder)
    kept = Catalog(locale=LANGUAGE, fuzzy=False)
    for message_id, context in sorted(found, key=lambda text: (str(text[0]).lower(), text[1] or "")):
        old = catalog.get(message_id, context)
        kept.add(message_id, old.string if old else "", context=context, flags=old.flags if old else ())
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(_HEADER)
        write_po(file, kept, width=118, omit_header=True)
    return len(untranslated(folder))


def compile_all() -> list[Path]:
    """Make each app's .mo file from its .po file where the .po file is newer; return the files written."""
    written = []
    for folder in app_folders():
        source = po_file(folder)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        catalog = catalog_of(folder)
        aside = target.with_suffix(".mo.new")
        with aside.open("wb") as file:
            write_mo(file, catalog)
        aside.replace(target)
        written.append(target)
    return written
