# SPDX-License-Identifier: MPL-2.0
"""Teams, carers and the catalogue of services: lists, and what is entered."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.competences.queries import catalogue
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.registers import CarerForm, ServiceForm, TeamForm
from kommune3.solutions.care.models import Carer, Mode, Service, Team
from kommune3.solutions.care.operations import teams as operations
from kommune3.solutions.care.operations import visits
from kommune3.solutions.care.queries import registers
from kommune3.solutions.care.views import history
from kommune3.solutions.care.views.shared import actor_of, facts_of, posted, show_faults, trail
from kommune3.ui import lists

EDIT = operations.EDIT


class TeamTable(lists.Table):
    name = lists.LinkColumn(url="care:team", verbose_name=gettext_lazy("Name"))
    unit = lists.TextColumn(accessor="unit__name", verbose_name=gettext_lazy("Unit"))
    address = lists.TextColumn(accessor="address", verbose_name=gettext_lazy("Base"), order_by="address__street")
    carers = lists.NumberColumn(accessor="carer_count", verbose_name=gettext_lazy("Carers"), decimals=0)
    citizens = lists.NumberColumn(accessor="citizen_count", verbose_name=gettext_lazy("Citizens"), decimals=0)
    is_active = lists.BooleanColumn(verbose_name=gettext_lazy("In use"))

    class Meta(lists.Table.Meta):
        order_by = "name"


class TeamFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("name", "unit__name"))


def teams(request: HttpRequest) -> HttpResponseBase:
    """The teams the actor may see."""
    actor = actor_of(request)
    new_url = reverse("care:team_new") if actor.may(EDIT) else ""
    return lists.respond(
        request,
        rows=registers.teams_of(actor).select_related("unit", "address"),
        table=TeamTable,
        filters=TeamFilters,
        title=_("Teams"),
        noun=_("teams"),
        template="care/list.html",
        context={"breadcrumbs": trail(), "new_url": new_url, "new_text": _("New team")},
        empty=lists.Empty(
            _("There are no teams yet"),
            _("A team has a base, carers and citizens, and a plan is made for its day."),
            _("New team") if new_url else "",
            new_url,
        ),
    )


def new_team(request: HttpRequest) -> HttpResponse:
    """Make a team."""
    return _team_page(request, Team())


def one_team(request: HttpRequest, team_id: int) -> HttpResponse:
    """A team: its base, and its visits of the days ahead."""
    return _team_page(request, reach.get(actor_of(request), Team, team_id))


def _team_page(request: HttpRequest, team: Team) -> HttpResponse:
    actor = actor_of(request)
    may_edit = actor.may(EDIT, unit_path=team.unit.path) if team.pk else True
    form = TeamForm(request.POST or None, actor=actor, instance=team)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_team(actor=actor, now=clock.now(), team=form.instance, base=form.place())
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The team has been saved."))
            return redirect("care:team", saved.pk)
    context: dict[str, Any] = {
        "title": team.name if team.pk and not form.errors else _("Team") if team.pk else _("New team"),
        "breadcrumbs": trail((_("Teams"), reverse("care:teams"))), "form": form, "team": team, "may_edit": may_edit,
        "cancel": reverse("care:teams"), "days_ahead": visits.DAYS_AHEAD,
        "facts": _team_facts(team) if team.pk else [], "history": history.entries(team) if team.pk else [],
    }  # fmt: skip
    return render(request, "care/team.html", context)


def _team_facts(team: Team) -> list[tuple[str, Any]]:
    place = team.address
    known = place is not None and place.latitude is not None
    return [
        (_("Unit"), team.unit.name),
        (_("Base"), place or _("Not told yet")),
        (_("On the map"), _("Yes") if known else _("No: enter coordinates, so that the ways from the base are known")),
    ]


@posted("care:team", "team_id")
def make_visits(request: HttpRequest, team_id: int) -> None:
    """Make the visits of the days ahead at once, as it is done every night."""
    now = clock.now()
    today = clock.municipal_date(now)
    made = visits.generate(
        actor=actor_of(request), now=now, team_id=team_id, start=today, end=today + timedelta(days=visits.DAYS_AHEAD)
    )
    text = _("Visits of the next %(days)s days: %(created)s made, %(changed)s changed, %(removed)s removed.") % {
        "days": visits.DAYS_AHEAD, "created": made.created, "changed": made.changed, "removed": made.removed,
    }  # fmt: skip
    messages.success(request, text)
    if made.announced:
        messages.warning(
            request,
            _("%(visits)s announced visits no longer follow from what is granted. Look at them on the board.")
            % {"visits": made.announced},
        )


# --- Carers -------------------------------------------------------------------------------------------------------


class CarerTable(lists.Table):
    name = lists.LinkColumn(
        accessor="person", url="care:carer", verbose_name=gettext_lazy("Name"),
        order_by=("person__given_name", "person__family_name"),
    )  # fmt: skip
    team = lists.TextColumn(accessor="team__name", verbose_name=gettext_lazy("Team"))
    mode = lists.TextColumn(verbose_name=gettext_lazy("Gets about by"))
    starts_from_home = lists.BooleanColumn(verbose_name=gettext_lazy("Starts from home"))
    is_active = lists.BooleanColumn(verbose_name=gettext_lazy("Makes visits"))

    class Meta(lists.Table.Meta):
        order_by = "name"


class CarerFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("person__given_name", "person__family_name"))
    team = lists.ModelFilter(label=gettext_lazy("Team"), queryset=lambda request: registers.teams_of(request.actor))
    mode = lists.ChoiceFilter(label=gettext_lazy("Gets about by"), choices=Mode.choices)


def carers(request: HttpRequest) -> HttpResponseBase:
    """The carers the actor may see."""
    actor, now = actor_of(request), clock.now()
    new_url = reverse("care:carer_new") if actor.may(EDIT) else ""
    return lists.respond(
        request,
        rows=registers.carers_of(actor),
        table=CarerTable,
        filters=CarerFilters,
        title=_("Carers"),
        noun=_("carers"),
        template="care/list.html",
        context={"breadcrumbs": trail(), "new_url": new_url, "new_text": _("New carer")},
        on_shown=lambda by, found: lookups.search(actor=actor, now=now, kind="care.carers.listed", by=by, found=found),
        on_export=lambda form: lookups.export(actor=actor, now=now, kind="care.carers.listed", form=form),
        empty=lists.Empty(
            _("Nobody makes visits yet"),
            _("Choose among the employees of your units."),
            _("New carer") if new_url else "",
            new_url,
        ),
    )


def new_carer(request: HttpRequest) -> HttpResponse:
    """Let an employee make visits."""
    return _carer_page(request, Carer())


def one_carer(request: HttpRequest, carer_id: int) -> HttpResponse:
    """How an employee makes visits."""
    actor = actor_of(request)
    carer = reach.get(actor, Carer, carer_id)
    lookups.read(actor=actor, now=clock.now(), kind="care.carers.listed", person_id=carer.person_id, object=carer)
    return _carer_page(request, carer)


def _carer_page(request: HttpRequest, carer: Carer) -> HttpResponse:
    actor, now = actor_of(request), clock.now()
    people = registers.possible_carers(actor, on=clock.municipal_date(now))
    if carer.pk is None:
        lookups.search(actor=actor, now=now, kind="care.carers.listed", by=["form"], found=people.count())
    form = CarerForm(
        request.POST or None, instance=carer, teams=registers.active_teams(actor, action=EDIT),
        people=people,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            operations.save_carer(actor=actor, now=now, carer=form.instance)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The carer has been saved."))
            return redirect("care:carers")
    context = {
        "title": str(carer) if carer.pk else _("New carer"), "form": form, "cancel": reverse("care:carers"),
        "breadcrumbs": trail((_("Carers"), reverse("care:carers"))),
        "history": history.entries(carer) if carer.pk else [],
        "warnings": _carer_warnings(carer) if carer.pk else [], "facts": facts_of(form),
        "may_edit": not carer.pk or actor.may(EDIT, unit_path=carer.team.unit.path),
    }  # fmt: skip
    return render(request, "care/form.html", context)


def _carer_warnings(carer: Carer) -> list[str]:
    home = carer.person.address
    if carer.starts_from_home and (home is None or home.latitude is None):
        return [_("The employee's address is not known with coordinates, so the way is counted from the base.")]
    return []


# --- Services -----------------------------------------------------------------------------------------------------


class ServiceTable(lists.Table):
    title = lists.LinkColumn(url="care:service", verbose_name=gettext_lazy("Granted service"))
    code = lists.TextColumn(verbose_name=gettext_lazy("Code"))
    fs_code = lists.TextColumn(verbose_name=gettext_lazy("FS III code"))
    minutes = lists.NumberColumn(verbose_name=gettext_lazy("Usual minutes"), decimals=0)
    competences = lists.TextColumn(verbose_name=gettext_lazy("Competences"), orderable=False)
    is_active = lists.BooleanColumn(verbose_name=gettext_lazy("In use"))

    class Meta(lists.Table.Meta):
        order_by = "title"

    def render_competences(self, value: list[str]) -> str:
        return ", ".join(value)

    def value_competences(self, value: list[str]) -> str:
        return ", ".join(value)


class ServiceFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("title", "code", "fs_code"))


def services(request: HttpRequest) -> HttpResponseBase:
    """The catalogue of services."""
    actor = actor_of(request)
    new_url = reverse("care:service_new") if actor.may(EDIT) else ""
    return lists.respond(
        request,
        rows=registers.services_of(actor),
        table=ServiceTable,
        filters=ServiceFilters,
        title=_("Services"),
        noun=_("services"),
        template="care/list.html",
        context={"breadcrumbs": trail(), "new_url": new_url, "new_text": _("New service")},
        empty=lists.Empty(
            _("The catalogue is empty"),
            _("Enter the services that the municipality grants, with their codes in Fælles Sprog III."),
            _("New service") if new_url else "",
            new_url,
        ),
    )


def new_service(request: HttpRequest) -> HttpResponse:
    """Add a service to the catalogue."""
    return _service_page(request, Service())


def one_service(request: HttpRequest, service_id: int) -> HttpResponse:
    """Change a service."""
    return _service_page(request, reach.get(actor_of(request), Service, service_id))


def _service_page(request: HttpRequest, service: Service) -> HttpResponse:
    actor = actor_of(request)
    form = ServiceForm(request.POST or None, instance=service, competences=catalogue())
    if request.method == "POST" and form.is_valid():
        form.instance.competences = form.codes()
        try:
            operations.save_service(actor=actor, now=clock.now(), service=form.instance)
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The service has been saved."))
            return redirect("care:services")
    context = {
        "title": service.title if service.pk else _("New service"), "form": form, "cancel": reverse("care:services"),
        "breadcrumbs": trail((_("Services"), reverse("care:services"))),
        "history": history.entries(service) if service.pk else [], "facts": facts_of(form), "may_edit": actor.may(EDIT),
    }  # fmt: skip
    return render(request, "care/form.html", context)
