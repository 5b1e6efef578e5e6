# SPDX-License-Identifier: MPL-2.0
"""The dispatcher's board: a plan drawn, what a change would cost, and the changes themselves.

Each change can be asked for by a form of the page or by the board in the browser; the latter is answered in JSON.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.solutions.care import access
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.forms.plans import REASONS, AcuteForm
from kommune3.solutions.care.models import Citizen, Plan, PlanState, Service, Stop
from kommune3.solutions.care.operations import changes, day
from kommune3.solutions.care.queries import board as queries
from kommune3.solutions.care.views import telling
from kommune3.solutions.care.views.board_panel import panel_of, rows_of, words
from kommune3.solutions.care.views.plans import STATES, name_of
from kommune3.solutions.care.views.shared import actor_of, trail

Changing = Callable[..., str]
"""A view that changes the plan; it answers with what was done, in a sentence, or with nothing to say."""


def board(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The plan: carers by time beside the map, the same as a list, and the visit one has chosen (``?stop=``)."""
    actor, now = actor_of(request), clock.now()
    found = queries.get_board(actor=actor, plan_id=plan_id)
    plan = found.plan
    if plan.state in (PlanState.STARTED, PlanState.FAILED):
        return redirect("care:plan", plan.pk)
    lookups.search(actor=actor, now=now, kind="care.plan.read", by=("plan",), found=len(found.stops))
    unit = plan.team.unit.path
    chosen = found.stop(_number(request.GET.get("stop")))
    context = {
        "title": name_of(plan),
        "breadcrumbs": trail((_("Plans"), reverse("care:plans"))),
        "plan": plan,
        "board": found,
        "state": PlanState(plan.state).label,
        "state_variant": STATES.get(PlanState(plan.state), ""),
        "data": queries.as_json(found, now=now),
        "words": words(),
        "rows": rows_of(found),
        "panel": _panel(request, found, chosen) if chosen else None,
        "tiles": settings.TILE_SERVER,
        "tile_credit": settings.TILE_CREDIT,
        "may_publish": plan.state == PlanState.DRAFT and actor.may(access.PUBLISH, unit_path=unit),
        "may_copy": plan.state != PlanState.DRAFT and actor.may(access.PLAN, unit_path=unit),
        "unread": sum(1 for reports in found.reports.values() for each in reports if each.seen_at is None),
    }
    return render(request, "care/board.html", context)


