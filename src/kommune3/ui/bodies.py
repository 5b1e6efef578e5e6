# SPDX-License-Identifier: MPL-2.0
"""How much anybody may send in one request: stopped while it comes in, before it fills memory or disk.

Django writes the whole of a request's body to disk before any page sees it. Here, around Django, the bytes are counted:
beyond the limit no more are taken, and a page says so (:func:`refuse`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase

from kommune3.ui import errors

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

STRANGER_BYTES = 1_000_000
"""For whoever shows neither a session nor a key: the login is the largest form they have."""
_FORM_BYTES = 1_000_000  # what surrounds a file in a form
_REFUSED = "kommune3.body_refused"


def limited(application: Application) -> Application:
    """``application``, which gets no more of a body than is allowed."""

    async def guarded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        headers = dict(scope["headers"])
        limit = _limit(headers)
        announced = headers.get(b"content-length", b"0")
        taken = 0
        ended = False
        if not announced.isdigit() or int(announced) > limit:
            scope[_REFUSED] = True

        async def counted() -> Message:
            nonlocal taken, ended
            if scope.get(_REFUSED):
                if ended:
                    await asyncio.Event().wait()  # until Django has answered and no longer listens
                ended = True
                return {"type": "http.request", "body": b"", "more_body": False}
            message = await receive()
            if message["type"] == "http.request":
                taken += len(message.get("body", b""))
                if taken > limit:
                    scope[_REFUSED] = ended = True
                    return {"type": "http.request", "body": b"", "more_body": False}
            return message

        await application(scope, counted, send)

    return guarded


def _limit(headers: Mapping[bytes, bytes]) -> int:
    session = f"{settings.SESSION_COOKIE_NAME}=".encode()
    is_stranger = session not in headers.get(b"cookie", b"") and b"authorization" not in headers
    return STRANGER_BYTES if is_stranger else settings.UPLOAD_LIMIT_MB * 1024 * 1024 + _FORM_BYTES


def refuse(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: answer 413 where :func:`limited` stopped taking the body."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if isinstance(request, ASGIRequest) and request.scope.get(_REFUSED):
            return errors.too_large(request)
        return get_response(request)

    return middleware
