# SPDX-License-Identifier: MPL-2.0
"""The whole reference: its pages as the code is now, and bringing the files up to date."""

from pathlib import Path

from django.utils import translation

from scripts.reference import access, api, commands, effects, errors, events, logs, registers, settings, trips
from scripts.reference.markdown import Page

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "reference"


def pages() -> list[Page]:
    """Every page, with the English texts."""
    with translation.override("en"):
        modules = (settings, commands, access, api, trips, registers, effects, events, errors, logs)
        made = [module.page() for module in modules]
    links = "\n".join(f"- [{page.title}]({page.name}). {page.about.split('. ')[0].rstrip('.')}." for page in made)
    return [Page("README.md", "Reference", "What the code says of itself, page by page.", links), *made]


def stale() -> list[Path]:
    """The files that are not what the code says today: changed, missing or left over."""
    wanted = {FOLDER / page.name: page.content for page in pages()}
    changed = {path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    return sorted(changed | (set(FOLDER.glob("*.md")) - set(wanted)))


def write() -> list[Path]:
    """Bring every file up to date and remove what is left over; return the files that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = {page.name: page.content for page in pages()}
    changed = stale()
    for path in changed:
        if path.name in wanted:
            path.write_text(wanted[path.name], encoding="utf-8")
        else:
            path.unlink()
    return changed
