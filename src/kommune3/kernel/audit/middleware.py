# SPDX-License-Identifier: MPL-2.0
"""Each request has an identifier: in the log lines, in the audit log, and on the error page the user sees."""

import uuid
from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponseBase

from kommune3.kernel.audit.log import current_request


def request_id(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    def middleware(request: HttpRequest) -> HttpResponseBase:
        identifier = str(uuid.uuid4())
        request.id = identifier  # type: ignore[attr-defined]
        token = current_request.set(identifier)
        with structlog.contextvars.bound_contextvars(request_id=identifier):
            try:
                response = get_response(request)
            finally:
                current_request.reset(token)
        response["X-Request-ID"] = identifier
        return response

    return middleware
