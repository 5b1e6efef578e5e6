# SPDX-License-Identifier: MPL-2.0
"""Chargers at the bases."""

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
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.forms.register import ChargerForm
from kommune3.solutions.fleet.models import Base, Charger
from kommune3.solutions.fleet.operations.register import save_charger
from kommune3.solutions.fleet.operations.vehicles import EDIT
from kommune3.solutions.fleet.queries.register import charging
from kommune3.solutions.fleet.views import register_tables as tables
from kommune3.solutions.fleet.views.shared import actor_of, show_faults, trail
from kommune3.ui import lists


class ChargerTable(lists.Table):
    """A charger per row."""

    name = lists.LinkColumn(url="fleet:charger", verbose_name=gettext_lazy("Name"))
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"))
    outlets = lists.NumberColumn(verbose_name=gettext_lazy("Outlets"), decimals=0)
    power_kw = lists.NumberColumn(verbose_name=gettext_lazy("Power per outlet, kW"), decimals=1)
    valid_from = lists.DateColumn(verbose_name=gettext_lazy("From"))
    valid_to = lists.DateColumn(verbose_name=gettext_lazy("Until"))

    class Meta(lists.Table.Meta):
        order_by = "base"


def _visible_bases(request: HttpRequest | None) -> QuerySet[Base]:
    return reach.visible(actor_of(request) if request else ANONYMOUS, Base)


class ChargerFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("name", "base__name"))
    base = lists.ModelFilter(queryset=_visible_bases, label=gettext_lazy("Base"))


def chargers(request: HttpRequest) -> HttpResponseBase:
    """The chargers the actor may see, and what each base can charge with."""
    actor = actor_of(request)
    may = actor.may(EDIT)
    found = charging(actor=actor, on=clock.municipal_date(clock.now()))
    return lists.respond(
        request,
        rows=reach.visible(actor, Charger),
        table=ChargerTable,
        filters=ChargerFilters,
        title=_("Chargers"),
        noun=_("chargers"),
        template="fleet/chargers.html",
        context={
            "breadcrumbs": trail((_("Bases"), reverse("fleet:bases"))),
            "lead": _("Where electric cars are charged. Plans with charging count with these."),
            "new_url": reverse("fleet:charger_new") if may else "",
            "new_text": _("Create charger"),
            "charging": tables.charging_table(found),
            "has_chargers": bool(found),
        },
        empty=lists.Empty(
            _("There are no chargers yet"),
            _("Create the chargers of your bases, so that plans know how many cars can charge at once."),
            _("Create charger") if may else "",
            reverse("fleet:charger_new") if may else "",
        ),
    )


def new_charger(request: HttpRequest) -> HttpResponse:
    """Create a charger."""
    charger = Charger(valid_from=clock.municipal_date(clock.now()))
    return _charger_page(request, charger, _("Create charger"))


def one_charger(request: HttpRequest, charger_id: int) -> HttpResponse:
    """Edit a charger, or end it."""
    charger = reach.get(actor_of(request), Charger, charger_id, action=EDIT)
    return _charger_page(request, charger, tables.charger_title(charger))


def _charger_page(request: HttpRequest, charger: Charger, title: str) -> HttpResponse:
    actor = actor_of(request)
    form = ChargerForm(request.POST or None, instance=charger, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_charger(actor=actor, now=clock.now(), charger=form.save(commit=False))
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s has been saved.") % {"name": saved})
            return redirect("fleet:chargers")
    above = (_("Chargers"), reverse("fleet:chargers"))
    context = {"title": title, "form": form, "breadcrumbs": trail(above), "cancel": above[1]}
    return render(request, "fleet/form.html", context)
