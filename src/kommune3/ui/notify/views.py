# SPDX-License-Identifier: MPL-2.0
"""One's own messages."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock, notify
from kommune3.kernel.access.actor import Actor

PAGE_SIZE = 25
_VARIANTS = {"INFO": "info", "SUCCESS": "success", "WARNING": "warning", "ERROR": "error"}


@require_safe
@never_cache
def notifications(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    page = Paginator(notify.inbox(actor), PAGE_SIZE).get_page(request.GET.get("page"))
    unread = notify.unread_count(actor)
    context = {
        "title": _("Your messages"),
        "lead": ngettext("%(count)d unread message", "%(count)d unread messages", unread) % {"count": unread}
        if unread
        else "",
        "breadcrumbs": [(_("Home"), "/")],
        "page": page,
        "unread": unread,
        "rows": [(row, _VARIANTS[row.level], notify.Level(row.level).label) for row in page],
    }
    return render(request, "ui/notify/list.html", context)


@require_safe
@never_cache
def open_notification(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    """Where e-mails and the list lead to: the message is read, and the reader goes where it points."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = notify.mark_read(actor=actor, notification_id=notification_id, now=clock.now())
    return redirect(found.url or "notify:list")


@require_POST
def mark_read(request: HttpRequest, notification_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    notify.mark_read(actor=actor, notification_id=notification_id, now=clock.now())
    return redirect("notify:list")


@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    count = notify.mark_all_read(actor=actor, now=clock.now())
    text = ngettext("%(count)d message has been marked as read.", "%(count)d messages have been marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect("notify:list")