def board_data(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What the browser draws, anew."""
    actor, now = actor_of(request), clock.now()
    found = queries.get_board(actor=actor, plan_id=plan_id)
    lookups.search(actor=actor, now=now, kind="care.plan.read", by=("plan",), found=len(found.stops))
    return JsonResponse(queries.as_json(found, now=now))


def board_list(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The plan as a list by carer: what narrow screens show, and what is read aloud."""
    actor, now = actor_of(request), clock.now()
    found = queries.get_board(actor=actor, plan_id=plan_id)
    lookups.search(actor=actor, now=now, kind="care.plan.read", by=("plan",), found=len(found.stops))
    return render(request, "care/board_list.html", {"board": found, "plan": found.plan, "rows": rows_of(found)})


def board_stop(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The chosen visit (``?stop=``): what it is, why it lies there, where else it could, and what can be done."""
    found = queries.get_board(actor=actor_of(request), plan_id=plan_id)
    chosen = found.stop(_number(request.GET.get("stop")))
    if chosen is None:
        raise reach.NotVisible
    context = {"board": found, "plan": found.plan, "panel": _panel(request, found, chosen)}
    return render(request, "care/board_stop.html", context)


def _panel(request: HttpRequest, found: queries.Board, chosen: Stop) -> dict[str, Any]:
    wanted = "places" in request.GET
    return panel_of(found, chosen, actor=actor_of(request), now=clock.now(), with_places=wanted)


def preview(request: HttpRequest, plan_id: int) -> HttpResponse:
    """What a move would cost and break; nothing is changed."""
    actor = actor_of(request)
    if request.method != "POST":
        return redirect("care:board", plan_id)
    as_page = bool(request.headers.get("HX-Request"))
    wanted = _move(request)
    if wanted is None:
        reach.get(actor, Plan, plan_id, action=access.PLAN)
        return HttpResponse()
    try:
        outcome = changes.preview(actor=actor, now=clock.now(), plan_id=plan_id, move=wanted)
    except CareError as refusal:
        if as_page:
            return render(request, "care/board_cost.html", {"refusal": str(refusal)})
        return JsonResponse({"error": str(refusal)}, status=409)
    if as_page:
        context = {"outcome": outcome, "verdict": telling.verdict_of(outcome), "lines": telling.lines_of(outcome)}
        return render(request, "care/board_cost.html", context)
    return JsonResponse(telling.outcome_json(outcome))


def _changed(view: Changing) -> Callable[..., HttpResponse]:
    """A view that only changes the plan: told in JSON to the board, by a message on the page to a form."""

    @wraps(view)
    def asked(request: HttpRequest, plan_id: int) -> HttpResponse:
        page = reverse("care:board", args=[plan_id])
        if request.method != "POST":
            return redirect(page)
        wants_json = "application/json" in request.headers.get("Accept", "")
        try:
            told = view(request, plan_id)
        except CareError as refusal:
            if wants_json:
                return JsonResponse({"error": str(refusal)}, status=409)
            messages.error(request, str(refusal))
        else:
            if wants_json:
                return JsonResponse({"message": told})
            if told:
                messages.success(request, told)
        stop = _number(request.POST.get("stop"))
        return redirect(f"{page}?stop={stop}#chosen" if stop else page)

    return asked


@_changed
def move(request: HttpRequest, plan_id: int) -> str:
    """Give a visit another carer or another place in the day."""
    wanted = _move(request)
    if wanted is None:
        return ""
    outcome = changes.move(
        actor=actor_of(request), now=clock.now(), plan_id=plan_id, version=_version(request), move=wanted
    )
    return _("Moved. %(verdict)s") % {"verdict": telling.verdict_of(outcome)}


@_changed
def lock(request: HttpRequest, plan_id: int) -> str:
    """Keep a visit as it lies when the rest is planned anew, or set it free."""
    locked = request.POST.get("locked") == "1"
    changes.lock(
        actor=actor_of(request), now=clock.now(), plan_id=plan_id, version=_version(request),
        stop_ids=[_number(request.POST.get("stop")) or 0], locked=locked,
    )  # fmt: skip
    return _("Locked. It stays where it is when the rest is planned anew.") if locked else _("Unlocked.")


@_changed
def undo(request: HttpRequest, plan_id: int) -> str:
    """Take back the latest change."""
    changes.undo(actor=actor_of(request), now=clock.now(), plan_id=plan_id, version=_version(request))
    return _("Undone.")


@_changed
def cancel_visit(request: HttpRequest, plan_id: int) -> str:
    """The visit is not to be made."""
    actor = actor_of(request)
    stop = reach.get(actor, Stop, _number(request.POST.get("stop")), action=access.PLAN)
    because = next((str(each) for each in REASONS if str(each) == request.POST.get("because")), str(REASONS[-1]))
    day.cancel_visit(actor=actor, now=clock.now(), visit_id=stop.visit_id, because=because)
    return _("The visit is cancelled.")


@_changed
def carer_absent(request: HttpRequest, plan_id: int) -> str:
    """The carer does not come: the visits wait for somebody else."""
    day.carer_absent(actor=actor_of(request), now=clock.now(), shift_id=_number(request.POST.get("shift")) or 0)
    return _("The carer is absent. The visits are not planned until you plan them anew or move them yourself.")


def replan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """Plan around what is locked and announced; the answer is a new draft."""
    if request.method != "POST":
        return redirect("care:board", plan_id)
    try:
        made = day.replan(actor=actor_of(request), now=clock.now(), plan_id=plan_id)
    except CareError as refusal:
        messages.error(request, str(refusal))
        return redirect("care:board", plan_id)
    messages.success(request, _("This is a new draft. What was locked has stayed. Publish it when it is right."))
    return redirect("care:board", made.pk)


def acute(request: HttpRequest, plan_id: int) -> HttpResponse:
    """A visit that nobody had planned; afterwards the board shows where it could go."""
    actor, now = actor_of(request), clock.now()
    plan = reach.get(actor, Plan, plan_id, action=access.PLAN)
    citizens = reach.visible(actor, Citizen).filter(team=plan.team, is_active=True).select_related("person")
    services = reach.visible(actor, Service).filter(is_active=True)
    form = AcuteForm(request.POST or None, citizens=citizens, services=services)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        earliest, latest = form.window(plan.date)
        try:
            visit = day.add_visit(
                actor=actor, now=now, citizen_id=values["citizen"].pk, service_id=values["service"].pk,
                earliest_at=earliest, latest_at=latest, minutes=values["minutes"], carers=values["carers"],
                channel=values["channel"], priority=values["priority"], is_strict=values["is_strict"],
                tasks=values["tasks"],
            )  # fmt: skip
        except CareError as refusal:
            form.add_error(None, str(refusal))
        else:
            stop = reach.visible(actor, Stop).filter(plan=plan, visit=visit).order_by("number").first()
            messages.success(request, _("The visit waits for a place. The five best are below."))
            chosen = f"?stop={stop.pk}#chosen" if stop else ""
            return redirect(reverse("care:board", args=[plan_id]) + chosen)
    lookups.search(actor=actor, now=now, kind="care.citizens.listed", by=("team",), found=len(citizens))
    context = {
        "title": _("Acute visit"), "form": form, "cancel": reverse("care:board", args=[plan_id]),
        "lead": name_of(plan),
        "breadcrumbs": trail((name_of(plan), reverse("care:board", args=[plan_id]))),
    }  # fmt: skip
    return render(request, "care/board_acute.html", context)


def _move(request: HttpRequest) -> changes.Move | None:
    """The move that is asked for: ``to`` is "shift:stop before it", either empty; None where it is unclear."""
    stop = _number(request.POST.get("stop"))
    shift, colon, after = request.POST.get("to", "").partition(":")
    if stop is None or not colon:
        return None
    return changes.Move(stop_id=stop, shift_id=_number(shift), after_stop_id=_number(after))


def _version(request: HttpRequest) -> int:
    number = _number(request.POST.get("version"))
    return -1 if number is None else number


def _number(text: Any) -> int | None:
    return int(text) if text and str(text).isdigit() else None
