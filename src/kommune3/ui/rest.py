# SPDX-License-Identifier: MPL-2.0
"""The kernel's JSON API, ``/api/v1/``. Each port adds its router here; solutions have an API of their own, made alike.

Rights are declared like those of pages: the URL name of every operation stands in an ``access.py``.
"""

import re
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.parser import Parser
from ninja.security import APIKeyCookie, HttpBearer

from kommune3.kernel.access.actor import Actor
from kommune3.ui.effects.rest import router as effects
from kommune3.ui.notify.rest import router as notify
from kommune3.ui.organisation.rest import router as organisation
from kommune3.ui.people.rest import router as people

_ODD = re.compile("[\x00\ud800-\udfff]")


class Bearer(HttpBearer):
    """A key to the API; ``access.middleware`` has found whose it is."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        return _known(request)


class Session(APIKeyCookie):
    """The session of somebody logged in. What changes something needs the CSRF token as well."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Actor | None:
        return None if "Authorization" in request.headers else _known(request)


def _known(request: HttpRequest) -> Actor | None:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor if actor.is_known else None


class Reading(Parser):
    """What is sent, as plain data. Characters that no text has, and that databases refuse, are told as 400."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        content: dict[str, Any] = super().parse_body(request)
        _refuse_odd_text(content)
        return content

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        _refuse_odd_text(dict(data.lists()))
        content: dict[str, Any] = super().parse_querydict(data, list_fields, request)
        return content


def _refuse_odd_text(content: Any) -> None:
    """Raise HttpError where a text holds a zero or half of a pair of surrogates, which JSON can spell."""
    waiting = [content]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [*each, *each.values()]
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str) and _ODD.search(each):
            raise HttpError(400, "A text holds characters that no text has.")


def make_api(*, key: str, title: str) -> NinjaAPI:
    """An API with the house's ways: URL names "api-<key>:…", bearer keys or the session, errors as JSON."""
    api = NinjaAPI(
        title=title, version="1", urls_namespace=f"api-{key}", docs_url=None, auth=[Bearer(), Session()],
        parser=Reading(),
    )  # fmt: skip

    @api.exception_handler(PermissionDenied)
    def refused(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return api.create_response(request, {"detail": "Forbidden"}, status=403)

    @api.exception_handler(ValidationError)
    def not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
        """In the form in which operations refuse, with each fault by its field."""
        faults = [
            {"line": None, "field": ".".join(map(str, each["loc"])), "value": "", "detail": each["msg"]}
            for each in error.errors
        ]
        detail = "; ".join(f"{fault['field']}: {fault['detail']}" for fault in faults)
        return api.create_response(request, {"code": "NotAsDescribed", "detail": detail, "faults": faults}, status=422)

    @api.exception_handler(OverflowError)
    @api.exception_handler(DataError)
    def out_of_range(request: HttpRequest, error: Exception) -> HttpResponse:
        """A number or a text that the schema let pass and no column takes."""
        return api.create_response(
            request, {"code": "OutOfRange", "detail": "A value is out of range.", "faults": []}, status=422
        )

    return api


api = make_api(key="kernel", title="Kommune3")
api.add_router("/effects", effects)
api.add_router("/notifications", notify)
api.add_router("/organisation", organisation)
api.add_router("/people", people)
