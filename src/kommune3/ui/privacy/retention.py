# SPDX-License-Identifier: MPL-2.0
"""How long data are kept, what goes next, and deciding another period."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.privacy import queries
from kommune3.kernel.privacy import retention as clockwork
from kommune3.kernel.privacy.access import EDIT_PERIODS
from kommune3.kernel.privacy.errors import PrivacyError
from kommune3.ui.privacy import frame
from kommune3.ui.privacy.forms import PeriodForm


@require_safe
@never_cache
def retention(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "title": _("Retention"),
        "lead": _("Every night what has been kept long enough is removed. Here is what goes next."),
        "breadcrumbs": frame.crumbs(),
        "sections": frame.sections("privacy:retention"),
        "outlooks": clockwork.outlook(actor=actor, now=clock.now()),
        "purged": list(queries.newest_purges(actor)[:20]),
        "may_edit": actor.may(EDIT_PERIODS),
    }
    return render(request, "ui/privacy/retention.html", context)


@never_cache
def new_period(request: HttpRequest, rule_key: str) -> HttpResponse:
    """Decide how long the data of a rule are kept from a day on."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rule = queries.rule_here(rule_key)
    if rule is None:
        raise Http404
    form = PeriodForm(request.POST or None, initial={"valid_from": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            clockwork.decide(actor=actor, now=clock.now(), rule_key=rule_key, **form.cleaned_data)
        except PrivacyError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The period has been decided."))
            return redirect("privacy:retention")
    context = {
        "title": _("How long: %(what)s") % {"what": rule.title},
        "breadcrumbs": frame.crumbs((_("Retention"), reverse("privacy:retention"))),
        "form": form,
        "submit": _("Decide"),
        "cancel": reverse("privacy:retention"),
        "periods": queries.periods_of(actor, rule_key),
    }
    return render(request, "ui/privacy/form.html", context)
