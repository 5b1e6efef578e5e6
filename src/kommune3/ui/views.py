# SPDX-License-Identifier: MPL-2.0
"""Pages of the frame itself."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kommune3.kernel import clock

CONTACT_HOLDS_DAYS = 180
"""RFC 9116 advises less than a year; the file is made anew at each request, so this is how long a copy is believed."""


def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement that the law asks for."""
    return render(request, "ui/accessibility.html", {"title": _("Accessibility statement")})


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a hole in the installation (RFC 9116); not there until the operator has named somebody."""
    if not settings.SECURITY_CONTACTS:
        raise Http404
    day = clock.municipal_date(clock.now() + timedelta(days=CONTACT_HOLDS_DAYS))
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACTS]
    lines += [
        f"Expires: {datetime(day.year, day.month, day.day, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: da, en",
        f"Canonical: {settings.PUBLIC_URL.rstrip('/')}{request.path}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def robots_txt(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
