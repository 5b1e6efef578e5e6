# SPDX-License-Identifier: MPL-2.0
"""What the frame around every page shows: whose page it is, where one is, and where one may go."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language

import kommune3
from kommune3.kernel import notify
from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.organisation import tree
from kommune3.kernel.solutions import registry

LANGUAGE_NAMES = {"da": "Dansk", "en": "English"}


@dataclass(frozen=True)
class Entry:
    """A link of the navigation. ``is_current``: the reader is on this page or below it."""

    title: str | Promise
    url: str
    icon: str
    is_current: bool
    children: tuple["Entry", ...] = ()
    group: str | Promise = ""

    @property
    def tabs(self) -> tuple["Entry", ...]:
        """The children by their groups, each group in the place of its first page and leading there."""
        groups: dict[str | Promise, list[Entry]] = {}
        for child in self.children:
            groups.setdefault(child.group or child.title, []).append(child)
        return tuple(
            Entry(title, pages[0].url, pages[0].icon, any(page.is_current for page in pages), tuple(pages))
            for title, pages in groups.items()
        )

    @property
    def open_tab(self) -> "Entry | None":
        """The tab with the page the reader is on, where it holds others too."""
        return next((tab for tab in self.tabs if tab.is_current and len(tab.children) > 1), None)


@dataclass(frozen=True)
class Language:
    """A language the page can be read in, by its own name."""

    code: str
    name: str
    is_current: bool


@dataclass(frozen=True)
class OpenAccess:
    """What somebody has opened in an emergency, shown on every page while it is open."""

    id: UUID
    action: str | Promise
    unit: str
    until: datetime


@dataclass(frozen=True)
class Shell:
    """Everything ``ui/base.html`` draws around a page's own content."""

    municipality: str
    version: str
    user_name: str
    is_logged_in: bool
    unread: int
    navigation: tuple[Entry, ...]
    solution: Entry | None
    languages: tuple[Language, ...]
    stands_in_for: str = ""
    emergencies: tuple[OpenAccess, ...] = ()


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``shell``, built only when a template asks for it."""
    return {"shell": SimpleLazyObject(lambda: _shell(request))}


def _shell(request: HttpRequest) -> Shell:
    actor = getattr(request, "actor", None)
    navigation = entries(registry.navigation(actor), request.path) if actor is not None else ()
    return Shell(
        municipality=_municipality(),
        version=kommune3.__version__,
        user_name=actor.name if actor is not None and actor.is_known else "",
        is_logged_in=actor is not None and actor.is_known,
        unread=notify.unread_count(actor) if actor is not None else 0,
        navigation=navigation,
        solution=next((entry for entry in navigation if entry.is_current), None),
        languages=tuple(
            Language(code, LANGUAGE_NAMES[code], code == get_language()) for code, _title in settings.LANGUAGES
        ),
        stands_in_for=", ".join(absent.name for absent in actor.acts_for) if actor is not None else "",
        emergencies=_emergencies(actor) if actor is not None else (),
    )


def _emergencies(actor: Actor) -> tuple[OpenAccess, ...]:
    titles = declare.all_actions()
    return tuple(
        OpenAccess(held.emergency.id, titles[held.emergency.action], held.unit_name, held.emergency.expires_at)
        for held in actor.emergencies
        if held.emergency
    )


def _municipality() -> str:
    """Its name; the product's own before there is one."""
    try:
        return tree.municipality().name
    except tree.NoMunicipality:
        return "Kommune3"


def entries(links: Sequence[registry.Link], path: str) -> tuple[Entry, ...]:
    """The links with the one the reader is on marked: the deepest page whose address begins ``path``."""
    here = max(
        (child.url for link in links for child in link.children if path.startswith(child.url)), key=len, default=""
    )
    return tuple(
        Entry(
            link.title,
            link.url,
            link.icon,
            _first_segment(link.url) == _first_segment(path),
            tuple(
                Entry(child.title, child.url, child.icon, child.url == here, group=child.group)
                for child in link.children
            ),
        )
        for link in links
    )


def _first_segment(path: str) -> str:
    return path.lstrip("/").split("/", 1)[0]
