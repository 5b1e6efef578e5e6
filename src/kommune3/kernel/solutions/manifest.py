# SPDX-License-Identifier: MPL-2.0
"""What a solution says of itself: its manifest, an attribute of its Django app configuration."""

from dataclasses import dataclass, field

from django.apps import AppConfig
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class NavigationItem:
    """A page in the navigation. Shown to those whose grants hold ``action``.

    Pages with the same ``group`` stand together under that word; a page without one stands for itself.
    """

    title: Text
    url_name: str
    action: str
    group: Text = ""


@dataclass(frozen=True)
class Indicator:
    """Something the solution measures its effect in. ``unit`` is one of ``kernel.effects.units``."""

    key: str
    title: Text
    unit: str


@dataclass(frozen=True)
class Manifest:
    """A solution's title, icon (a dkfds icon name), pages and indicators.

    ``key`` is the one word of the solution: folder, URL, permission prefix, log code, page of the docs.
    """

    key: str
    title: Text
    summary: Text
    icon: str
    navigation: tuple[NavigationItem, ...] = ()
    indicators: tuple[Indicator, ...] = field(default=())
    on_by_default: bool = True


class SolutionConfig(AppConfig):
    """Base of every solution's ``apps.py``."""

    manifest: Manifest

    def __init_subclass__(cls) -> None:
        # Django finds this base beside the solution's own class in ``apps.py``, and takes the one marked as default.
        super().__init_subclass__()
        cls.default = True
