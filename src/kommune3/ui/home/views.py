# SPDX-License-Identifier: MPL-2.0
"""The front page: the way in for those who are not known, and what concerns those who are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_safe

from kommune3.kernel import effects
from kommune3.kernel.access import declare, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.effects import units
from kommune3.kernel.jobs.models import FINISHED, Job
from kommune3.kernel.notify import reading
from kommune3.kernel.solutions import registry
from kommune3.ui import numbers

Text = str | Promise

# Name of the address, title, what it is for, icon.
COMMON_PAGES: tuple[tuple[str, Text, Text, str], ...] = (
    ("effects:list", _l("Effects"), _l("What the solutions gave, and how one knows."), "analytics"),
    ("organisation:units", _l("Organisation"), _l("The units, who leads them and who works there."), "business"),
    ("people:list", _l("People"), _l("Find a citizen or an employee."), "persons"),
    ("competences:list", _l("Competences"), _l("Who is able and allowed to do what, and what ends soon."), "student"),
    ("jobs:list", _l("Background jobs"), _l("What is computed just now, what waits and what failed."), "hourglass"),
    ("administration:accounts", _l("Logins and rights"), _l("Open and close logins, give and end rights."), "lock"),
    ("reviews:list", _l("Review of rights"), _l("Who may do what, looked through every half-year."), "checklist"),
    ("substitutes:list", _l("Substitutes"), _l("Who stands in for somebody who is away."), "groups"),
    (
        "break-glass:queue",
        _l("Emergency access: follow-up"),
        _l("What has been opened in an emergency, and what others thought of it."),
        "warning",
    ),
    ("beeline:assumptions", _l("Travel time and distance"), _l("How long a kilometre takes, and who says so."), "time"),
    ("privacy:mine", _l("My data"), _l("What is kept about you, and a copy of it."), "folder"),
    ("privacy:record", _l("Privacy"), _l("The record of processing, retention, legal hold and erasures."), "lock"),
    ("notify:list", _l("Your messages"), _l("What jobs and people have told you."), "notifications"),
    ("solutions:list", _l("Solutions"), _l("Switch the municipality's solutions on and off."), "apps"),
    (
        "operation:overview",
        _l("Operation"),
        _l("Whether work gets done, what it takes up, and what is installed."),
        "settings",
    ),
    ("audit:list", _l("Audit log"), _l("Who did and saw what, and the proof that nobody changed it."), "list-check"),
    (
        "samples:list",
        _l("Control of look-ups"),
        _l("A random sample of your unit's look-ups of people, to be controlled and signed."),
        "list-check",
    ),
    (
        "account:lookups",
        _l("Who has looked you up"),
        _l("When your details were opened, what for, and by which unit."),
        "visibility",
    ),
    (
        "account:profile",
        _l("Your account"),
        _l("Your rights, your ways of logging in, and your keys to the API."),
        "account",
    ),
)


@dataclass(frozen=True)
class Card:
    """A solution, or a part of the kernel, that this person may open."""

    title: Text
    text: Text
    url: str
    icon: str
    links: tuple[tuple[Text, str], ...] = ()


@dataclass(frozen=True)
class KeyFigure:
    """A sum from the ledger of effects: one kind, one unit of measure."""

    label: Text
    value: str
    unit: Text
    note: Text
    variant: str


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    solutions = registry.active_manifests()
    if not actor.is_known:
        return render(request, "ui/home/public.html", {"title": _("Welcome"), "solutions": solutions})
    context = {
        "title": _("Hello, %(name)s") % {"name": actor.name.split(" ")[0]},
        "solutions": list(_solution_cards(actor)),
        "common": list(_common_cards(actor)),
        "figures": list(_key_figures(actor)),
        "jobs": list(_own_jobs(actor)),
        "unread": list(reading.inbox(actor).filter(read_at=None)[:5]),
    }
    return render(request, "ui/home/home.html", context)


def _solution_cards(actor: Actor) -> Iterable[Card]:
    links = {link.title: link for link in registry.navigation(actor)}
    for manifest in registry.active_manifests():
        link = links.get(manifest.title)
        if link is not None:
            pages = tuple((child.title, child.url) for child in link.children[1:])
            yield Card(manifest.title, manifest.summary, link.url, manifest.icon, pages)


def _common_cards(actor: Actor) -> Iterable[Card]:
    """The kernel's own pages that this person may open."""
    for name, title, text, icon in COMMON_PAGES:
        needed = declare.needed(name, "GET")
        if needed == declare.LOGGED_IN or (needed is not None and actor.may(needed)):
            yield Card(title, text, reverse(name), icon)


def _key_figures(actor: Actor) -> Iterable[KeyFigure]:
    """The ledger's sums that this person may see. Kinds and units of measure are never added, so each has its own."""
    if not actor.may("effects.read"):
        return
    for total in effects.totals(actor=actor, by=("solution", "indicator")).sums:
        unit = units.get(total.measure)
        kind = effects.Kind(total.kind)
        yield KeyFigure(
            label=_indicator_title(str(total.solution), str(total.indicator)),
            value=numbers.format_number(total.quantity, unit.decimals),
            unit=unit.symbol,
            note=kind.label,
            variant="proven" if kind is effects.Kind.PROVEN else "",
        )


def _indicator_title(solution: str, key: str) -> Text:
    """The indicator as its solution calls it; the key where the solution is no longer installed."""
    try:
        indicators = registry.manifest_of(solution).indicators
    except registry.UnknownSolution:
        return key
    return next((indicator.title for indicator in indicators if indicator.key == key), key)


def _own_jobs(actor: Actor) -> Iterable[Job]:
    """What the person has started and what has not ended."""
    if actor.account_id is None or not actor.may("jobs.job.read"):
        return []
    jobs = reach.visible(actor, Job).filter(requested_by=actor.account_id).exclude(state__in=FINISHED)
    return jobs.order_by("-enqueued_at")[:5]
