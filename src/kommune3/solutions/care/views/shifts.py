# SPDX-License-Identifier: MPL-2.0
"""The week's shifts of a team: the grid, one shift, a week copied, and who does not come."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.shifts import CopyForm, ShiftForm, as_initial
from kommune3.solutions.care.models import Shift, ShiftState, Team
from kommune3.solutions.care.operations import day as day_operations
from kommune3.solutions.care.operations import shifts as operations
from kommune3.solutions.care.queries import registers
from kommune3.solutions.care.views import history
from kommune3.solutions.care.views.shared import actor_of, posted, show_faults, trail

EDIT = operations.EDIT
COPIED = "care_copied_shifts"


def shifts(request: HttpRequest) -> HttpResponse:
    """A team's week: carers down, days across."""
    actor, now = actor_of(request), clock.now()
    teams = list(registers.active_teams(actor))
    team = _team(request, teams)
    today = clock.municipal_date(now)
    monday = operations.monday_of(_day(request.GET.get("week")) or today)
    rows = registers.get_week(actor=actor, team=team, monday=monday) if team else []
    if rows:
        lookups.search(actor=actor, now=now, kind="care.carers.listed", by=["team", "week"], found=len(rows))
    may_edit = team is not None and actor.may(EDIT, unit_path=team.unit.path)
    copied = request.session.get(COPIED)
    context: dict[str, Any] = {
        "title": _("Shifts"),
        "lead": _("Week %(week)s, %(first)s to %(last)s") % {
            "week": monday.isocalendar().week, "first": f"{monday:%d-%m-%Y}",
            "last": f"{monday + timedelta(days=6):%d-%m-%Y}",
        },
        "breadcrumbs": trail(),
        "teams": teams, "team": team, "monday": monday, "rows": rows, "may_edit": may_edit, "today": today,
        "days": [monday + timedelta(days=number) for number in range(7)],
        "before_url": _week_url(team, monday - timedelta(days=7)),
        "after_url": _week_url(team, monday + timedelta(days=7)),
        "this_url": _week_url(team, today) if operations.monday_of(today) != monday else "",
        "copy_form": CopyForm(initial={"target": monday + timedelta(days=7)}) if may_edit else None,
        "undo": copied if copied and team and copied["team"] == team.pk else None,
    }  # fmt: skip
    return render(request, "care/shifts.html", context)


def new_shift(request: HttpRequest) -> HttpResponse:
    """Add a shift; the carer and the day may be chosen in the grid."""
    carer = request.GET.get("carer", "")
    initial = {"carer": carer if carer.isdigit() else None, "date": _day(request.GET.get("day"))}
    return _page(request, Shift(), initial)


def one_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Change a shift, delete it, or say that the carer does not come."""
    shift = reach.get(actor_of(request), Shift, shift_id)
    return _page(request, shift, as_initial(shift))


def _page(request: HttpRequest, shift: Shift, initial: dict[str, Any]) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    carers = registers.carers_of(actor).filter(is_active=True)
    if shift.pk is not None:
        carers = registers.carers_of(actor).filter(pk=shift.carer_id)
        lookups.read(
            actor=actor, now=now, kind="care.carers.listed", person_id=shift.carer.person_id, object=shift.carer
        )
    else:
        lookups.search(actor=actor, now=now, kind="care.carers.listed", by=["form"], found=carers.count())
    form = ShiftForm(request.POST or None, carers=carers, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_shift(actor=actor, now=now, shift=form.write(shift))
        except InvalidRow as refusal:
            show_faults(form, InvalidRow({_FIELDS.get(name, name): fault for name, fault in refusal.faults.items()}))
        else:
            messages.success(request, _("The shift has been saved."))
            return redirect(_week_url(saved.carer.team, saved.date))
    above = _week_url(shift.carer.team, shift.date) if shift.pk else reverse("care:shifts")
    context = {
        "title": _("Shift") if shift.pk else _("New shift"),
        "lead": f"{shift.carer}, {shift.date:%d-%m-%Y}" if shift.pk else "",
        "form": form, "shift": shift, "cancel": above, "is_absent": shift.state == ShiftState.ABSENT,
        "may_edit": not shift.pk or actor.may(EDIT, unit_path=shift.carer.team.unit.path),
        "breadcrumbs": trail((_("Shifts"), above)), "history": history.entries(shift) if shift.pk else [],
    }  # fmt: skip
    return render(request, "care/shift.html", context)


_FIELDS = {
    "start_at": "start",
    "end_at": "end",
    "pause_earliest_at": "pause_earliest",
    "pause_latest_at": "pause_latest",
}


@posted("care:shift", "shift_id")
def absent(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The carer does not come."""
    shift = day_operations.carer_absent(actor=actor_of(request), now=clock.now(), shift_id=shift_id)
    messages.success(request, _("The carer is absent. The visits of the day's route are to be given to others."))
    return redirect(_week_url(shift.carer.team, shift.date))


