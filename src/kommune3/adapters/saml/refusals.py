# SPDX-License-Identifier: MPL-2.0
"""What somebody is told whose login the platform did not accept: what happened, what to do, a number to give."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from kommune3.adapters.saml.errors import Reason, Refused

_AGAIN = {Reason.REPLAYED, Reason.UNKNOWN_REQUEST, Reason.EXPIRED, Reason.TOO_EARLY, Reason.STATUS}


def page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The page for a refused message. Says nothing that helps whoever made a false one."""
    if refused.reason == Reason.LEVEL_TOO_LOW:
        return _page(
            request,
            _("Your login is not sure enough"),
            _(
                "The municipality asks for a login at the NSIS level Substantial or High. The one you used has a lower "
                "level, so you have not been logged in."
            ),
            [
                _("Log in again, and choose a way with two steps, such as MitID or the app of the municipality."),
                _("Ask the municipality's IT support how to get a login at the level Substantial."),
            ],
        )
    if refused.reason in (Reason.NO_ACCOUNT, Reason.NO_IDENTIFIER, Reason.OTHER_AUTHORITY):
        return _page(
            request,
            _("You have no access here yet"),
            _("The municipality's login knows who you are, but it is not linked with a user here."),
            [
                _("Ask your leader or the system administrator to give you access."),
                _("If you have several logins, check that you used the one for your work here."),
            ],
        )
    if refused.reason == Reason.CLOSED_ACCOUNT:
        return _page(
            request,
            _("Your access has been closed"),
            _("There is a user for you here, but it is closed."),
            [_("Ask your leader or the system administrator, if you think that is a mistake.")],
        )
    if refused.reason in _AGAIN:
        return _page(
            request,
            _("The login took too long or was interrupted"),
            _(
                "The answer from the municipality's login could not be used. That happens when a page is loaded again, "
                "when the login stood open for long, or when it was begun in another browser."
            ),
            [
                _("Begin the login again from here."),
                _("If it happens again, give the number below to your system administrator."),
            ],
        )
    return _page(
        request,
        _("The login could not be accepted"),
        _("The answer from the municipality's login was not as it must be, so you have not been logged in."),
        [
            _("Begin the login again from here."),
            _("If it happens again, give the number below to your system administrator."),
        ],
    )


def not_set_up_page(request: HttpRequest) -> HttpResponse:
    """The page while the settings cannot be used. The log says which."""
    return _page(
        request,
        _("The municipality's login cannot be used right now"),
        _("Its connection is not set up correctly. The system administrator can see why in the log."),
        [_("Give the number below to your system administrator.")],
        status=503,
    )


def _page(request: HttpRequest, title: str, text: str, steps: list[str], *, status: int = 403) -> HttpResponse:
    context = {"title": title, "text": text, "steps": steps, "request_id": getattr(request, "id", "")}
    return render(request, "ui/account/login_refused.html", context, status=status)
