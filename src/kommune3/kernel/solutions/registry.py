# SPDX-License-Identifier: MPL-2.0
"""Which solutions there are, and which of them this municipality has switched on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.apps import apps
from django.urls import reverse

from kommune3.kernel.flags import switches
from kommune3.kernel.solutions.manifest import Manifest, SolutionConfig, Text


class NavigatesAs(Protocol):
    """What the navigation asks of an actor; ``access.Actor`` has it."""

    def may(self, action: str) -> bool: ...


class UnknownSolution(LookupError):
    """No installed solution has this key."""


@dataclass(frozen=True)
class Link:
    """An entry of the navigation, ready to render."""

    title: Text
    url: str
    icon: str
    children: tuple["Link", ...] = ()
    group: Text = ""


def configs() -> list[SolutionConfig]:
    """The installed solutions' app configurations, in the order of the settings."""
    return [config for config in apps.get_app_configs() if isinstance(config, SolutionConfig)]


def all_manifests() -> list[Manifest]:
    """Every installed solution."""
    return [config.manifest for config in configs()]


def manifest_of(key: str) -> Manifest:
    """The manifest of one solution; raises :class:`UnknownSolution`."""
    for manifest in all_manifests():
        if manifest.key == key:
            return manifest
    raise UnknownSolution(key)


def _flag(key: str) -> str:
    return f"solution.{key}"


def is_active(key: str) -> bool:
    """Whether the municipality has the solution switched on."""
    return switches.is_on(_flag(key), default=manifest_of(key).on_by_default)


def active_manifests() -> list[Manifest]:
    """The solutions that are switched on, in one query."""
    flags = switches.all_set()
    return [manifest for manifest in all_manifests() if flags.get(_flag(manifest.key), manifest.on_by_default)]


def switch(*, key: str, on: bool, now: datetime) -> None:
    """Switch a solution on or off: off, it has no URLs, no navigation and no jobs. Its rows stay."""
    switches.set_flag(name=_flag(manifest_of(key).key), on=on, now=now)


def solution_of_module(dotted: str) -> str | None:
    """The key of the solution that the Python module ``dotted`` belongs to, or None for the kernel's own."""
    for config in configs():
        if dotted == config.name or dotted.startswith(config.name + "."):
            return config.manifest.key
    return None


def navigation(actor: NavigatesAs) -> Sequence[Link]:
    """The solutions and pages ``actor`` may open."""
    links = []
    for manifest in active_manifests():
        children = tuple(
            Link(item.title, reverse(item.url_name), manifest.icon, group=item.group)
            for item in manifest.navigation
            if actor.may(item.action)
        )
        if children:
            links.append(Link(manifest.title, children[0].url, manifest.icon, children))
    return links
