# SPDX-License-Identifier: MPL-2.0
"""Citizens who get visits: the list, one citizen, how to get in, and whom they wish for."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import PurposeMissing
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.citizens import CitizenForm, EntryForm, EntryPurposeForm, WishForm, need_name
from kommune3.solutions.care.models import Citizen, Need, WishKind
from kommune3.solutions.care.operations import citizens as operations
from kommune3.solutions.care.queries import registers
from kommune3.solutions.care.queries.registers import CitizenPage
from kommune3.solutions.care.views import history
from kommune3.solutions.care.views.shared import actor_of, posted, show_faults, trail
from kommune3.ui import lists
from kommune3.ui.numbers import format_number

EDIT = operations.EDIT


class CitizenTable(lists.Table):
    name = lists.LinkColumn(
        accessor="person", url="care:citizen", verbose_name=gettext_lazy("Name"),
        order_by=("person__family_name", "person__given_name"),
    )  # fmt: skip
    address = lists.TextColumn(
        accessor="person__address", verbose_name=gettext_lazy("Address"), order_by="person__address__street"
    )
    team = lists.TextColumn(accessor="team__name", verbose_name=gettext_lazy("Team"))
    needs = lists.NumberColumn(accessor="need_count", verbose_name=gettext_lazy("Needs"), decimals=0)
    access_seconds = lists.NumberColumn(verbose_name=gettext_lazy("Getting in, seconds"), decimals=0)
    is_active = lists.BooleanColumn(verbose_name=gettext_lazy("Gets visits"))

    class Meta(lists.Table.Meta):
        order_by = "name"


class CitizenFilters(lists.FilterSet):
    text = lists.SearchFilter(
        fields=("person__given_name", "person__family_name", "person__address__street", "person__address__town")
    )
    team = lists.ModelFilter(label=gettext_lazy("Team"), queryset=lambda request: registers.teams_of(request.actor))
    is_active = lists.ChoiceFilter(
        label=gettext_lazy("Gets visits"), choices=[("True", gettext_lazy("Yes")), ("False", gettext_lazy("No"))]
    )


def citizens(request: HttpRequest) -> HttpResponseBase:
    """The citizens the actor may see."""
    actor, now = actor_of(request), clock.now()
    new_url = reverse("care:citizen_new") if actor.may(EDIT) else ""
    return lists.respond(
        request,
        rows=registers.citizens_of(actor),
        table=CitizenTable,
        filters=CitizenFilters,
        title=_("Citizens"),
        noun=_("citizens"),
        template="care/list.html",
        context={"breadcrumbs": trail(), "new_url": new_url, "new_text": _("New citizen")},
        on_shown=lambda by, found: lookups.search(
            actor=actor, now=now, kind="care.citizens.listed", by=by, found=found
        ),
        on_export=lambda form: lookups.export(actor=actor, now=now, kind="care.citizens.exported", form=form),
        empty=lists.Empty(
            _("No citizens get visits yet"),
            _("Enter a citizen, or import citizens and what they have been granted from a file."),
            _("New citizen") if new_url else "",
            new_url,
        ),
    )


def new_citizen(request: HttpRequest) -> HttpResponse:
    """Let a team visit a citizen."""
    actor = actor_of(request)
    form = CitizenForm(request.POST or None, teams=registers.active_teams(actor, action=EDIT))
    if request.method == "POST" and form.is_valid():
        try:
            citizen = operations.add_citizen(
                actor=actor, now=clock.now(), values=form.values(), cpr=form.cleaned_data["cpr"]
            )
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The citizen has been saved. Enter what has been granted."))
            return redirect("care:citizen", citizen.pk)
    context = {
        "title": _("New citizen"), "form": form, "cancel": reverse("care:citizens"), "may_edit": True,
        "breadcrumbs": trail((_("Citizens"), reverse("care:citizens"))),
    }  # fmt: skip
    return render(request, "care/form.html", context)


def edit_citizen(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Change what is kept about a citizen."""
    actor, now = actor_of(request), clock.now()
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    note_read(actor, citizen)
    form = CitizenForm(request.POST or None, teams=registers.active_teams(actor, action=EDIT), citizen=citizen)
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_citizen(actor=actor, now=now, citizen_id=citizen_id, values=form.values())
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The citizen has been saved."))
            return redirect("care:citizen", citizen_id)
    page = reverse("care:citizen", args=[citizen_id])
    context = {
        "title": _("Edit the citizen"), "lead": str(citizen), "form": form, "cancel": page, "may_edit": True,
        "breadcrumbs": below(citizen),
    }  # fmt: skip
    return render(request, "care/form.html", context)


