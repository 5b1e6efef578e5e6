# SPDX-License-Identifier: MPL-2.0
"""Fetching a stored file: always as an attachment, so that nothing in it runs here."""

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel import clock, files
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log


@require_safe
@never_cache
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    file = files.get(actor=actor, file_id=file_id)
    try:
        content = files.open_file(file)
    except FileNotFoundError as error:
        raise Http404 from error
    log.record(
        actor=actor, action="files.fetched", now=clock.now(), object=file, unit_id=file.unit_id, purpose=file.purpose
    )
    response = FileResponse(content, as_attachment=True, filename=file.name, content_type=file.content_type)
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    return response
