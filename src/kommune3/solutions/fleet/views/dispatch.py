# SPDX-License-Identifier: MPL-2.0
"""What the allocation of bookings gained, day by day, and bookings made into trips."""

from datetime import date

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import ANONYMOUS
from kommune3.solutions.fleet.errors import FleetError
from kommune3.solutions.fleet.models import Base
from kommune3.solutions.fleet.operations import booking_trips
from kommune3.solutions.fleet.queries import bookings as queries
from kommune3.solutions.fleet.views.shared import actor_of, trail
from kommune3.ui import lists
from kommune3.ui.widgets import DatePicker


def _bases(request: HttpRequest | None) -> QuerySet[Base]:
    return reach.visible(actor_of(request) if request else ANONYMOUS, Base)


class DispatchTable(lists.Table):
    day = lists.DateColumn(verbose_name=gettext_lazy("Day"))
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"))
    bookings = lists.NumberColumn(verbose_name=gettext_lazy("Bookings"), decimals=0)
    unserved = lists.NumberColumn(verbose_name=gettext_lazy("Without a vehicle"), decimals=0)
    unserved_naive = lists.NumberColumn(verbose_name=gettext_lazy("Without, first come"), decimals=0)
    dkk = lists.NumberColumn(verbose_name=gettext_lazy("Cash, kr."), decimals=0)
    dkk_naive = lists.NumberColumn(verbose_name=gettext_lazy("Cash, first come"), decimals=0)
    dkk_best = lists.NumberColumn(verbose_name=gettext_lazy("Cash, at best"), decimals=0)
    kg = lists.NumberColumn(verbose_name=gettext_lazy("CO2e, kg"), decimals=1)
    kg_naive = lists.NumberColumn(verbose_name=gettext_lazy("CO2e, first come"), decimals=1)

    class Meta(lists.Table.Meta):
        order_by = "-day"


class DispatchFilters(lists.FilterSet):
    base = lists.ModelFilter(queryset=_bases, label=gettext_lazy("Base"))
    day = lists.DateRangeFilter(label=gettext_lazy("Day"))


class TripsForm(forms.Form):
    """Which bookings become trips."""

    base: "forms.ModelChoiceField[Base]" = forms.ModelChoiceField(label=gettext_lazy("Base"), queryset=None)
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=DatePicker)
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DatePicker)

    def clean(self) -> dict[str, object]:
        values = super().clean() or {}
        if values.get("first_day") and values.get("last_day") and values["last_day"] < values["first_day"]:
            self.add_error("last_day", _("The last day comes before the first."))
        return values


def effect(request: HttpRequest) -> HttpResponseBase:
    """Each counted day: as allocated, by first come, and at best; days of few bookings are not shown."""
    actor = actor_of(request)
    rows, fewest = queries.dispatch_days(actor=actor, on=clock.municipal_date(clock.now()))
    may = actor.may(booking_trips.IMPORT)
    return lists.respond(
        request,
        rows=rows.filter(bookings__gte=fewest),
        table=DispatchTable,
        filters=DispatchFilters,
        title=_("What the allocation gained"),
        noun=_("days"),
        template="fleet/dispatch.html",
        context={
            "breadcrumbs": trail(),
            "new_url": reverse("fleet:bookings_to_trips") if may else "",
            "new_text": _("Make trips of bookings"),
            "fewest": fewest,
            "hidden": rows.filter(bookings__lt=fewest).count(),
        },
        empty=lists.Empty(
            _("No day has been counted yet"), _("Every day, the days that are over are counted from their bookings.")
        ),
    )


def to_trips(request: HttpRequest) -> HttpResponse:
    """Make trips of returned bookings, so that a fleet can be found for them."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    form = TripsForm(request.POST or None, initial={"first_day": date(today.year, today.month, 1), "last_day": today})
    base: forms.ModelChoiceField[Base] = form.fields["base"]  # type: ignore[assignment]
    base.queryset = reach.visible(actor, Base, action=booking_trips.IMPORT)
    if request.method == "POST" and form.is_valid():
        try:
            made = booking_trips.make_trips(actor=actor, now=clock.now(), **form.cleaned_data)
        except FleetError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                _("%(trips)s trips were made; %(left_out)s were trips already and left out.")
                % {"trips": made.rows_good, "left_out": made.rows_bad},
            )
            return redirect("fleet:import", made.pk)
    above = (_("What the allocation gained"), reverse("fleet:dispatch"))
    context = {
        "title": _("Make trips of bookings"), "form": form, "cancel": above[1], "breadcrumbs": trail(above),
        "lead": _("Returned bookings become trips, so that optimisations count them. It can be undone under Imports."),
    }  # fmt: skip
    return render(request, "fleet/form.html", context)
