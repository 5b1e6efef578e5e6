# SPDX-License-Identifier: MPL-2.0
"""How the days stand; plans of a team's day: made, compared, published, and what was changed in them."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Value
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import ANONYMOUS
from kommune3.solutions.care import access
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.forms.plans import CompareForm, PlanForm
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState, Stop, Team
from kommune3.solutions.care.operations import plans as operations
from kommune3.solutions.care.queries import comparing, plan_pages
from kommune3.solutions.care.queries import overview as overviews
from kommune3.solutions.care.views import telling
from kommune3.solutions.care.views.plan_tables import compared, differences, facts_of, history_of
from kommune3.solutions.care.views.shared import actor_of, posted, trail
from kommune3.ui import lists

STATES = {
    PlanState.PUBLISHED: "success", PlanState.DRAFT: "info", PlanState.STARTED: "info", PlanState.FAILED: "error",
}  # fmt: skip


def overview(request: HttpRequest) -> HttpResponse:
    """Today and tomorrow, team by team, and what carers report."""
    actor, now = actor_of(request), clock.now()
    found = overviews.get_overview(actor=actor, today=clock.municipal_date(now))
    if found.reports:
        lookups.search(actor=actor, now=now, kind="care.visits.listed", by=("team",), found=len(found.reports))
    words = (_("Today"), _("Tomorrow"))
    context = {
        "title": _("Care routes"),
        "breadcrumbs": [(_("Home"), "/")],
        "days": [
            (word, date_format(day, "l j. F"), [_team_day(row) for row in rows])
            for word, (day, rows) in zip(words, found.days, strict=True)
        ],
        "has_teams": bool(found.days[0][1]),
        "reports": found.reports,
        "may_edit": actor.may(access.EDIT),
    }
    return render(request, "care/overview.html", context)


def _team_day(row: overviews.TeamDay) -> dict[str, Any]:
    """How a team's day stands in words, and what can be done about it."""
    plan, counted = row.plan, row.counted
    shown: dict[str, Any] = {
        "row": row,
        "state": _("No plan"),
        "variant": "warning" if row.visits else "",
        "latest": telling.minutes(counted.latest_seconds) if counted.late else "",
        "new_url": f"{reverse('care:plan_new')}?team={row.team.pk}&date={row.date.isoformat()}",
    }
    if plan is not None:
        shown["state"], shown["variant"] = PlanState(plan.state).label, STATES.get(PlanState(plan.state), "")
        shown["url"] = reverse("care:plan" if plan.state == PlanState.STARTED else "care:board", args=[plan.pk])
    return shown


class PlanTable(lists.Table):
    date = lists.LinkColumn(url="care:plan", verbose_name=gettext_lazy("Day"))
    team = lists.TextColumn(accessor="team__name", verbose_name=gettext_lazy("Team"))
    state = lists.StatusColumn(verbose_name=gettext_lazy("State"), choices=PlanState, variants=STATES)
    origin = lists.StatusColumn(verbose_name=gettext_lazy("Made by"), choices=PlanOrigin)
    created_by_name = lists.TextColumn(verbose_name=gettext_lazy("Started by"))
    created_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Started"))
    published_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Published"))

    class Meta(lists.Table.Meta):
        order_by = "-created_at"


def _teams(request: HttpRequest | None) -> QuerySet[Team]:
    return reach.visible(actor_of(request) if request else ANONYMOUS, Team)


class PlanFilters(lists.FilterSet):
    team = lists.ModelFilter(queryset=_teams, label=gettext_lazy("Team"))
    date = lists.DateRangeFilter(label=gettext_lazy("Day"))
    state = lists.ChoiceFilter(choices=PlanState.choices, label=gettext_lazy("State"))


