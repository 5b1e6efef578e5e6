# SPDX-License-Identifier: MPL-2.0
"""Limits with their reasons, and the units' targets."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.fleet.forms.limits import LimitForm, TargetForm
from kommune3.solutions.fleet.models import Limit, LimitKind, Target
from kommune3.solutions.fleet.operations import limits as operations
from kommune3.solutions.fleet.queries.limits import shown_limits
from kommune3.solutions.fleet.queries.purges import latest_purge, oldest_trip_at
from kommune3.solutions.fleet.views.shared import actor_of, trail


def limits(request: HttpRequest) -> HttpResponse:
    """Every limit: what is in force, since when and why, and how it was before."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    context = {
        "title": _("Limits"),
        "lead": _(
            "What the municipality has decided about small numbers, how long trips are kept, and what to be told of."
        ),
        "breadcrumbs": trail(),
        "limits": [(kind, explained(kind), now, rows) for kind, now, rows in shown_limits(actor=actor, on=today)],
        "oldest_trip_at": oldest_trip_at(actor=actor),
        "purge": latest_purge(),
        "may_edit": actor.may(operations.EDIT_LIMITS),
    }
    return render(request, "fleet/limits.html", context)


def explained(kind: LimitKind) -> str:
    """What a limit does, in a sentence or two."""
    return {
        LimitKind.SMALL_NUMBER: _(
            "A figure on a dashboard that is built on fewer vehicles or trips is not shown, and neither is one that "
            "would tell it. Switched off, every figure is shown."
        ),
        LimitKind.KEPT_MONTHS: _(
            "Every night, trips from before the first day of the month that lies as far back are deleted. The daily "
            "sums stay, without those that are built on too few vehicles or trips. Optimisations keep their results, "
            "but not which vehicle took which trip. It cannot be undone."
        ),
        LimitKind.UNUSED_DAYS: _("The fleet managers are told of each vehicle that has had no trip for as many days."),
        LimitKind.CONTRACT_PER_CENT: _(
            "The fleet managers are told when a leased vehicle has driven this share of its contract km, or is on the "
            "way to more than all of them before the lease ends."
        ),
        LimitKind.FREEZE_MINUTES: _(
            "From so many minutes before its start a booking keeps its vehicle, whatever else is booked. Switched off: "
            "until the vehicle is fetched, it may change."
        ),
        LimitKind.CHANGE_DKK: _(
            "Somebody who has been told a vehicle gets another one only where others can then be served as well, or "
            "where it saves at least as much."
        ),
        LimitKind.CHANGEOVER_MINUTES: _("A vehicle is free so long between two bookings."),
        LimitKind.AHEAD_DAYS: _("Vehicles can be booked so many days ahead. Switched off: as far ahead as one likes."),
        LimitKind.BOOKINGS_DAYS: _(
            "Every night, who booked and what for is removed from bookings that ended longer ago; times, km and "
            "vehicle stay. It cannot be undone. Switched off, nothing is removed."
        ),
    }.get(kind, "")


def new_limit(request: HttpRequest, kind: str) -> HttpResponse:
    """Set a limit from a day on."""
    if kind not in LimitKind.values:
        raise Http404
    today = clock.municipal_date(clock.now())
    return _limit_page(request, Limit(kind=kind, valid_from=today))


def one_limit(request: HttpRequest, limit_id: int) -> HttpResponse:
    """Correct a row of a limit."""
    return _limit_page(request, reach.get(actor_of(request), Limit, limit_id))


def _limit_page(request: HttpRequest, limit: Limit) -> HttpResponse:
    form = LimitForm(request.POST or None, instance=limit)
    if request.method == "POST" and form.is_valid():
        operations.save_limit(actor=actor_of(request), now=clock.now(), limit=form.save(commit=False))
        messages.success(request, _("The limit has been saved."))
        return redirect("fleet:limits")
    above = (_("Limits"), reverse("fleet:limits"))
    context = {
        "title": limit.get_kind_display(), "lead": explained(LimitKind(limit.kind)), "form": form,
        "breadcrumbs": trail(above), "cancel": above[1],
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


# --- Targets ---------------------------------------------------------------------------------------------------------


def new_target(request: HttpRequest) -> HttpResponse:
    """Set a target for a unit."""
    return _target_page(request, Target(set_on=clock.municipal_date(clock.now())), _("Set a target"))


def one_target(request: HttpRequest, target_id: int) -> HttpResponse:
    """Correct a target."""
    target = reach.get(actor_of(request), Target, target_id, action=operations.EDIT_TARGETS)
    return _target_page(request, target, str(target))


def remove_target(request: HttpRequest, target_id: int) -> HttpResponse:
    """Give a target up."""
    if request.method == "POST":
        operations.remove_target(actor=actor_of(request), now=clock.now(), target_id=target_id)
        messages.success(request, _("The target has been removed."))
    return redirect("fleet:dashboards")


def _target_page(request: HttpRequest, target: Target, title: str) -> HttpResponse:
    actor = actor_of(request)
    form = TargetForm(request.POST or None, instance=target, actor=actor)
    if request.method == "POST" and form.is_valid():
        operations.save_target(actor=actor, now=clock.now(), target=form.save(commit=False))
        messages.success(request, _("The target has been saved."))
        return redirect("fleet:dashboards")
    above = (_("Dashboards"), reverse("fleet:dashboards"))
    context = {
        "title": title, "form": form, "breadcrumbs": trail(above), "cancel": above[1],
        "remove_url": reverse("fleet:target_remove", args=[target.pk]) if target.pk else "",
    }  # fmt: skip
    return render(request, "fleet/target.html", context)
