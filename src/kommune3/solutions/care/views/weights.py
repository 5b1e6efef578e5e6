# SPDX-License-Identifier: MPL-2.0
"""What a plan weighs: the dated sets, each with where it was decided and by whom."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.registers import WeightsForm
from kommune3.solutions.care.models import WeightSet
from kommune3.solutions.care.operations import weights as operations
from kommune3.solutions.care.views.shared import actor_of, posted, show_faults, trail
from kommune3.ui.numbers import format_number

EDIT = operations.EDIT
_WEIGHED = [field for field in WeightSet._meta.concrete_fields if field.get_internal_type() == "PositiveIntegerField"]


def weights(request: HttpRequest) -> HttpResponse:
    """Every set, the newest first; the one that holds today is marked."""
    actor = actor_of(request)
    today = clock.municipal_date(clock.now())
    sets = list(reach.visible(actor, WeightSet))
    holding = next((row for row in sets if row.valid_from <= today), None)
    context = {
        "title": _("What plans weigh"),
        "lead": _("Points that are held against each other when a plan is made. A minute of travel is the measure."),
        "breadcrumbs": trail(), "may_edit": actor.may(EDIT), "new_url": reverse("care:weights_new"),
        "sets": [
            {"row": row, "holds": row == holding, "is_ahead": row.valid_from > today,
             "values": [(field.verbose_name, format_number(getattr(row, field.name), 0)) for field in _WEIGHED]}
            for row in sets
        ],
    }  # fmt: skip
    return render(request, "care/weights.html", context)


def new_weights(request: HttpRequest) -> HttpResponse:
    """Make a set; it begins as the one that holds."""
    today = clock.municipal_date(clock.now())
    last = operations.in_force(on=today)
    begun = {field.name: getattr(last, field.name) for field in _WEIGHED} if last else {}
    return _page(request, WeightSet(), {**begun, "valid_from": today})


def one_weights(request: HttpRequest, weights_id: int) -> HttpResponse:
    """Correct a set that does not hold yet."""
    return _page(request, reach.get(actor_of(request), WeightSet, weights_id), {})


def _page(request: HttpRequest, row: WeightSet, initial: dict[str, object]) -> HttpResponse:
    form = WeightsForm(request.POST or None, instance=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_weights(actor=actor_of(request), now=clock.now(), weights=form.instance)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The weights have been saved."))
            return redirect("care:weights")
    context = {
        "title": _("Weights") if row.pk else _("New weights"), "form": form, "cancel": reverse("care:weights"),
        "may_edit": True, "breadcrumbs": trail((_("What plans weigh"), reverse("care:weights"))),
    }  # fmt: skip
    return render(request, "care/form.html", context)


@posted("care:weights")
def remove_weights(request: HttpRequest, weights_id: int) -> None:
    """Take back a set that does not hold yet."""
    operations.remove_weights(actor=actor_of(request), now=clock.now(), weights_id=weights_id)
    messages.success(request, _("The weights have been removed."))
