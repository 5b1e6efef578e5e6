# SPDX-License-Identifier: MPL-2.0
"""The last-resort pages: what happened, what to do next, and the number that leads to it in the log."""

import sys

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.translation import gettext as _

from kommune3.kernel import disk
from kommune3.kernel.access.middleware import API_PREFIX

log = structlog.get_logger("ui")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the browser sent something the platform cannot read."""
    return _page(
        request,
        400,
        _("The request could not be read"),
        _("What your browser sent was incomplete, or has been changed on the way."),
        [
            _("Go back, load the page again and try once more."),
            _("Follow a link or the menu instead of an old bookmark."),
        ],
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: known, but not allowed."""
    return _page(
        request,
        403,
        _("You do not have access to this page"),
        _("Your roles do not include it. It may also be that you have been logged out in the meantime."),
        [
            _("Check that you are logged in as the right user."),
            _("Ask your leader or the system administrator for the role you need."),
        ],
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open for too long, or came from elsewhere."""
    log.warning("ui.csrf_refused", reason=reason)
    return _page(
        request,
        403,
        _("The form has expired"),
        _("The page had been open for so long that its security code is no longer valid. Nothing has been saved."),
        [_("Go back, load the page again, and send the form once more.")],
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is no such page, or not for this user."""
    return _page(
        request,
        404,
        _("The page was not found"),
        _("The address does not exist, what it showed has been deleted, or you do not have access to it."),
        [
            _("Check the address for typing errors."),
            _("Find the page through the menu."),
            _("Go back and try another link."),
        ],
    )


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than anybody may send in one request; the rest was not taken in."""
    log.warning("ui.body_refused")
    return _page(
        request,
        413,
        _("What you sent is too large"),
        _("The server takes at most %(limit)s MB at a time. Nothing has been saved.")
        % {"limit": settings.UPLOAD_LIMIT_MB},
        [_("Divide the file, for instance by period, and send the parts one by one."), _("Log in before you upload.")],
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500: an error nobody foresaw. It is in the log; nothing is half-saved, since every change is one transaction.

    507 or 503 where the reason is a disk that is full or cannot be written.
    """
    trouble = disk.trouble_of(sys.exc_info()[1])
    if trouble is not None:
        return _not_saved(request, trouble)
    return _page(
        request,
        500,
        _("Something went wrong"),
        _("The error is ours and has been noted. What you were saving has either been saved whole or not at all."),
        [_("Try again in a moment."), _("If it happens again, give the number below to your system administrator.")],
    )


def _not_saved(request: HttpRequest, trouble: disk.Trouble) -> HttpResponse:
    """507: no room on the server; 503: its disk cannot be written. What was saved before is still there."""
    log.error("ui.not_saved", trouble=trouble)
    connection.close()  # a connection that was opened while the disk could not be written stays unable to
    code = 507 if trouble == disk.Trouble.FULL else 503
    title = _("There is no room left on the server") if code == 507 else _("The server cannot save anything right now")
    text = _(
        "What you were doing has not been saved, not even in part. Everything that was saved before is still there."
    )
    if request.path.startswith(API_PREFIX):
        return JsonResponse({"code": trouble, "detail": f"{title}. {text}"}, status=code)
    steps = [
        _("Tell your system administrator."),
        _("Keep what you have written, and try again later."),
    ]
    return _page(request, code, title, text, steps)


def _page(request: HttpRequest, code: int, title: str, text: str, steps: list[str]) -> HttpResponse:
    request_id = getattr(request, "id", "")
    context = {"code": code, "title": title, "text": text, "steps": steps, "request_id": request_id}
    body: str
    try:
        body = render_to_string("ui/error.html", context, request=request)
    except Exception:  # the frame itself may be what fails: without the database there is no menu
        log.exception("ui.error_page_failed", code=code)
        items = "".join(f"<li>{escape(step)}</li>" for step in steps)
        body = (
            f'<!doctype html><html lang="da"><meta charset="utf-8"><title>{escape(title)}</title>'
            f"<h1>{escape(title)}</h1><p>{escape(text)}</p><ul>{items}</ul><p>{escape(request_id)}</p></html>"
        )
    return HttpResponse(body, status=code)
