# SPDX-License-Identifier: MPL-2.0
"""Vehicles, the bases they stand at, and the catalogue of models."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import ANONYMOUS
from kommune3.kernel.organisation.tree import in_force
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.forms import BaseForm, ModelForm, VehicleForm
from kommune3.solutions.fleet.models import Base, Energy, Kind, Ownership, Register, Vehicle, VehicleModel
from kommune3.solutions.fleet.operations import vehicles as operations
from kommune3.solutions.fleet.queries.maps import placed_bases
from kommune3.solutions.fleet.views.pictures import map_of
from kommune3.solutions.fleet.views.register_files import files_of
from kommune3.solutions.fleet.views.shared import actor_of, show_faults, trail
from kommune3.ui import lists

EDIT = operations.EDIT


class VehicleTable(lists.Table):
    registration = lists.LinkColumn(url="fleet:vehicle", verbose_name=gettext_lazy("Registration"))
    model = lists.TextColumn(accessor="model__name", verbose_name=gettext_lazy("Model"))
    kind = lists.StatusColumn(accessor="model__kind", verbose_name=gettext_lazy("Type of vehicle"), choices=Kind)
    base = lists.TextColumn(accessor="base__name", verbose_name=gettext_lazy("Base"))
    use = lists.TextColumn(verbose_name=gettext_lazy("Use"))
    ownership = lists.StatusColumn(verbose_name=gettext_lazy("Owned or leased"), choices=Ownership)
    lease_end = lists.DateColumn(verbose_name=gettext_lazy("Lease until"))
    contract_km_year = lists.NumberColumn(verbose_name=gettext_lazy("Contract km a year"), decimals=0)
    valid_from = lists.DateColumn(verbose_name=gettext_lazy("From"))
    valid_to = lists.DateColumn(verbose_name=gettext_lazy("Until"))
    is_locked = lists.BooleanColumn(verbose_name=gettext_lazy("Locked"))

    class Meta(lists.Table.Meta):
        order_by = "registration"


def _visible_bases(request: HttpRequest | None) -> QuerySet[Base]:
    return reach.visible(actor_of(request) if request else ANONYMOUS, Base)


class VehicleFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("registration", "external_id", "model__name", "use", "supplier"))
    base = lists.ModelFilter(queryset=_visible_bases, label=gettext_lazy("Base"))
    kind = lists.ChoiceFilter(field_name="model__kind", choices=Kind.choices, label=gettext_lazy("Type of vehicle"))
    ownership = lists.ChoiceFilter(choices=Ownership.choices, label=gettext_lazy("Owned or leased"))
    lease_end = lists.DateRangeFilter(label=gettext_lazy("Lease ends"))
    fleet = lists.ChoiceFilter(
        label=gettext_lazy("In the fleet"),
        choices=[("yes", gettext_lazy("Today")), ("no", gettext_lazy("Not today"))],
        method="filter_fleet",
    )

    def filter_fleet(self, queryset: Any, name: str, value: str) -> Any:
        today = in_force(clock.municipal_date(clock.now()))
        return queryset.filter(today) if value == "yes" else queryset.exclude(today)


class BaseTable(lists.Table):
    name = lists.LinkColumn(url="fleet:base", verbose_name=gettext_lazy("Base"))
    unit = lists.TextColumn(accessor="unit__name", verbose_name=gettext_lazy("Unit"))
    address = lists.TextColumn(verbose_name=gettext_lazy("Address"), orderable=False)
    vehicles = lists.NumberColumn(accessor="vehicle_count", verbose_name=gettext_lazy("Vehicles"), decimals=0)

    class Meta(lists.Table.Meta):
        order_by = "name"


class ModelTable(lists.Table):
    name = lists.LinkColumn(url="fleet:model", verbose_name=gettext_lazy("Model"))
    kind = lists.StatusColumn(verbose_name=gettext_lazy("Type of vehicle"), choices=Kind)
    energy = lists.StatusColumn(verbose_name=gettext_lazy("Energy"), choices=Energy)
    energy_per_km = lists.NumberColumn(verbose_name=gettext_lazy("Per km"), decimals=3)
    fixed_dkk_year = lists.NumberColumn(verbose_name=gettext_lazy("Fixed, kr./year"), decimals=0)
    range_km = lists.NumberColumn(verbose_name=gettext_lazy("Range, km"), decimals=0)
    charge_kw = lists.NumberColumn(verbose_name=gettext_lazy("Charging power, kW"), decimals=1)
    seats = lists.NumberColumn(verbose_name=gettext_lazy("Seats"), decimals=0)
    vehicles = lists.NumberColumn(accessor="vehicle_count", verbose_name=gettext_lazy("Vehicles"), decimals=0)
    source = lists.TextColumn(verbose_name=gettext_lazy("Source"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "name"


def vehicles(request: HttpRequest) -> HttpResponseBase:
    """The vehicles the actor may see."""
    actor = actor_of(request)
    return lists.respond(
        request,
        rows=reach.visible(actor, Vehicle),
        table=VehicleTable,
        filters=VehicleFilters,
        title=_("Vehicles"),
        noun=_("vehicles"),
        template="fleet/vehicles.html",
        context={
            **_new("fleet:vehicle_new", _("Create vehicle"), actor.may(EDIT)),
            "may_edit": actor.may(EDIT),
            "register": Register.VEHICLES,
            "files": files_of(Register.VEHICLES),
        },
        empty=lists.Empty(
            _("There are no vehicles yet"),
            _("Create the vehicles you have today, so that a proposal can be compared with them."),
            _("Create vehicle") if actor.may(EDIT) else "",
            reverse("fleet:vehicle_new") if actor.may(EDIT) else "",
        ),
    )


def bases(request: HttpRequest) -> HttpResponseBase:
    """The bases the actor may see, on a map and in a list."""
    actor = actor_of(request)
    today = clock.municipal_date(clock.now())
    return lists.respond(
        request,
        rows=reach.visible(actor, Base).annotate(vehicle_count=Count("vehicles")),
        table=BaseTable,
        title=_("Bases"),
        noun=_("bases"),
        template="fleet/bases.html",
        context={
            **_new("fleet:base_new", _("Create base"), actor.may(EDIT)),
            "map": map_of(placed_bases(actor=actor, on=today)),
        },
        empty=lists.Empty(
            _("There are no bases yet"),
            _("A base is where vehicles stand and where their round trips begin and end."),
            _("Create base"),
            reverse("fleet:base_new"),
        ),
    )


def models(request: HttpRequest) -> HttpResponseBase:
    """The catalogue."""
    actor = actor_of(request)
    return lists.respond(
        request,
        rows=reach.visible(actor, VehicleModel).annotate(vehicle_count=Count("vehicles")),
        table=ModelTable,
        title=_("Models"),
        noun=_("models"),
        template="fleet/vehicles.html",
        context={
            **_new("fleet:model_new", _("Create model"), actor.may(EDIT)),
            "may_edit": actor.may(EDIT),
            "register": Register.MODELS,
            "files": files_of(Register.MODELS),
            "lead": _("What vehicles cost and can do. A dash means that nobody has told yet."),
        },
        empty=lists.Empty(
            _("There are no models yet"),
            _("Create the models you have or consider, with consumption and yearly cost."),
            _("Create model"),
            reverse("fleet:model_new"),
        ),
    )


def new_vehicle(request: HttpRequest) -> HttpResponse:
    """Create a vehicle."""
    vehicle = Vehicle(valid_from=clock.municipal_date(clock.now()))
    return _vehicle_page(request, vehicle, _("Create vehicle"), reverse("fleet:vehicles"))


def edit_vehicle(request: HttpRequest, vehicle_id: int) -> HttpResponse:
    """Edit a vehicle."""
    vehicle = reach.get(actor_of(request), Vehicle, vehicle_id)
    return _vehicle_page(request, vehicle, str(vehicle), reverse("fleet:vehicle", args=[vehicle_id]))


def _vehicle_page(request: HttpRequest, vehicle: Vehicle, title: str, cancel: str) -> HttpResponse:
    actor = actor_of(request)
    form = VehicleForm(request.POST or None, instance=vehicle, actor=actor)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_vehicle(actor=actor, now=clock.now(), vehicle=form.save(commit=False))
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s has been saved.") % {"name": saved})
            return redirect("fleet:vehicle", saved.pk)
    return _form_page(request, form, title, (_("Vehicles"), reverse("fleet:vehicles")), cancel)


def new_base(request: HttpRequest) -> HttpResponse:
    """Create a base."""
    return _base_page(request, Base(), _("Create base"))


def one_base(request: HttpRequest, base_id: int) -> HttpResponse:
    """Edit a base."""
    base = reach.get(actor_of(request), Base, base_id)
    return _base_page(request, base, base.name)


def _base_page(request: HttpRequest, base: Base, title: str) -> HttpResponse:
    actor = actor_of(request)
    form = BaseForm(request.POST or None, instance=base, actor=actor)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        stored = reach.get(actor, Base, base.pk) if base.pk else Base()
        place = operations.Place(*(values[name] for name in ("street", "postcode", "town", "latitude", "longitude")))
        operations.save_base(
            actor=actor, now=clock.now(), base=stored, unit=values["unit"], name=values["name"], place=place,
            power_limit_kw=values["power_limit_kw"],
        )  # fmt: skip
        messages.success(request, _("%(name)s has been saved.") % {"name": values["name"]})
        return redirect("fleet:bases")
    return _form_page(request, form, title, (_("Bases"), reverse("fleet:bases")))


def new_model(request: HttpRequest) -> HttpResponse:
    """Create a model."""
    return _model_page(request, VehicleModel(), _("Create model"))


def edit_model(request: HttpRequest, model_id: int) -> HttpResponse:
    """Edit a model."""
    model = reach.get(actor_of(request), VehicleModel, model_id)
    return _model_page(request, model, model.name)


def _model_page(request: HttpRequest, model: VehicleModel, title: str) -> HttpResponse:
    form = ModelForm(request.POST or None, instance=model)
    if request.method == "POST" and form.is_valid():
        try:
            saved = operations.save_model(actor=actor_of(request), now=clock.now(), model=form.save(commit=False))
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("%(name)s has been saved.") % {"name": saved})
            return redirect("fleet:models")
    return _form_page(request, form, title, (_("Models"), reverse("fleet:models")))


def _new(url_name: str, text: str, may: bool) -> dict[str, object]:
    return {"breadcrumbs": trail(), "new_url": reverse(url_name) if may else "", "new_text": text}


def _form_page(
    request: HttpRequest, form: object, title: str, above: tuple[str, str], cancel: str = ""
) -> HttpResponse:
    context = {"title": title, "form": form, "breadcrumbs": trail(above), "cancel": cancel or above[1]}
    return render(request, "fleet/form.html", context)
