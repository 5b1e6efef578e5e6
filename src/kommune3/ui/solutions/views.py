# SPDX-License-Identifier: MPL-2.0
"""Which solutions this municipality has switched on."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.solutions import registry, switching


@require_safe
def solutions(request: HttpRequest) -> HttpResponse:
    active = {manifest.key for manifest in registry.active_manifests()}
    context = {
        "title": _("Solutions"),
        "lead": _("A solution that is off has no pages, no API and no jobs. What it has kept stays."),
        "breadcrumbs": [(_("Home"), "/")],
        "rows": [(manifest, manifest.key in active) for manifest in registry.all_manifests()],
    }
    return render(request, "ui/solutions/list.html", context)


@require_POST
def switch(request: HttpRequest, key: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    on = request.POST.get("on") == "1"
    try:
        title = registry.manifest_of(key).title
        switching.switch_solution(key=key, on=on, actor=actor, now=clock.now())
    except registry.UnknownSolution as error:
        raise Http404 from error
    text = _("%(solution)s is switched on.") if on else _("%(solution)s is switched off.")
    messages.success(request, text % {"solution": title})
    return redirect("solutions:list")
