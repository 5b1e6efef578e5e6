# SPDX-License-Identifier: MPL-2.0
"""Prices and rates: what is in force, where it comes from, what it is used for, and what is missing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.forms import RateForm
from kommune3.solutions.fleet.models import Rate, RateKind, RateSet
from kommune3.solutions.fleet.operations.rates import remove_rate, save_rate
from kommune3.solutions.fleet.queries import history
from kommune3.solutions.fleet.queries.rates import ShownRate, get_rate_page, missing_rates, shown_rate_sets
from kommune3.solutions.fleet.views.shared import actor_of, posted, show_faults, trail
from kommune3.ui.numbers import format_instant
from kommune3.ui.pictures import Cell, FiguresTable, Heading

EDIT = "fleet.rates.edit"


def rates(request: HttpRequest) -> HttpResponse:
    """Every set of rates."""
    actor = actor_of(request)
    today = clock.municipal_date(clock.now())
    sets = shown_rate_sets(actor=actor, on=today)
    context = {
        "title": _("Rates"),
        "lead": _("What optimisations count with. Each result keeps a copy of the rates it used."),
        "breadcrumbs": trail(),
        "rate_sets": [(each, _in_force(each.in_force), _periods(each.periods)) for each in sets],
        "missing": missing_rates(actor=actor, on=today),
        "may_edit": actor.may(EDIT),
    }
    return render(request, "fleet/rates.html", context)


def new_rate(request: HttpRequest, rate_set_id: int) -> HttpResponse:
    """Add a period to a set, for example next year's. ``?kind=`` chooses the rate."""
    rate_set = reach.get(actor_of(request), RateSet, rate_set_id)
    kind = request.GET.get("kind", "")
    rate = Rate(rate_set=rate_set, kind=kind if kind in RateKind.values else "")
    if rate_set.is_fixed:
        return _refused(request)
    form = RateForm(request.POST or None, instance=rate)
    if (answer := _saved(request, form)) is not None:
        return answer
    above = (_("Rates"), reverse("fleet:rates"))
    context = {"title": _("Add a period"), "form": form, "breadcrumbs": trail(above), "cancel": above[1]}
    context["lead"] = _("The period before ends where the new one begins.")
    return render(request, "fleet/form.html", context)


def one_rate(request: HttpRequest, rate_id: int) -> HttpResponse:
    """A period of a rate: what it is, where it comes from, who changed it; and the form for those who may."""
    actor = actor_of(request)
    page = get_rate_page(actor=actor, rate_id=rate_id, on=clock.municipal_date(clock.now()))
    rate = page.shown.rate
    may_edit = actor.may(EDIT) and not rate.rate_set.is_fixed
    if request.method == "POST" and rate.rate_set.is_fixed:
        return _refused(request)
    # The form has a row of its own: what the page tells is what is stored, also while a wrong value is corrected.
    form = RateForm(request.POST or None, instance=reach.get(actor, Rate, rate_id)) if may_edit else None
    if form is not None and (answer := _saved(request, form)) is not None:
        return answer
    context = {
        "title": rate.get_kind_display(),
        "breadcrumbs": trail((_("Rates"), reverse("fleet:rates"))),
        "page": page,
        "facts": _facts(page.shown),
        "periods": _periods(page.others),
        "history": history.entries(page.changes),
        "form": form,
        "may_edit": may_edit,
        "can_remove": may_edit and len(page.others) > 1,
    }
    return render(request, "fleet/rate.html", context)


@posted("fleet:rate", "rate_id")
def remove(request: HttpRequest, rate_id: int) -> HttpResponse | None:
    """Take a period away; the one before it holds on."""
    remove_rate(actor=actor_of(request), now=clock.now(), rate_id=rate_id)
    messages.success(request, _("The period has been removed. The one before it holds on."))
    return redirect("fleet:rates")


def _saved(request: HttpRequest, form: RateForm) -> HttpResponse | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        saved = save_rate(actor=actor_of(request), now=clock.now(), rate=form.save(commit=False))
    except InvalidRow as refusal:
        show_faults(form, refusal)
        return None
    messages.success(request, _("The rate has been saved."))
    return redirect("fleet:rate", saved.pk)


def _refused(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This set is fixed, so that comparisons stay comparable."))
    return redirect("fleet:rates")


def _facts(shown: ShownRate) -> list[tuple[str, str]]:
    rate = shown.rate
    return [
        (_("Value"), f"{shown.value} {shown.words.unit}" if shown.value else _("Missing")),
        (_("From"), format_instant(rate.valid_from) if rate.valid_from else _("Always so far")),
        (_("Last day"), format_instant(shown.last_day) if shown.last_day else _("No end")),
        (_("Source"), rate.source or "–"),
        (_("Used for"), str(shown.words.used_for)),
        (_("Counts in"), str(shown.words.counts_in)),
        (_("Set of rates"), rate.rate_set.name),
    ]


def _value(shown: ShownRate) -> str:
    return shown.value or _("Missing")


def _in_force(rates: list[ShownRate]) -> FiguresTable:
    titles = (
        Heading(_("Rate")), Heading(_("Value"), True), Heading(_("Unit")), Heading(_("From")), Heading(_("Counts in")),
        Heading(_("Used for")), Heading(_("Source")),
    )  # fmt: skip
    return FiguresTable(
        titles,
        tuple(
            (
                Cell(str(shown.rate.get_kind_display()), href=reverse("fleet:rate", args=[shown.rate.pk])),
                Cell(_value(shown), True),
                Cell(str(shown.words.unit)),
                Cell(format_instant(shown.rate.valid_from) if shown.rate.valid_from else "–"),
                Cell(str(shown.words.counts_in)),
                Cell(str(shown.words.used_for)),
                Cell(shown.rate.source or "–"),
            )
            for shown in rates
        ),
    )


def _periods(rates: list[ShownRate]) -> FiguresTable:
    titles = (
        Heading(_("Rate")), Heading(_("From")), Heading(_("Last day")), Heading(_("Value"), True), Heading(_("Source")),
    )  # fmt: skip
    return FiguresTable(
        titles,
        tuple(
            (
                Cell(str(shown.rate.get_kind_display()), href=reverse("fleet:rate", args=[shown.rate.pk])),
                Cell(format_instant(shown.rate.valid_from) if shown.rate.valid_from else "–"),
                Cell(format_instant(shown.last_day) if shown.last_day else "–"),
                Cell(_value(shown), True),
                Cell(shown.rate.source or "–"),
            )
            for shown in rates
        ),
    )
