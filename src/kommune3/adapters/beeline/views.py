# SPDX-License-Identifier: MPL-2.0
"""What is assumed of travel times and distances."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kommune3.adapters.beeline import operations, queries
from kommune3.adapters.beeline.forms import AssumptionForm
from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor


@require_http_methods(["GET", "HEAD", "POST"])
def assumptions(request: HttpRequest) -> HttpResponse:
    """The rows, and the form that adds one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = AssumptionForm(request.POST or None, initial={"valid_from": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            operations.assume(actor=actor, now=clock.now(), **form.cleaned_data)
        except operations.InvalidAssumption as error:
            form.add_error(error.field, str(error.reason))
        else:
            messages.success(request, _("The figures hold from the day you chose."))
            return redirect("beeline:assumptions")
    context = {
        "title": _("Travel times and distances"),
        "lead": _("What is assumed where no road network is connected: straight line × detour factor, at a speed."),
        "breadcrumbs": [(_("Home"), "/")],
        "rows": queries.assumptions(),
        "form": form,
    }
    return render(request, "beeline/assumptions.html", context)
