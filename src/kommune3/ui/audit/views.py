# SPDX-License-Identifier: MPL-2.0
"""The audit log: who did what, when and why; and the proof that nobody changed it."""

import json

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import anchors, append_only, log
from kommune3.kernel.audit.models import Entry
from kommune3.ui import lists, numbers
from kommune3.ui.audit import queries
from kommune3.ui.audit.forms import AnchorForm
from kommune3.ui.audit.lists import EntryFilters, EntryTable


@require_safe
@never_cache
def entries(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if any(request.GET.get(name, "").strip() for name in ("action", "who", "object_id")):
        queries.note_search(actor=actor, now=clock.now())
    return lists.respond(
        request,
        rows=queries.entries(actor=actor),
        table=EntryTable,
        filters=EntryFilters,
        title=_("Audit log"),
        noun=_("lines"),
        template="ui/audit/list.html",
        context={
            "lead": _("Who did what, when and why. Lines are never changed or deleted."),
            "breadcrumbs": [(_("Home"), "/")],
        },
        on_export=lambda form: queries.note_export(actor=actor, now=clock.now(), form=form),
    )


@require_safe
@never_cache
def entry(request: HttpRequest, number: int) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.entries(actor=actor).filter(pk=number).first()
    if found is None:
        raise Http404
    context = {
        "title": _("Line %(number)d") % {"number": number},
        "breadcrumbs": [(_("Home"), "/"), (_("Audit log"), reverse("audit:list"))],
        "facts": [
            (_("When"), numbers.format_instant(found.at)),
            (_("Who"), found.who),  # type: ignore[attr-defined]  # annotated by the query
            (_("What"), found.action),
            (_("Object"), f"{found.object_type} {found.object_id}".strip() or "–"),
            (_("Unit"), queries.unit_name(found) or "–"),
            (_("Citizen"), found.citizen_id or "–"),
            (_("Purpose"), found.purpose or "–"),
            (_("Legal basis"), found.basis or "–"),
            (_("Outcome"), found.outcome),
            (_("Request"), found.request_id or "–"),
            (_("Detail"), json.dumps(found.detail, ensure_ascii=False) if found.detail else "–"),
            (_("Digest"), found.digest),
        ],
    }
    return render(request, "ui/audit/detail.html", context)


@require_POST
@never_cache
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the chain and show what was found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = AnchorForm(request.POST)
    context = {
        "title": _("Verification of the audit log"),
        "breadcrumbs": [(_("Home"), "/"), (_("Audit log"), reverse("audit:list"))],
        "form": form,
    }
    if form.is_valid():
        given = form.cleaned_data["anchor"]
        broken = log.verify(anchors=[*anchors.kept(), *([given] if given else [])])
        head = log.head()
        unguarded = append_only.missing(Entry._meta.db_table)
        queries.note_verification(actor=actor, now=clock.now(), broken=broken)
        context |= {"is_verified": True, "broken": broken, "broken_text": _broken_text(broken), "head": head}
        context["unguarded"] = ", ".join(unguarded)
    return render(request, "ui/audit/verify.html", context)


def _broken_text(broken: log.Broken | None) -> str:
    if broken is None:
        return ""
    texts = {
        "missing": _("Line %(number)d is missing."),
        "changed": _("Line %(number)d was changed, moved or put in by hand."),
        "rewritten": _("Line %(number)d is not the one the anchor was taken from: the log has been written anew."),
        "forged": _("Line %(number)d was put in by hand: it does not have the platform's seal."),
        "unknown key": _("Line %(number)d is sealed with a key that the platform does not have (KOMMUNE3_AUDIT_KEYS)."),
        "old key": _("Line %(number)d is sealed with a key that had been replaced by then."),
    }
    return texts[broken.reason] % {"number": broken.number}
