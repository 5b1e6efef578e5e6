# SPDX-License-Identifier: MPL-2.0
"""The organisation: its tree, and each unit with its leader and its people."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import directory, reach
from kommune3.kernel.access import units as access_units
from kommune3.kernel.access.access import MANAGE_PEOPLE, MANAGE_UNITS, READ_PEOPLE
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.organisation.models import Unit
from kommune3.ui.forms import show_refusal
from kommune3.ui.organisation.forms import EditUnitForm, UnitForm


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    tree = directory.unit_tree(actor, on=clock.municipal_date(clock.now()))
    context = {
        "title": _("Organisation"),
        "lead": _("The units you may see, each below the unit it belongs to."),
        "breadcrumbs": [(_("Home"), "/")],
        "tree": tree,
    }
    return render(request, "ui/organisation/units.html", context)


@require_safe
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Unit, unit_id)
    today = clock.municipal_date(clock.now())
    above = reach.visible(actor, Unit).filter(pk=found.parent_id).first() if found.parent_id else None
    context = {
        "title": found.name,
        "breadcrumbs": [(_("Home"), "/"), (_("Organisation"), reverse("organisation:units"))],
        "facts": [
            (_("Belongs to"), above or "–"),
            (_("Address"), found.address or "–"),
            (_("KLE number"), found.kle or "–"),
            (_("Leader"), directory.leader_name(found, on=today) or "–"),
            (_("From"), date_format(found.valid_from, "DATE_FORMAT")),
            (_("Until"), date_format(found.valid_to, "DATE_FORMAT") if found.valid_to else "–"),
        ],
        "unit": found,
        "manages_units": actor.may(MANAGE_UNITS, unit_path=found.path),
        "manages_people": actor.may(MANAGE_PEOPLE, unit_path=found.path),
        "below": reach.visible(actor, Unit).filter(parent=found),
        "employees": directory.employees_of(actor, found, on=today) if actor.may(READ_PEOPLE) else None,
    }
    return render(request, "ui/organisation/unit.html", context)


def new_unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Make a unit below the one with ``unit_id``."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    parent = reach.get(actor, Unit, unit_id, action=MANAGE_UNITS)
    form = UnitForm(request.POST or None, initial={"valid_from": clock.municipal_date(clock.now())})
    if request.method == "POST" and form.is_valid():
        try:
            made = access_units.create_unit(actor=actor, now=clock.now(), values=form.values(parent))
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s has been made.") % {"name": made.name})
            return redirect("organisation:unit", unit_id=made.pk)
    return _form_page(request, parent, _("New unit below %(name)s") % {"name": parent.name}, form)


def edit_unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reach.get(actor, Unit, unit_id, action=MANAGE_UNITS)
    form = EditUnitForm(request.POST or None, actor=actor, unit=found)
    if request.method == "POST" and form.is_valid():
        try:
            access_units.edit_unit(actor=actor, now=clock.now(), unit_id=unit_id, values=form.values_after())
        except AccessError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The unit has been saved."))
            return redirect("organisation:unit", unit_id=unit_id)
    return _form_page(request, found, _("Edit %(name)s") % {"name": found.name}, form)


def _form_page(request: HttpRequest, unit: Unit, title: str, form: UnitForm) -> HttpResponse:
    address = reverse("organisation:unit", args=[unit.pk])
    context = {
        "title": title,
        "breadcrumbs": [(_("Home"), "/"), (_("Organisation"), reverse("organisation:units")), (unit.name, address)],
        "form": form,
        "cancel": address,
    }
    return render(request, "ui/organisation/form.html", context)