@posted("care:shift", "shift_id")
def present(request: HttpRequest, shift_id: int) -> HttpResponse:
    """The carer comes after all."""
    shift = operations.carer_present(actor=actor_of(request), now=clock.now(), shift_id=shift_id)
    messages.success(request, _("The carer is on duty again. Replan the day to give the carer a route."))
    return redirect(_week_url(shift.carer.team, shift.date))


@posted("care:shift", "shift_id")
def remove(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Delete a shift."""
    actor = actor_of(request)
    shift = reach.get(actor, Shift, shift_id)
    operations.remove_shift(actor=actor, now=clock.now(), shift_id=shift_id)
    messages.success(request, _("The shift has been deleted."))
    return redirect(_week_url(shift.carer.team, shift.date))


@posted("care:shifts")
def copy_week(request: HttpRequest, team_id: int) -> HttpResponse:
    """Copy the shown week to another."""
    source, form = _day(request.POST.get("source")), CopyForm(request.POST)
    if source is None or not form.is_valid():
        raise InvalidRow({"target": _("Choose the week to copy to.")})
    actor = actor_of(request)
    target: date = form.cleaned_data["target"]
    made = operations.copy_week(actor=actor, now=clock.now(), team_id=team_id, source=source, target=target)
    text = ngettext("%(n)s shift has been copied.", "%(n)s shifts have been copied.", len(made.shift_ids)) % {
        "n": len(made.shift_ids)
    }
    messages.success(request, text)
    if made.left_out:
        messages.warning(
            request,
            ngettext(
                "%(n)s was left out: the carer has a shift then.",
                "%(n)s were left out: the carers have shifts then.",
                made.left_out,
            ) % {"n": made.left_out},
        )  # fmt: skip
    request.session[COPIED] = {"team": team_id, "shifts": made.shift_ids} if made.shift_ids else None
    return redirect(_week_url(reach.get(actor, Team, team_id), target))


@posted("care:shifts")
def undo_copy(request: HttpRequest, team_id: int) -> HttpResponse | None:
    """Take back the week that was copied last."""
    copied = request.session.pop(COPIED, None)
    if not copied or copied["team"] != team_id:
        return None
    count = operations.remove_copied(
        actor=actor_of(request), now=clock.now(), team_id=team_id, shift_ids=copied["shifts"]
    )
    messages.success(request, ngettext("%(n)s shift has been taken back.", "%(n)s shifts have been taken back.", count)
                     % {"n": count})  # fmt: skip
    return None


def _team(request: HttpRequest, teams: list[Team]) -> Team | None:
    """The team asked for; the first one where none is."""
    asked = request.GET.get("team", "")
    if not asked:
        return teams[0] if teams else None
    found = next((team for team in teams if str(team.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _week_url(team: Team | None, day: date) -> str:
    query = {"week": operations.monday_of(day).isoformat()} | ({"team": team.pk} if team else {})
    return f"{reverse('care:shifts')}?{urlencode(query)}"
