# SPDX-License-Identifier: MPL-2.0
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse

FILE_CHUNK_BYTES = 64 * 1024


def stream_in_pieces(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Send what views stream (exports, files) while they make it.

    Under ASGI, Django collects everything an ordinary iterator yields before it sends the first byte. Here each piece
    is fetched in the request's own thread, where the view ran and its database connection is.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(request, ASGIRequest) and isinstance(response, StreamingHttpResponse) and not response.is_async:
            if isinstance(response, FileResponse):
                response.block_size = FILE_CHUNK_BYTES  # each piece costs a visit to the thread
            response.streaming_content = _awaited(cast(Iterator[bytes], response.streaming_content))
        return response

    return middleware


async def _awaited(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    def following() -> bytes | None:
        return next(chunks, None)

    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk


# Nothing the platform does needs a device, a sensor or the advertising machinery of a browser.
_REFUSED_FEATURES = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media",
    "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "magnetometer", "microphone", "midi", "payment",
    "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _REFUSED_FEATURES)
LOGOUT = "account_logout"


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """What every answer carries: pages, errors, redirects, files, streams, the API and static files.

    It stands outside of every middleware that may answer by itself. Django's own SecurityMiddleware sets some of these
    too, but not on what is refused before it is through (a host that is not served) or on what it redirects.
    """
    always = {
        "Cross-Origin-Embedder-Policy": settings.CROSS_ORIGIN_EMBEDDER_POLICY,
        "Cross-Origin-Opener-Policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": PERMISSIONS_POLICY,
        "Referrer-Policy": settings.SECURE_REFERRER_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": settings.X_FRAME_OPTIONS,
        "X-Permitted-Cross-Domain-Policies": "none",
        # What a page shows is for the one who asked, and for now. Static files say for themselves how long they keep.
        "Cache-Control": "no-store, private",
    }
    hsts = f"max-age={settings.SECURE_HSTS_SECONDS}; includeSubDomains" if settings.SECURE_HSTS_SECONDS else ""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        for name, value in always.items():
            response.setdefault(name, value)
        if hsts and request.is_secure():  # a browser believes it over HTTPS only
            response.setdefault("Strict-Transport-Security", hsts)
        if request.method == "POST" and request.resolver_match and request.resolver_match.view_name == LOGOUT:
            response["Clear-Site-Data"] = '"storage"'
        return response

    return middleware
