# SPDX-License-Identifier: MPL-2.0
"""Prices of electricity: what is known, week by week, the files they came from, and the tariffs on top."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.fleet.errors import UnreadablePrices
from kommune3.solutions.fleet.forms.prices import PeriodForm, PriceFileForm, TariffForm
from kommune3.solutions.fleet.models import EnergyTariff, PriceArea
from kommune3.solutions.fleet.operations import prices as operations
from kommune3.solutions.fleet.queries import prices as queries
from kommune3.solutions.fleet.views.shared import actor_of, posted, trail
from kommune3.ui import lists
from kommune3.ui.numbers import format_instant, format_number
from kommune3.ui.pictures import Axis, Cell, Chart, FiguresTable, Heading, Point, Series

_DECIMALS = 4


class PriceTable(lists.Table):
    """A price per row."""

    starts_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    minutes = lists.NumberColumn(verbose_name=gettext_lazy("Minutes"), decimals=0)
    area = lists.TextColumn(verbose_name=gettext_lazy("Price area"))
    dkk_per_kwh = lists.NumberColumn(verbose_name=gettext_lazy("Kr. per kWh"), decimals=5)
    source = lists.TextColumn(accessor="file__name", verbose_name=gettext_lazy("File"))

    class Meta(lists.Table.Meta):
        order_by = "-starts_at"


class PriceFilters(lists.FilterSet):
    area = lists.ChoiceFilter(choices=PriceArea.choices, label=gettext_lazy("Price area"))
    starts_at = lists.DateRangeFilter(label=gettext_lazy("Period"))
    dkk_per_kwh = lists.NumberRangeFilter(label=gettext_lazy("Kr. per kWh"))


def prices(request: HttpRequest) -> HttpResponse:
    """A week of prices as a picture, and where prices and tariffs come from."""
    actor = actor_of(request)
    known = queries.known_prices(actor=actor)
    form = PeriodForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    area = asked.get("area") or (known[0].area if known else PriceArea.DK1)
    week = queries.priced(actor=actor, area=area, last=asked.get("last"))
    if not form.is_bound:
        form.initial = {"area": area, "last": week.last if week else None}
    context = {
        "title": _("Prices of electricity"),
        "lead": _("What a kWh costs when. Plans with real charging put charging where it is cheap."),
        "breadcrumbs": trail(),
        "known": _known(known),
        "has_prices": bool(known),
        "period_form": form,
        "week": week,
        "picture": _picture(week) if week and week.hours else None,
        "days": _days(week) if week else None,
        "files": [(file, kept, f"remove-{file.pk}") for file, kept in queries.price_files(actor=actor)],
        "tariffs": queries.tariffs_of(actor=actor),
        "may_edit": actor.may(operations.EDIT_RATES),
    }
    return render(request, "fleet/prices.html", context)


def price_list(request: HttpRequest) -> HttpResponseBase:
    """Every price."""
    return lists.respond(
        request, rows=queries.price_rows(actor=actor_of(request)), table=PriceTable, filters=PriceFilters,
        title=_("All prices of electricity"), noun=_("prices"),
        context={"breadcrumbs": trail(_above()), "lead": _("Spot prices before tariffs and without VAT.")},
        empty=lists.Empty(
            _("There are no prices yet"), _("Import a file from Energi Data Service."), _("Import prices"),
            reverse("fleet:prices_new"),
        ),
    )  # fmt: skip


def new_prices(request: HttpRequest) -> HttpResponse:
    """Choose a file; it is imported as a whole or not at all."""
    form = PriceFileForm(request.POST or None, request.FILES or None)
    faults: UnreadablePrices | None = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            file = operations.import_prices(
                actor=actor_of(request), now=clock.now(), content=upload.read(), file_name=upload.name
            )
        except UnreadablePrices as refusal:
            faults = refusal
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("%(count)s prices have been imported.") % {"count": file.prices})
            return redirect("fleet:prices")
    context = {
        "title": _("Import prices"),
        "lead": _("An hour that is known already gets the price of the newer file."),
        "breadcrumbs": trail(_above()),
        "form": form,
        "cancel": reverse("fleet:prices"),
        "faults": _faults(faults) if faults else None,
        "more": faults.count - len(faults.faults) if faults else 0,
    }
    return render(request, "fleet/prices_new.html", context)


@posted("fleet:prices")
def remove_file(request: HttpRequest, price_file_id: int) -> HttpResponse | None:
    """Take an import back."""
    operations.remove_price_file(actor=actor_of(request), now=clock.now(), file_id=price_file_id)
    messages.success(request, _("The file's prices have been removed."))
    return None


def new_tariff(request: HttpRequest) -> HttpResponse:
    """Create a tariff."""
    return _tariff_page(request, EnergyTariff(valid_from=clock.municipal_date(clock.now())), _("Create tariff"))


def one_tariff(request: HttpRequest, tariff_id: int) -> HttpResponse:
    """Correct a tariff, or give it an end."""
    tariff = reach.get(actor_of(request), EnergyTariff, tariff_id)
    return _tariff_page(request, tariff, tariff.name)


@posted("fleet:prices")
def remove_tariff(request: HttpRequest, tariff_id: int) -> HttpResponse | None:
    """Remove a tariff."""
    operations.remove_tariff(actor=actor_of(request), now=clock.now(), tariff_id=tariff_id)
    messages.success(request, _("The tariff has been removed."))
    return None


def _tariff_page(request: HttpRequest, tariff: EnergyTariff, title: str) -> HttpResponse:
    form = TariffForm(request.POST or None, instance=tariff)
    if request.method == "POST" and form.is_valid():
        operations.save_tariff(actor=actor_of(request), now=clock.now(), tariff=form.save(commit=False))
        messages.success(request, _("The tariff has been saved."))
        return redirect("fleet:prices")
    context = {
        "title": title,
        "lead": _("What is paid for each kWh on top of the spot price: grid, system, tax."),
        "form": form,
        "breadcrumbs": trail(_above()),
        "cancel": reverse("fleet:prices"),
        "remove_url": reverse("fleet:tariff_remove", args=[tariff.pk]) if tariff.pk else "",
    }
    return render(request, "fleet/tariff.html", context)


def _above() -> tuple[str, str]:
    return _("Prices of electricity"), reverse("fleet:prices")


def _picture(week: queries.Priced) -> Chart:
    def joined(name: str, values: list[Point]) -> Series:
        return Series(name, values, joined=True)

    return Chart(
        "line",
        Axis(_("Time")),
        Axis(_("Price"), _("kr. per kWh"), decimals=_DECIMALS),
        [
            joined(_("With tariffs"), [Point(at, float(total)) for at, _spot, total in week.hours]),
            joined(_("Spot price"), [Point(at, float(spot)) for at, spot, _total in week.hours]),
        ],
    )


def _days(week: queries.Priced) -> FiguresTable:
    titles = (
        Heading(_("Day")), Heading(_("Lowest spot price"), True), Heading(_("Mean"), True), Heading(_("Highest"), True),
        Heading(_("Mean with tariffs"), True),
    )  # fmt: skip
    return FiguresTable(
        titles,
        tuple(
            (
                Cell(format_instant(day.on)),
                *(
                    Cell(format_number(price, _DECIMALS), True)
                    for price in (day.least, day.mean, day.highest, day.with_tariffs)
                ),
            )
            for day in week.days
        ),
    )


def _known(known: list[queries.Known]) -> FiguresTable:
    titles = (Heading(_("Price area")), Heading(_("From")), Heading(_("Until")), Heading(_("Hours missing"), True))
    return FiguresTable(
        titles,
        tuple(
            (
                Cell(str(PriceArea(each.area).label)),
                Cell(format_instant(each.first_at)),
                Cell(format_instant(each.until)),
                Cell(format_number(each.missing_hours, 0), True),
            )
            for each in known
        ),
    )


def _faults(refusal: UnreadablePrices) -> FiguresTable:
    titles = (Heading(_("Line"), True), Heading(_("Column")), Heading(_("Value")), Heading(_("What is wrong")))
    return FiguresTable(
        titles,
        tuple(
            (Cell("–" if line is None else str(line), True), Cell(field or "–"), Cell(value or "–"), Cell(why))
            for line, field, value, why in refusal.faults
        ),
    )
