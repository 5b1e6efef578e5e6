# SPDX-License-Identifier: MPL-2.0
"""The charging plan of a result: when the outlets are in use, what each hour of the day costs, and every charge."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.models import PlanCharge, Run
from kommune3.solutions.fleet.queries.charging import SHOWN_DAYS, ChargingPlan, charges_of, get_charging
from kommune3.solutions.fleet.views.picking import below_run, picked
from kommune3.solutions.fleet.views.pictures import name_of
from kommune3.solutions.fleet.views.shared import actor_of
from kommune3.ui import lists
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Axis, Cell, Chart, FiguresTable, Heading, Point, Series, Timeline, Trip, Vehicle


class ChargeTable(lists.Table):
    """A charge per row."""

    starts_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    ends_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    base = lists.TextColumn(accessor="charger__base__name", verbose_name=gettext_lazy("Base"))
    charger = lists.TextColumn(accessor="charger__name", verbose_name=gettext_lazy("Charger"))
    outlet = lists.NumberColumn(verbose_name=gettext_lazy("Outlet"), decimals=0)
    model = lists.TextColumn(accessor="plan_vehicle__model__name", verbose_name=gettext_lazy("Model"))
    number = lists.NumberColumn(accessor="plan_vehicle__number", verbose_name=gettext_lazy("Vehicle"), decimals=0)
    kwh = lists.NumberColumn(verbose_name=gettext_lazy("kWh"), decimals=1)
    dkk = lists.NumberColumn(verbose_name=gettext_lazy("Kr."), decimals=2)

    class Meta(lists.Table.Meta):
        order_by = "starts_at"


class ChargeFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("charger__name", "charger__base__name", "plan_vehicle__model__name"))
    starts_at = lists.DateRangeFilter(label=gettext_lazy("Period"))


def run_charging(request: HttpRequest, run_id: int) -> HttpResponse:
    """A week of the charging plan, and the hours of the day. ``?week=`` says which week."""
    actor, plan_id = actor_of(request), picked(request)
    first = parse_date(request.GET.get("week", "")) if request.GET.get("week") else None
    found = get_charging(actor=actor, run_id=run_id, plan_id=plan_id, first=first)
    run = reach.get(actor, Run, run_id)
    context = {"title": _("Charging plan"), "breadcrumbs": below_run(run), "run": run, "found": found}
    if found is None:
        return render(request, "fleet/charging.html", context)
    query = f"plan={plan_id}&" if plan_id is not None else ""
    context |= {
        "lead": _("Which car charges where and when. Charging waits for the cheap hours as far as the trips allow."),
        "facts": _facts(found),
        "timeline": timeline(found),
        "hours_picture": _hours_picture(found),
        "hours": _hours(found),
        "last": found.first + timedelta(days=SHOWN_DAYS - 1),
        "earlier": f"?{query}week={found.first - timedelta(days=SHOWN_DAYS)}" if found.first > found.first_day else "",
        "later": (
            f"?{query}week={found.first + timedelta(days=SHOWN_DAYS)}"
            if found.first + timedelta(days=SHOWN_DAYS) <= found.last_day
            else ""
        ),
        "list_url": reverse("fleet:run_charges", args=[run_id]) + (f"?plan={plan_id}" if plan_id is not None else ""),
    }
    return render(request, "fleet/charging.html", context)


def run_charges(request: HttpRequest, run_id: int) -> HttpResponseBase:
    """Every charge of the plan."""
    actor = actor_of(request)
    run = reach.get(actor, Run, run_id)
    rows = charges_of(actor=actor, run_id=run_id, plan_id=picked(request))
    if not rows.exists():
        raise Http404
    return lists.respond(
        request, rows=rows.select_related("charger__base"), table=ChargeTable, filters=ChargeFilters,
        title=_("Charges"), noun=_("charges"),
        context={"breadcrumbs": [*below_run(run), (_("Charging plan"), reverse("fleet:run_charging", args=[run_id]))]},
        on_export=lambda form: _record_export(actor, run, form),
    )  # fmt: skip


def _record_export(actor: Actor, run: Run, form: str) -> None:
    log.record(
        actor=actor, action="fleet.run.exported", now=clock.now(), object=run, unit_id=run.unit_id,
        detail={"format": form},
    )  # fmt: skip


def timeline(found: ChargingPlan) -> Timeline:
    """Outlets down, the week across."""
    outlets = sorted({(row.plan_vehicle.base.name, row.charger.name, row.charger_id, row.outlet) for row in found.week})
    place = {(charger_id, outlet): index for index, (_base, _name, charger_id, outlet) in enumerate(outlets)}
    return Timeline(
        [
            Vehicle(_("%(charger)s, outlet %(outlet)s") % {"charger": name, "outlet": outlet}, base)
            for base, name, _pk, outlet in outlets
        ],
        [Trip(place[row.charger_id, row.outlet], row.starts_at, row.ends_at, _label(row)) for row in found.week],
        day=found.first,
    )


def _label(row: PlanCharge) -> str:
    return _("%(vehicle)s: %(kwh)s kWh, %(dkk)s kr.") % {
        "vehicle": name_of(row.plan_vehicle), "kwh": format_number(row.kwh, 1), "dkk": format_number(row.dkk, 2),
    }  # fmt: skip


def _facts(found: ChargingPlan) -> list[tuple[str, str]]:
    plan = found.plan
    facts = [
        (_("Charged in the period"), f"{format_number(plan.charged_kwh or 0, 0)} kWh"),
        (_("Cost in the period"), f"{format_number(plan.charged_dkk or 0, 0)} kr."),
        (_("Charges"), format_number(found.charges, 0)),
    ]
    if plan.charged_kwh:
        mean = float(plan.charged_dkk or 0) / plan.charged_kwh
        facts.append((_("Mean price"), _("%(dkk)s kr. per kWh") % {"dkk": format_number(mean, 3)}))
    if plan.charged_bound_dkk is not None:
        least = format_number(plan.charged_bound_dkk, 0)
        facts.append(
            (
                _("Proven"),
                _("No charging of these vehicles with these trips costs less than %(dkk)s kr.") % {"dkk": least},
            )
        )
    return facts


def _hours_picture(found: ChargingPlan) -> Chart:
    return Chart(
        "bar",
        Axis(_("Hour of the day")),
        Axis(_("Charged"), "kWh", decimals=0, from_zero=True),
        [Series(_("Charged"), [Point(each.hour, round(each.kwh, 1)) for each in found.hours])],
        categories=[f"{each.hour:02d}" for each in found.hours],
    )


def _hours(found: ChargingPlan) -> FiguresTable:
    titles = (
        Heading(_("Hour of the day")), Heading(_("kWh"), True), Heading(_("Kr."), True),
        Heading(_("Kr. per kWh"), True),
    )  # fmt: skip
    return FiguresTable(
        titles,
        tuple(
            (
                Cell(f"{each.hour:02d}–{(each.hour + 1) % 24:02d}"),
                Cell(format_number(each.kwh, 1), True),
                Cell(format_number(each.dkk, 2), True),
                Cell(format_number(each.dkk / each.kwh, 3) if each.kwh >= 0.05 else "–", True),
            )
            for each in found.hours
        ),
    )
