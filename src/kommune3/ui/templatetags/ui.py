# SPDX-License-Identifier: MPL-2.0
"""The components, as template tags: ``{% load ui %}``. Each one is shown in every state on the page /design."""

from typing import Any

from django import template
from django.conf import settings
from django.db.models import TextChoices
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django_vite.templatetags.django_vite import vite_asset

from kommune3.ui import numbers
from kommune3.ui.heatmap import HeatMap
from kommune3.ui.pictures import Chart, FiguresTable, Map, Timeline

register = template.Library()
Text = str | Promise

# Django's levels of messages, and the variants of dkfds that show them.
_VARIANTS = {"debug": "info", "info": "info", "success": "success", "warning": "warning", "error": "error"}
_BUTTONS = {
    "primary": "button-primary",
    "secondary": "button-secondary",
    "tertiary": "button-tertiary",
    "danger": "button-primary k3-danger",
}
_TABS = "ui_tabs"  # where tabs wait for the container around them
_LAND = "places/denmark.geojson"


class JobState(TextChoices):
    """The states a progress bar can show."""

    QUEUED = "QUEUED", gettext_lazy("Waiting")
    RUNNING = "RUNNING", gettext_lazy("Running")
    DONE = "DONE", gettext_lazy("Done")
    FAILED = "FAILED", gettext_lazy("Failed")
    CANCELLED = "CANCELLED", gettext_lazy("Cancelled")


def _variant_name(variant: str) -> str:
    return {"info": _("Information"), "success": _("Success"), "warning": _("Warning"), "error": _("Error")}[variant]


# --- Small parts -----------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/icon.html")
def icon(name: str, classes: str = "", label: Text = "") -> dict[str, Any]:
    """An icon of dkfds by its name, one of web/src/icons.json. With a label it speaks for itself."""
    return {"name": name, "classes": classes, "label": label}


@register.inclusion_tag("ui/parts/button.html")
def button(
    text: Text,
    href: str = "",
    variant: str = "primary",
    icon: str = "",
    type: str = "submit",
    name: str = "",
    value: Text = "",
    opens: str = "",
    disabled: bool = False,
) -> dict[str, Any]:
    """A button, or a link that looks like one when ``href`` is given. ``opens``: the id of a modal."""
    return {
        "text": text, "href": href, "classes": _BUTTONS[variant], "icon": icon, "name": name, "value": value,
        "type": "button" if opens else type, "opens": opens, "disabled": disabled,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/alert.html")
def alert(
    variant: str, text: Text = "", heading: Text = "", closable: bool = False, level: str = "h2"
) -> dict[str, Any]:
    """A message: ``info``, ``success``, ``warning`` or ``error``."""
    return _alert(variant, text, heading, closable, level)


@register.simple_block_tag
def alert_block(content: SafeString, variant: str, heading: Text = "", level: str = "h2") -> SafeString:
    """A message with its own content: ``{% alert_block "warning" heading=… %} … {% endalert_block %}``."""
    return render_to_string("ui/parts/alert.html", {**_alert(variant, "", heading, False, level), "content": content})


def _alert(variant: str, text: Text, heading: Text, closable: bool, level: str) -> dict[str, Any]:
    shown = _VARIANTS.get(variant, "info")
    return {
        "variant": shown, "variant_name": _variant_name(shown), "text": text, "heading": heading,
        "closable": closable, "level": level, "is_urgent": shown in ("warning", "error"),
    }  # fmt: skip


@register.inclusion_tag("ui/parts/toast.html")
def toast(variant: str, heading: Text, text: Text = "") -> dict[str, Any]:
    """A short notice in the corner; it leaves by itself unless it is an error."""
    return {"variant": variant, "variant_name": _variant_name(variant), "heading": heading, "text": text}


@register.simple_tag
def badge(text: Text, variant: str = "") -> SafeString:
    """A small label of a state: ``info``, ``success``, ``warning``, ``error``, or neutral."""
    return format_html('<span class="badge{}">{}</span>', f" badge-{variant}" if variant else "", text)


@register.inclusion_tag("ui/parts/breadcrumbs.html")
def breadcrumbs(items: list[tuple[Text, str]], current: Text) -> dict[str, Any]:
    """The way to this page: (title, address) of the pages above it, and its own title."""
    return {"items": items, "current": current}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    heading: Text, text: Text = "", href: str = "", action: Text = "", icon: str = "search", level: str = "h2"
) -> dict[str, Any]:
    """What is shown instead of nothing: why it is empty, and what to do."""
    return {"heading": heading, "text": text, "href": href, "action": action, "icon": icon, "level": level}


