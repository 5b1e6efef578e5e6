# SPDX-License-Identifier: MPL-2.0
"""What the docs point at is there: files, headings, paths in the code, commands."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from kommune3.cli import command_line
from scripts.reference.commands import own_commands

ROOT = Path(__file__).resolve().parent.parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
INLINE = re.compile(r"`([^`\n]+)`")
EXAMPLE = "lending"  # the solution that CONTRIBUTING.md makes up
# What set-up makes is not there before it, and not everywhere.
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"var", ".venv", ".tools"}


def documents() -> list[Path]:
    """Every Markdown file of the repository that is, or is about to be, under version control."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", "*.md"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = found.stdout.splitlines() or [str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md")]
    return sorted(ROOT / name for name in names if (ROOT / name).exists())


def own_pages() -> list[Path]:
    """The pages of ``docs`` and those at the top of the repository."""
    return [path for path in documents() if path.parent == ROOT or path.is_relative_to(ROOT / "docs")]


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def prose(text: str) -> str:
    """A page without its blocks and pieces of code."""
    return INLINE.sub("", FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, made as code hosting sites make them."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", text), re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()) for heading in headings)
    return {heading.strip().replace(" ", "-") for heading in plain}


def commands_of(text: str) -> list[str]:
    """The command lines of a page's shell blocks, joined where they go on over several lines."""
    blocks = [block for language, block in FENCE.findall(text) if language in ("sh", "console")]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    return [line.removeprefix("$ ").strip() for line in lines if line.strip() and not line.startswith("#")]


@pytest.mark.parametrize("document", documents(), ids=shown)
def test_every_relative_link_leads_somewhere(document):
    text = document.read_text(encoding="utf-8")
    broken = []
    for target in (markdown or image for markdown, image in LINK.findall(prose(text))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        if (
            not path.exists()
            or anchor
            and path.suffix == ".md"
            and anchor not in anchors(path.read_text(encoding="utf-8"))
        ):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", own_pages(), ids=shown)
def test_every_path_named_in_a_page_exists(document):
    named = [word for word in INLINE.findall(document.read_text(encoding="utf-8")) if "/" in word]
    paths = [word for word in named if word.split("/")[0] in FOLDERS and not re.search(rf"[\s<>*…{{]|{EXAMPLE}", word)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", own_pages(), ids=shown)
def test_every_command_of_the_platform_named_in_a_page_exists(document):
    text = document.read_text(encoding="utf-8")
    lines = commands_of(text) + [word for word in INLINE.findall(text) if word.startswith(("kommune3 ", "make "))]
    known, missing = {*get_commands(), *own_commands()}, []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    for line in lines:
        words = (
            shlex.split(line, comments=True) if line.count('"') % 2 == 0 and line.count("'") % 2 == 0 else line.split()
        )
        for index, word in enumerate(words[:-1]):
            following = words[index + 1 :]
            if word.rsplit("/", 1)[-1] == "kommune3" and re.fullmatch(r"[a-z_]+", following[0]):
                if following[0] != EXAMPLE and command_line(following, known)[0] not in known:
                    missing.append(line)
            elif word == "make" and index == 0:
                target = next((each for each in following if re.fullmatch(r"[a-z-]+", each)), "demo")
                if target not in targets:
                    missing.append(line)
    assert missing == []


def test_the_decisions_are_numbered_in_order_and_all_in_the_index():
    names = sorted(path.name for path in (ROOT / "docs/adr").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    index = (ROOT / "docs/adr/README.md").read_text(encoding="utf-8")
    assert [name for name in names if f"({name})" not in index] == []
