# SPDX-License-Identifier: MPL-2.0
"""Which roles the identity provider's privileges give, and what of them gave nothing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kommune3.kernel import clock
from kommune3.kernel.access import declare, directory, from_provider
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.ui.administration.forms import PrivilegeForm

MOST_REFUSED_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
def privileges(request: HttpRequest) -> HttpResponse:
    """The table, the form that adds a line, and what the latest logins refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = PrivilegeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            from_provider.map_privilege(actor=actor, now=clock.now(), **form.cleaned_data)
        except AccessError as error:
            form.add_error("privilege", str(error.message))
        else:
            messages.success(request, _("The privilege gives the role from the next login on."))
            return redirect("administration:privileges")
    titles = declare.roles()
    context = {
        "title": _("Privileges of the identity provider"),
        "lead": _(
            "People who log in through the municipality's identity provider get the rights it states, in the units and "
            "fields of work it names. Here you decide which role each privilege gives."
        ),
        "breadcrumbs": [
            (_("Home"), "/"),
            (_("Logins and rights"), reverse("administration:accounts")),
            (_("Roles"), reverse("administration:roles")),
        ],
        "rows": [(row, titles.get(row.role, row.role)) for row in directory.privilege_roles(actor)],
        "refused": directory.refused_privileges(actor)[:MOST_REFUSED_SHOWN],
        "form": form,
    }
    return render(request, "ui/administration/privileges.html", context)


@require_POST
def remove_privilege(request: HttpRequest, privilege_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    from_provider.unmap_privilege(actor=actor, now=clock.now(), privilege_id=privilege_id)
    messages.success(request, _("The privilege gives nothing from the next login on."))
    return redirect("administration:privileges")
