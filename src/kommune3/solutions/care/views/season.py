# SPDX-License-Identifier: MPL-2.0
"""The fortnight ahead: how each team's days are planned, what they come to, and the making of a season plan."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.care import access
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.forms.season import SeasonForm, SeasonShown
from kommune3.solutions.care.models import PlanState, Team
from kommune3.solutions.care.operations import season as operations
from kommune3.solutions.care.queries.season import SeasonDay, TeamSeason, get_season
from kommune3.solutions.care.views import figure_files, telling
from kommune3.solutions.care.views.plans import STATES
from kommune3.solutions.care.views.shared import actor_of, trail


def season(request: HttpRequest) -> HttpResponseBase:
    """``?first=`` (tomorrow) and ``?team=`` (all); ``?export=csv`` and ``xlsx`` give the days as a file."""
    actor, now = actor_of(request), clock.now()
    teams = reach.visible(actor, Team).filter(is_active=True)
    tomorrow = clock.municipal_date(now) + timedelta(days=1)
    form = SeasonShown({"first": tomorrow.isoformat()} | request.GET.dict(), teams=teams)
    chosen = form.cleaned_data if form.is_valid() else {}
    first, team = chosen.get("first") or tomorrow, chosen.get("team")
    found = get_season(actor=actor, first=first, team_id=team.pk if team else None)
    wanted = request.GET.get("export", "")
    if wanted in figure_files.FORMS:
        return _file(wanted, found)
    asked = {"first": first.isoformat()} | ({"team": team.pk} if team else {})
    context = {
        "title": _("Season plan"),
        "lead": _("A fortnight planned together, so that few different carers come to each citizen."),
        "breadcrumbs": trail(),
        "form": form,
        "teams": [_team(each, first) for each in found],
        "new_url": f"{reverse('care:season_new')}?{urlencode(asked)}" if actor.may(access.PLAN) else "",
    }
    return render(request, "care/season.html", context)


def _team(found: TeamSeason, first: date) -> dict[str, Any]:
    """A team's days in words."""
    asked = urlencode({"first": first.isoformat()})
    return {
        "name": found.team.name,
        "id": found.team.pk,
        "planned": bool(found.planned),
        "travel_share": found.travel_share,
        "faces": found.faces,
        "faces_note": _("Most: %(most)s. Over 28 days: %(faces)s on average.")
        % {"most": found.most_faces, "faces": telling.decimals(found.faces_28)}
        if found.faces is not None
        else "",
        "late": sum(day.counted.late for day in found.planned),
        "late_note": telling.hours(sum(day.late_seconds for day in found.planned)),
        "left_out": sum(day.counted.left_out for day in found.planned),
        "days": [_day(day) for day in found.days],
        "progress": found.progress,
        "cancel": f"{reverse('care:season_cancel', args=[found.team.pk])}?{asked}" if found.may_plan else "",
        "new_url": f"{reverse('care:season_new')}?{urlencode({'first': first.isoformat(), 'team': found.team.pk})}"
        if found.may_plan
        else "",
    }


def _day(day: SeasonDay) -> dict[str, Any]:
    plan = day.plan
    state, variant = _("No plan"), "warning" if day.visits else ""
    if plan is not None:
        state, variant = str(PlanState(plan.state).label), STATES.get(PlanState(plan.state), "")
    is_made = plan is not None and plan.state != PlanState.STARTED
    return {
        "date": day.date,
        "state": state,
        "variant": variant,
        "url": reverse("care:plan", args=[plan.pk]) if plan else "",
        "is_draft": plan is not None and plan.state == PlanState.DRAFT,
        "is_made": is_made,
        "visits": day.visits,
        "carers": day.carers,
        "travel_share": day.travel_share if is_made else None,
        "late": day.counted.late,
        "left_out": day.counted.left_out,
        "unplanned": day.unplanned if is_made else 0,
    }


def new_season(request: HttpRequest) -> HttpResponse:
    """Ask for a season plan; the team and the first day as ``?team=`` and ``?first=`` say."""
    actor, now = actor_of(request), clock.now()
    teams = reach.visible(actor, Team, action=access.PLAN).filter(is_active=True)
    initial = {
        "team": request.GET.get("team"),
        "first": request.GET.get("first") or clock.municipal_date(now) + timedelta(days=1),
    }
    form = SeasonForm(request.POST or None, teams=teams, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = operations.start(
                actor=actor, now=now, team_id=values["team"].pk, first=values["first"], days=values["days"],
                seconds=values["seconds"], rounds=values["rounds"],
            )  # fmt: skip
        except CareError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                ngettext("%(n)s day is being planned.", "%(n)s days are being planned together.", len(made))
                % {"n": len(made)},
            )
            return redirect(_page(first=values["first"], team_id=values["team"].pk))
    context = {
        "title": _("New season plan"),
        "lead": _("The computer proposes a draft for each day. A person looks it through and publishes it."),
        "breadcrumbs": trail((_("Season plan"), reverse("care:season"))),
        "form": form,
        "cancel": reverse("care:season"),
    }
    return render(request, "care/season_new.html", context)


def cancel(request: HttpRequest, team_id: int) -> HttpResponse:
    """Stop the planning; the days that are made stay as drafts."""
    now = clock.now()
    first = _date(request.GET.get("first", "")) or clock.municipal_date(now) + timedelta(days=1)
    operations.cancel(actor=actor_of(request), now=now, team_id=team_id, first=first)
    messages.info(request, _("The planning has been stopped. The days that were made are kept as drafts."))
    return redirect(_page(first=first, team_id=team_id))


def _page(*, first: date, team_id: int) -> str:
    return f"{reverse('care:season')}?{urlencode({'first': first.isoformat(), 'team': team_id})}"


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _file(form: str, found: Sequence[TeamSeason]) -> HttpResponseBase:
    """A row for each team and day."""
    headings = [
        _("Team"), _("Day"), _("State"), _("Visits"), _("Carers"), _("Not planned"), _("Begin late"),
        _("Lateness, minutes"), _("Travel time, minutes"), _("Travel, per cent of paid time"),
        _("Carers per citizen, the whole period"),
    ]  # fmt: skip
    rows: list[list[figure_files.Plain]] = []
    for team in found:
        for day in team.days:
            shown = _day(day)
            figures: list[figure_files.Plain] = [None] * 5
            if shown["is_made"]:
                figures = [
                    day.counted.left_out, day.counted.late, round(day.late_seconds / 60),
                    round(day.travel_seconds / 60), None if day.travel_share is None else round(day.travel_share, 1),
                ]  # fmt: skip
            faces = None if team.faces is None else round(team.faces, 2)
            rows.append([team.team.name, day.date, str(shown["state"]), day.visits, day.carers, *figures, faces])
    about = [[_("Source"), _("The published plan of each day, or the newest draft.")]]
    return figure_files.table_file(
        form, name="saesonplan", title=_("Season plan"), headings=headings, rows=rows, about=about
    )
