# SPDX-License-Identifier: MPL-2.0
"""No CPR number in an address or in free text: browsers, proxies and logs keep addresses, and many people read notes.

Forms: every field of text refuses one (:func:`refuse_in_text`), except :class:`CprField`. Addresses: the number is
taken out before any view sees it. The API: a body with one in it is refused.
"""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _

from kommune3.kernel.access.middleware import API_PREFIX
from kommune3.kernel.people.spotting import spotted

_LONGEST_BODY = 1_000_000  # bytes of JSON that are looked through; longer ones are files of figures


def refuse_in_text(value: Any) -> None:
    """A validator: no CPR number in what somebody wrote. The message never repeats it."""
    if isinstance(value, str) and spotted(value):
        raise ValidationError(_("Do not write a CPR number here. Write who it is about in another way."), code="cpr")


class CprField(forms.CharField):
    """Where a CPR number belongs: the one field of text that takes it."""

    default_validators = []

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"class": "input-width-s", "autocomplete": "off", "inputmode": "numeric"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(max_length=11, **kwargs)


def guard_every_form() -> None:
    """Make :func:`refuse_in_text` a validator of every field of text there is, also those of libraries."""
    forms.CharField.default_validators = [refuse_in_text]


def no_cpr_in_addresses(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware, after the messages: see the module."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        is_api = request.path.startswith(API_PREFIX)
        bad_path = spotted(request.path)
        bad = [name for name in request.GET if spotted(name) or any(map(spotted, request.GET.getlist(name)))]
        if (bad or bad_path) and is_api:
            return JsonResponse(
                {"detail": _("There is a CPR number in the address. Never write one there.")}, status=400
            )
        if bad or bad_path:
            return _without(request, bad, path="/" if bad_path else request.path)
        if is_api and _has_cpr(request):
            return JsonResponse({"detail": _("There is a CPR number in the request. No field takes one.")}, status=400)
        return get_response(request)

    return middleware


def _without(request: HttpRequest, bad: list[str], *, path: str) -> HttpResponse:
    """Lead to ``path`` with the rest of the address; the browser keeps nothing of the one that was asked for."""
    kept = request.GET.copy()
    for name in bad:
        kept.pop(name)
    address = path + ("?" + kept.urlencode() if kept else "")
    messages.warning(
        request,
        _(
            "A CPR number has been removed from the search: addresses and searches are kept in many places. "
            "Use the name."
        ),
    )
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponse(status=303, headers={"Location": address, "Referrer-Policy": "no-referrer"})


def _has_cpr(request: HttpRequest) -> bool:
    if request.content_type != "application/json" or int(request.META.get("CONTENT_LENGTH") or 0) > _LONGEST_BODY:
        return False
    try:
        return _any_cpr(json.loads(request.body))
    except (ValueError, RecursionError):
        return spotted(request.body.decode("utf-8", errors="replace"))


def _any_cpr(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_any_cpr(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(map(_any_cpr, value))
    return isinstance(value, str) and spotted(value)
