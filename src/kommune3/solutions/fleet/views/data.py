# SPDX-License-Identifier: MPL-2.0
"""Data for own analysis: what can be taken out, as which files, and at which addresses."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.solutions.fleet.forms.dashboards import PeriodForm
from kommune3.solutions.fleet.queries.dashboards.selection import reach_of
from kommune3.solutions.fleet.views.shared import actor_of, trail


def data(request: HttpRequest) -> HttpResponse:
    """The files of a period, and the addresses of the API."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    form = PeriodForm(request.GET or None, reach=reach_of(actor), today=today)
    first_day, last_day = form.days()
    period = f"first_day={first_day}&last_day={last_day}"
    context = {
        "title": _("Data for own analysis"),
        "lead": _("Take trips and daily figures out, as files or through the API."),
        "breadcrumbs": trail((_("Dashboards"), reverse("fleet:dashboards"))),
        "form": form,
        "first_day": first_day,
        "last_day": last_day,
        "files": [
            (title, text, [(each, f"{reverse(name)}?{period}&form={each}") for each in ("csv", "xlsx")])
            for title, text, name in (
                (_("Trips"), _("A row per trip. With rotas, trips tell who was where: each download is on record."),
                 "api-fleet:trips_file"),
                (_("Daily figures"),
                 _("A row per day, base and type of vehicle. Figures built on too few are left out."),
                 "api-fleet:daily_file"),
            )
        ],
        "addresses": [
            (reverse(name), text)
            for name, text in (
                ("api-fleet:trips", _("Trips, up to 1,000 at a time")),
                ("api-fleet:daily", _("Daily figures, up to 31 days at a time")),
                ("api-fleet:dashboards", _("Which dashboards there are; each has its figures below this address")),
            )
        ],
    }  # fmt: skip
    return render(request, "fleet/data.html", context)