def plans(request: HttpRequest) -> HttpResponseBase:
    """Every plan of the teams that the actor may see."""
    actor = actor_of(request)
    may = actor.may(access.PLAN)
    new = reverse("care:plan_new") if may else ""
    return lists.respond(
        request,
        rows=reach.visible(actor, Plan),
        table=PlanTable,
        filters=PlanFilters,
        title=_("Plans"),
        noun=_("plans"),
        template="care/plans.html",
        context={"breadcrumbs": trail(), "new_url": new},
        empty=lists.Empty(
            _("No day has been planned yet"), _("Choose a team and a day, and let the computer propose a plan."),
            _("New plan") if may else "", new,
        ),
    )  # fmt: skip


def new_plan(request: HttpRequest) -> HttpResponse:
    """Ask for a plan; tomorrow unless ``?date=`` says otherwise."""
    actor, now = actor_of(request), clock.now()
    teams = reach.visible(actor, Team, action=access.PLAN).filter(is_active=True)
    initial = {
        "team": request.GET.get("team"),
        "date": request.GET.get("date") or clock.municipal_date(now) + timedelta(days=1),
    }
    form = PlanForm(request.POST or None, teams=teams, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            plan = operations.start(
                actor=actor, now=now, team_id=values["team"].pk, date=values["date"], origin=values["origin"],
                seconds=values["seconds"],
            )  # fmt: skip
        except CareError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("care:plan", plan.pk)
    context = {
        "title": _("New plan"), "form": form, "cancel": reverse("care:plans"),
        "lead": _("The computer proposes who visits whom and when. A person approves it by publishing it."),
        "breadcrumbs": trail((_("Plans"), reverse("care:plans"))),
    }  # fmt: skip
    return render(request, "care/plan_new.html", context)


def one_plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """How far it is, why it failed, or what it comes to and what was changed in it."""
    actor, now = actor_of(request), clock.now()
    found = plan_pages.get_plan(actor=actor, plan_id=plan_id)
    plan = found.plan
    lookups.search(actor=actor, now=now, kind="care.plan.read", by=("plan",), found=found.counted.visits)
    unit = plan.team.unit.path
    may_plan = actor.may(access.PLAN, unit_path=unit)
    is_ready = plan.state in comparing.COMPARABLE
    context = {
        "title": name_of(plan),
        "breadcrumbs": trail((_("Plans"), reverse("care:plans"))),
        "plan": plan,
        "found": found,
        "state": PlanState(plan.state).label,
        "state_variant": STATES.get(PlanState(plan.state), ""),
        "is_ready": is_ready,
        "facts": facts_of(found) if is_ready else [],
        "latest": telling.minutes(found.counted.latest_seconds) if found.counted.late else "",
        "travel": telling.hours(found.travel_seconds),
        "history": history_of(found.changes),
        "others": [(name_of(other), _compare_url(plan, other)) for other in found.others],
        "may_publish": plan.state == PlanState.DRAFT and actor.may(access.PUBLISH, unit_path=unit),
        "may_copy": is_ready and may_plan,
        "may_discard": may_plan and plan.state in (PlanState.DRAFT, PlanState.FAILED, PlanState.STARTED),
    }
    return render(request, "care/plan.html", context)


def name_of(plan: Plan) -> str:
    """A plan as it is spoken of: team, day and number."""
    return _("%(team)s, %(day)s, plan %(number)s") % {
        "team": plan.team.name, "day": date_format(plan.date, "j. F Y"), "number": plan.pk
    }  # fmt: skip


def _compare_url(plan: Plan, other: Plan) -> str:
    return f"{reverse('care:plan_compare')}?a={other.pk}&b={plan.pk}"


@posted("care:plan", "plan_id")
def publish(request: HttpRequest, plan_id: int) -> HttpResponse | None:
    """Announce the plan to carers and citizens."""
    operations.publish(actor=actor_of(request), now=clock.now(), plan_id=plan_id)
    messages.success(request, _("The plan is published. Carers and citizens see it now."))
    return None


@posted("care:plan", "plan_id")
def copy(request: HttpRequest, plan_id: int) -> HttpResponse | None:
    """A draft with the same visits, to be changed."""
    made = operations.copy(actor=actor_of(request), now=clock.now(), plan_id=plan_id)
    messages.info(request, _("This is a copy. What you change here is announced when you publish it."))
    return redirect("care:board", made.pk)


@posted("care:plan", "plan_id")
def discard(request: HttpRequest, plan_id: int) -> HttpResponse | None:
    """Throw away a plan that was never published."""
    operations.discard(actor=actor_of(request), now=clock.now(), plan_id=plan_id)
    messages.success(request, _("The plan has been thrown away."))
    return redirect("care:plans")


def compare(request: HttpRequest) -> HttpResponse:
    """Two plans beside each other: ``?a=`` and ``?b=``."""
    actor, now = actor_of(request), clock.now()
    asked = [request.GET.get(name, "") for name in ("a", "b")]
    found = None
    if all(each.isdigit() for each in asked):
        found = comparing.compare(actor=actor, a_id=int(asked[0]), b_id=int(asked[1]))
        shown = found.same + len(found.differences)
        lookups.search(actor=actor, now=now, kind="care.plan.read", by=("plan",), found=shown)
    offered = comparing.comparable(actor)
    context = {
        "title": _("Compare plans"),
        "breadcrumbs": trail((_("Plans"), reverse("care:plans"))),
        "form": CompareForm(initial={"a": asked[0], "b": asked[1]}, plans=offered, label=name_of),
        "offers": len(offered),
        "found": found,
        "figures": compared(found, [name_of(side.plan) for side in found.sides]) if found else None,
        "differences": differences(found) if found else None,
    }
    return render(request, "care/plan_compare.html", context)


class StopTable(lists.Table):
    carer = lists.TextColumn(
        accessor="shift__carer__person", verbose_name=gettext_lazy("Carer"), default=gettext_lazy("Not planned"),
        order_by=("shift__carer__person__given_name", "shift__carer__person__family_name"),
    )  # fmt: skip
    start_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    citizen = lists.TextColumn(
        accessor="visit__citizen__person", verbose_name=gettext_lazy("Citizen"),
        order_by=("visit__citizen__person__family_name", "visit__citizen__person__given_name"),
    )  # fmt: skip
    service = lists.TextColumn(accessor="visit__service__title", verbose_name=gettext_lazy("Granted service"))
    travel_seconds = lists.NumberColumn(verbose_name=gettext_lazy("Travel there, seconds"), decimals=0)
    travel_metres = lists.NumberColumn(verbose_name=gettext_lazy("Way there, metres"), decimals=0)
    late_seconds = lists.NumberColumn(verbose_name=gettext_lazy("Late, seconds"), decimals=0)
    is_locked = lists.BooleanColumn(verbose_name=gettext_lazy("Locked"))

    class Meta(lists.Table.Meta):
        order_by = "start_at"


class RoadsStopTable(StopTable):
    """On roads of a map, whose licence asks each export to say whom to thank."""

    attribution = lists.TextColumn(verbose_name=gettext_lazy("Roads"), orderable=False)


def plan_visits(request: HttpRequest, plan_id: int) -> HttpResponseBase:
    """Every visit of a plan as a list, which can be taken out as CSV and XLSX."""
    actor, now = actor_of(request), clock.now()
    found = plan_pages.get_plan(actor=actor, plan_id=plan_id)

    def on_export(form: str) -> None:
        lookups.export(actor=actor, now=now, kind="care.plan.exported", form=form)

    def on_shown(by: Any, count: int) -> None:
        lookups.search(actor=actor, now=now, kind="care.plan.read", by=by, found=count)

    return lists.respond(
        request,
        rows=reach.visible(actor, Stop).filter(plan=found.plan).annotate(attribution=Value(found.plan.attribution)),
        table=RoadsStopTable if found.plan.attribution else StopTable,
        title=_("Visits of the plan"),
        noun=_("visits"),
        template="care/plan_visits.html",
        context={
            "plan": found.plan,
            "breadcrumbs": trail((name_of(found.plan), reverse("care:plan", args=[plan_id]))),
        },
        on_export=on_export,
        on_shown=on_shown,
    )  # fmt: skip
