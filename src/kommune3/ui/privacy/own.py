# SPDX-License-Identifier: MPL-2.0
"""One's own data: what is kept about oneself, and all of it in a file."""

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kommune3.kernel import clock, files
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.privacy import exporting, queries
from kommune3.ui.privacy import frame


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """What is kept about oneself; posted, all of it is put together in a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if request.method == "POST":
        exporting.ask(actor=actor, now=clock.now())
        messages.success(request, _("Your data are being put together. You can leave the page meanwhile."))
        return redirect("privacy:mine")
    own = list(exporting.own_exports(actor)[:10])
    context = {
        "title": _("My data"),
        "lead": _("What the municipality keeps about you on this platform, and why."),
        "breadcrumbs": frame.crumbs(),
        "kept": queries.kept_about(actor),
        "exports": [each for each in own if each.file_id is not None],
        "progress": frame.progress(actor, own[0].job_id) if own and own[0].made_at is None else None,
    }
    return render(request, "ui/privacy/mine.html", context)


@require_safe
@never_cache
def fetch(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file of an export, as an attachment."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = exporting.fetch(actor=actor, now=clock.now(), export_id=export_id)
    try:
        content = files.open_file(file)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response