@never_cache
def one_citizen(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Everything that is kept about a citizen's visits."""
    return _page(request, citizen_id)


@never_cache
def entry(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """The citizen's page with how to get in, once, for the purpose posted."""
    if request.method != "POST":
        return redirect("care:citizen", citizen_id)
    form = EntryPurposeForm(request.POST)
    told = ""
    if form.is_valid():
        try:
            told = operations.reveal_entry(
                actor=actor_of(request), now=clock.now(), citizen_id=citizen_id, purpose=form.cleaned_data["purpose"]
            )
        except PurposeMissing as error:
            form.add_error("purpose", str(error.message))
    return _page(request, citizen_id, purpose_form=form, told=told)


def entry_set(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Seal how one gets in; what is kept is never shown in the form."""
    actor, now = actor_of(request), clock.now()
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    note_read(actor, citizen)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.set_entry(actor=actor, now=now, citizen_id=citizen_id, text=form.cleaned_data["entry"])
        messages.success(request, _("How to get in has been saved."))
        return redirect("care:citizen", citizen_id)
    context = {
        "title": _("How to get in"), "lead": str(citizen), "form": form, "may_edit": True,
        "cancel": reverse("care:citizen", args=[citizen_id]), "breadcrumbs": below(citizen),
    }  # fmt: skip
    return render(request, "care/form.html", context)


def new_wish(request: HttpRequest, citizen_id: int) -> HttpResponse:
    """Write down how the citizen stands to a carer."""
    actor = actor_of(request)
    citizen = reach.get(actor, Citizen, citizen_id, action=EDIT)
    note_read(actor, citizen)
    carers = registers.carers_of(actor).filter(team=citizen.team_id, is_active=True)
    form = WishForm(request.POST or None, carers=carers)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        operations.save_wish(
            actor=actor, now=clock.now(), citizen_id=citizen_id, carer_id=values["carer"].pk,
            kind=WishKind(values["kind"]),
        )  # fmt: skip
        messages.success(request, _("The wish has been saved."))
        return redirect("care:citizen", citizen_id)
    context = {
        "title": _("New wish"), "lead": str(citizen), "form": form, "may_edit": True,
        "cancel": reverse("care:citizen", args=[citizen_id]), "breadcrumbs": below(citizen),
    }  # fmt: skip
    return render(request, "care/form.html", context)


@posted("care:citizen", "citizen_id")
def remove_wish(request: HttpRequest, citizen_id: int, wish_id: int) -> None:
    """Take a wish back."""
    operations.remove_wish(actor=actor_of(request), now=clock.now(), citizen_id=citizen_id, wish_id=wish_id)
    messages.success(request, _("The wish has been removed."))


# --- Parts --------------------------------------------------------------------------------------------------------


def below(citizen: Citizen) -> list[tuple[str, str]]:
    """The pages above one that belongs to a citizen."""
    return trail((_("Citizens"), reverse("care:citizens")), (str(citizen), reverse("care:citizen", args=[citizen.pk])))


def note_read(actor: Actor, citizen: Citizen) -> None:
    """Put on record that somebody opened a page about the citizen."""
    lookups.read(actor=actor, now=clock.now(), kind="care.citizen.read", person_id=citizen.person_id, object=citizen)


def _page(
    request: HttpRequest, citizen_id: int, *, purpose_form: EntryPurposeForm | None = None, told: str = ""
) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    page = registers.get_citizen_page(actor=actor, now=now, citizen_id=citizen_id)
    citizen = page.citizen
    unit = citizen.team.unit.path
    may_see_entry = page.has_entry and actor.may(operations.ENTRY, unit_path=unit)
    context: dict[str, Any] = {
        "title": str(citizen), "breadcrumbs": trail((_("Citizens"), reverse("care:citizens"))),
        "page": page, "citizen": citizen, "facts": _facts(page), "told": told,
        "purpose_form": (purpose_form or EntryPurposeForm()) if may_see_entry and not told else None,
        "may_edit": actor.may(EDIT, unit_path=unit),
        "needs": [need_row(need) for need in page.needs], "ended": [need_row(need) for need in page.ended],
        "links": [
            {"pk": link.pk, "first": need_name(link.first), "second": need_name(link.second), "gap": _gap(link),
             "by": link.get_by_display()}
            for link in page.links
        ],
        "has_place": citizen.person.address is not None and citizen.person.address.latitude is not None,
        "history": history.entries(citizen, *page.needs, *page.ended),
    }  # fmt: skip
    return render(request, "care/citizen.html", context)


def _facts(page: CitizenPage) -> list[tuple[str, Any]]:
    citizen, person = page.citizen, page.citizen.person
    address = str(person.address) if person.address else _("Not told yet")
    if person.has_protected_address:
        address = _("%(address)s (protected: tell it to nobody)") % {"address": address}
    return [
        (_("Address"), address),
        (_("Telephone"), person.phone or "–"),
        (_("Team"), citizen.team.name),
        (_("Gets visits"), _("Yes") if citizen.is_active else _("No")),
        (_("Getting in, seconds"), citizen.access_seconds),
        (_("What a carer must know"), citizen.note or "–"),
        (
            _("A week"),
            _("%(visits)s visits, %(hours)s hours")
            % {
                "visits": format_number(page.visits_a_week, 1),
                "hours": format_number(page.minutes_a_week / 60, 1),
            },
        ),
    ]


def need_row(need: Need) -> dict[str, Any]:
    """A need as the citizen's page shows it."""
    weeks = "" if need.every_weeks == 1 else _("every %(weeks)s weeks") % {"weeks": need.every_weeks}
    return {
        "need": need,
        "days": ", ".join(filter(None, [history.weekdays_text(need.weekdays), weeks])),
        "window": f"{need.get_part_of_day_display()}, {need.earliest:%H:%M}–{need.latest:%H:%M}",
    }


def _gap(link: Any) -> str:
    least, most = link.least_minutes, link.most_minutes
    if least is not None and most is not None:
        return _("%(least)s to %(most)s minutes") % {"least": least, "most": most}
    if least is not None:
        return _("at least %(least)s minutes") % {"least": least}
    return _("at most %(most)s minutes") % {"most": most} if most is not None else "–"