@register.inclusion_tag("ui/parts/facts.html")
def facts(rows: list[tuple[Text, Any]]) -> dict[str, Any]:
    """A description list of (name, value)."""
    return {"rows": rows}


@register.inclusion_tag("ui/parts/history.html")
def history(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """What happened, newest first: each entry has ``title``, ``at`` (an instant) and maybe ``text``."""
    return {"entries": entries}


@register.filter
def number(value: numbers.Number | None, decimals: int | None = None) -> str:
    """A number as the reader's language writes it; a dash for None."""
    return "–" if value is None else numbers.format_number(value, decimals)


@register.inclusion_tag("ui/parts/figure.html")
def figure(
    label: Text,
    value: numbers.Number | Text | None,
    unit: Text = "",
    href: str = "",
    note: Text = "",
    variant: str = "",
    decimals: int | None = None,
) -> dict[str, Any]:
    """A key figure, inside ``<ul class="k3-figures">``.

    ``href``: its rows. ``variant``: ``proven``, ``warning`` or ``error``.
    """
    shown = value if isinstance(value, str | Promise) else number(value, decimals)
    return {"label": label, "value": shown, "unit": unit, "href": href, "note": note, "variant": variant}


# --- Forms, tabs and modals ------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/parts/form.html", takes_context=True)
def form(context: Context, form: BaseForm, submit: Text = "", action: str = "", cancel: str = "") -> dict[str, Any]:
    """A whole form: fields, help, errors with a summary, and its buttons. ``cancel``: where to go instead."""
    return {
        "form": form, "submit": submit or _("Save"), "action": action, "cancel": cancel,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


@register.simple_block_tag(takes_context=True)
def tab(context: Context, content: SafeString, title: Text) -> str:
    """One tab, inside ``{% tabs %}``."""
    found = context.render_context.get(_TABS) or []
    context.render_context[_TABS] = [*found, {"title": title, "content": content}]
    return ""


@register.simple_block_tag(takes_context=True)
def tabs(context: Context, content: SafeString, label: Text) -> SafeString:
    """``{% tabs "label" %}{% tab "title" %} … {% endtab %} … {% endtabs %}``; at least two tabs."""
    found = context.render_context.get(_TABS) or []
    context.render_context[_TABS] = []
    for position, one in enumerate(found, start=1):
        one["id"] = f"{slugify(str(label))}-{position}"
    return render_to_string("ui/parts/tabs.html", {"tabs": found, "label": label})


@register.simple_block_tag(takes_context=True)
def modal(
    context: Context,
    content: SafeString,
    id: str,
    heading: Text,
    action: str = "",
    submit: Text = "",
    variant: str = "primary",
) -> SafeString:
    """A dialog that ``{% button … opens=id %}`` opens. With ``action`` it asks for confirmation and posts there."""
    return render_to_string(
        "ui/parts/modal.html",
        {
            "id": id, "heading": heading, "content": content, "action": action, "submit": submit or _("Yes"),
            "submit_classes": _BUTTONS[variant], "csrf_token": context.get("csrf_token"),
        },
    )  # fmt: skip


@register.inclusion_tag("ui/parts/progress.html", takes_context=True)
def progress(
    context: Context,
    label: Text,
    state: str,
    percent: int | None = None,
    message: Text = "",
    events: str = "",
    poll: str = "",
    cancel: str = "",
    next: str = "",
    reload: bool = False,
) -> dict[str, Any]:
    """A job's progress. ``events``: server-sent events, ``poll``: the same as JSON, ``cancel``: posting there stops it.

    Both addresses answer ``{"state", "state_label", "percent", "message", "next"}``; ``reload`` loads the page anew
    at the end.
    """
    has_ended = state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)
    return {
        "label": label, "state": state, "state_label": JobState(state).label, "percent": percent, "message": message,
        "events": events, "poll": poll, "cancel": "" if has_ended else cancel, "next": next, "reload": reload,
        "csrf_token": context.get("csrf_token"),
    }  # fmt: skip


# --- Pictures --------------------------------------------------------------------------------------------------------


@register.simple_tag
def assets(entry: str) -> SafeString:
    """The script (and style) of ``web/src/<entry>.ts``. The browser runs a module once however often it is named."""
    # nosemgrep: unescaped-html  django-vite's own tags
    return mark_safe(str(vite_asset(f"src/{entry}.ts")))  # noqa: S308


@register.inclusion_tag("ui/parts/picture.html")
def chart(picture: Chart, id: str, title: Text, text: Text = "", height: int = 320) -> dict[str, Any]:
    """A chart with the figures behind it one click away."""
    element = format_html('<k3-chart data="{}-data" label="{}" height="{}"></k3-chart>', id, title, height)
    return _picture("chart", picture, id, title, text, element)


@register.inclusion_tag("ui/parts/picture.html")
def timeline(
    picture: Timeline,
    id: str,
    title: Text,
    text: Text = "",
    src: str = "",
    table: bool = True,
) -> dict[str, Any]:
    """Vehicles and their trips. ``src``: an address that answers ``picture.as_json()``, for large plans."""
    source = format_html('src="{}"', src) if src else format_html('data="{}-data"', id)
    element = format_html('<k3-timeline {} label="{}"></k3-timeline>', source, title)
    return _picture("timeline", picture, id, title, text, element, table=table, embed=not src)


@register.inclusion_tag("ui/parts/picture.html")
def map(picture: Map, id: str, title: Text, text: Text = "", pick: str = "") -> dict[str, Any]:
    """Places on a map, with the same places in a table below.

    ``pick``: "id of an input for latitude,id of one for longitude"; a click on the map fills them in.
    """
    tiles = format_html(' tiles="{}" credit="{}"', settings.TILE_SERVER, settings.TILE_CREDIT)
    element = format_html(
        '<k3-map data="{}-data" land="{}" label="{}"{}{}></k3-map>',
        id, static(_LAND), title, tiles if settings.TILE_SERVER else "",
        format_html(' pick="{}"', pick) if pick else "",
    )  # fmt: skip
    return _picture("map", picture, id, title, text, element, table_open=True)


@register.inclusion_tag("ui/parts/heatmap.html")
def heatmap(picture: HeatMap, id: str, title: Text, text: Text = "") -> dict[str, Any]:
    """A table shaded by its figures, with all their digits one click away."""
    return {"picture": picture, "id": id, "title": title, "text": text}


def _picture(
    entry: str,
    picture: Chart | Timeline | Map,
    identifier: str,
    title: Text,
    text: Text,
    element: SafeString,
    *,
    table: bool = True,
    table_open: bool = False,
    embed: bool = True,
) -> dict[str, Any]:
    return {
        "entry": entry, "id": identifier, "title": title, "text": text, "element": element,
        "data": json_script(picture.as_json(), f"{identifier}-data") if embed else "",
        "table": picture.table() if table else None, "table_open": table_open,
    }  # fmt: skip


@register.inclusion_tag("ui/parts/figures_table.html")
def figures_table(table: FiguresTable, title: Text) -> dict[str, Any]:
    """A small table of figures in its own region that scrolls by itself."""
    return {"table": table, "title": pgettext("accessible name of a table", "Figures: %(title)s") % {"title": title}}
