# SPDX-License-Identifier: MPL-2.0
"""Pages and tables in Markdown."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MARK = "<!-- Made from the code by `make reference`. Change the code, not this page. -->"


@dataclass(frozen=True)
class Page:
    """One page of the reference: its file name, what it is about, and its text."""

    name: str
    title: str
    about: str
    text: str

    @property
    def content(self) -> str:
        return f"{MARK}\n\n# {self.title}\n\n{self.about}\n\n{self.text.strip()}\n"


def table(headings: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; empty text where there are no rows."""
    body = list(rows)
    if not body:
        return ""
    lines = [headings, ["---"] * len(headings), *body]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _cell(value: object) -> str:
    return re.sub(r"\s+", " ", "" if value is None else str(value)).replace("|", "\\|").strip()


def code(value: object) -> str:
    """``value`` as code; nothing for nothing."""
    return f"`{value}`" if value not in (None, "") else ""


def paragraphs(*parts: str) -> str:
    """The parts that are not empty, with a blank line between them."""
    return "\n\n".join(part.strip() for part in parts if part.strip())


def named(text: object) -> str:
    """A message with its places for values shown as names: ``%(line)s`` becomes *line*."""
    return re.sub(r"%\((\w+)\)[sdg]", r"*\1*", str(text))


def plain(docstring: object) -> str:
    """A docstring as Markdown; nothing for nothing."""
    return "" if docstring is None else re.sub(r":\w+:`([^`]+)`", r"`\1`", str(docstring).strip()).replace("``", "`")
