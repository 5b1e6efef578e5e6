# SPDX-License-Identifier: MPL-2.0
"""Pools: the list, and one with the ways between its bases."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import reach
from kommune3.solutions.fleet.errors import InvalidRow
from kommune3.solutions.fleet.forms.pools import PoolForm, WaysForm
from kommune3.solutions.fleet.models import Pool
from kommune3.solutions.fleet.operations import pools as operations
from kommune3.solutions.fleet.queries.pools import pairs_of, pools_of
from kommune3.solutions.fleet.views.shared import actor_of, posted, show_faults, trail
from kommune3.ui import lists


class PoolTable(lists.Table):
    name = lists.LinkColumn(url="fleet:pool", verbose_name=gettext_lazy("Name"))
    members = lists.TextColumn(verbose_name=gettext_lazy("Bases"), orderable=False, empty_values=())
    vehicles = lists.NumberColumn(verbose_name=gettext_lazy("Vehicles today"), decimals=0)

    class Meta(lists.Table.Meta):
        order_by = "name"

    def render_members(self, record: Pool) -> str:
        return ", ".join(sorted(member.base.name for member in record.members.all()))

    def value_members(self, record: Pool) -> str:
        return self.render_members(record)


class PoolFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("name", "members__base__name"))


def pools(request: HttpRequest) -> HttpResponseBase:
    """The pools the actor may see."""
    actor = actor_of(request)
    new_url = reverse("fleet:pool_new") if actor.may(operations.EDIT) else ""
    return lists.respond(
        request,
        rows=pools_of(actor, on=clock.municipal_date(clock.now())),
        table=PoolTable,
        filters=PoolFilters,
        title=_("Pools"),
        noun=_("pools"),
        template="fleet/list.html",
        context={"breadcrumbs": trail(), "new_url": new_url, "new_text": _("New pool")},
        empty=lists.Empty(
            _("No bases share vehicles"),
            _("Put neighbouring bases in a pool, and an optimisation may send a vehicle from one on another's trips."),
            _("New pool") if new_url else "",
            new_url,
        ),
    )


def new_pool(request: HttpRequest) -> HttpResponse:
    """Put bases in a pool; the ways between them are estimated."""
    actor, pool = actor_of(request), Pool()
    form = PoolForm(request.POST or None, actor=actor, pool=pool)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            operations.save_pool(
                actor=actor, now=clock.now(), pool=pool, name=values["name"], bases=list(values["bases"])
            )
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The pool has been made. Look through the ways between its bases."))
            return redirect("fleet:pool", pool.pk)
    above = (_("Pools"), reverse("fleet:pools"))
    context = {
        "title": _("New pool"), "form": form, "breadcrumbs": trail(above), "cancel": above[1],
        "lead": _("Vehicles of the bases may then be sent on each other's trips; the way there and back is counted."),
    }  # fmt: skip
    return render(request, "fleet/form.html", context)


def one_pool(request: HttpRequest, pool_id: int) -> HttpResponse:
    """A pool: its bases, and minutes and km between them."""
    actor = actor_of(request)
    pool = reach.get(actor, Pool, pool_id)
    may_edit = all(actor.may(operations.EDIT, unit_path=base.unit.path) for base in operations.bases_of(pool))
    pairs = pairs_of(pool)
    form = PoolForm(request.POST or None, actor=actor, pool=pool)
    ways = WaysForm(request.POST or None, pairs=pairs)
    if request.method == "POST":
        reach.get(actor, Pool, pool_id, action=operations.EDIT)
        if form.is_valid() and ways.is_valid():
            values = form.cleaned_data
            try:
                operations.save_pool(
                    actor=actor, now=clock.now(), pool=pool, name=values["name"], bases=list(values["bases"]),
                    ways=ways.entered(),
                )  # fmt: skip
            except InvalidRow as refusal:
                show_faults(form, refusal)
            else:
                messages.success(request, _("The pool has been saved."))
                return redirect("fleet:pool", pool.pk)
    context = {
        "title": pool.name,
        "lead": _("A vehicle that serves another base is away for the way there and back as well."),
        "breadcrumbs": trail((_("Pools"), reverse("fleet:pools"))),
        "pool": pool, "pairs": pairs, "form": form, "ways": ways, "may_edit": may_edit,
        "bases": operations.bases_of(pool),
        "estimated_by": sorted({pair.way.source for pair in pairs if pair.way and pair.way.kind == "ESTIMATE"}),
    }  # fmt: skip
    return render(request, "fleet/pool.html", context)


@posted("fleet:pool", "pool_id")
def estimate_pool(request: HttpRequest, pool_id: int) -> HttpResponse | None:
    """Estimate all ways of a pool anew."""
    unknown = operations.estimate_ways(actor=actor_of(request), now=clock.now(), pool_id=pool_id)
    if unknown:
        messages.warning(
            request,
            _("These ways cannot be estimated; enter them, or fill in the bases' coordinates: %(ways)s")
            % {"ways": "; ".join(unknown)},
        )
    else:
        messages.success(request, _("All ways have been estimated."))
    return None


@posted("fleet:pool", "pool_id")
def dissolve_pool(request: HttpRequest, pool_id: int) -> HttpResponse | None:
    """Dissolve a pool."""
    operations.dissolve_pool(actor=actor_of(request), now=clock.now(), pool_id=pool_id)
    messages.success(request, _("The pool has been dissolved. Results that counted with it stay as they are."))
    return redirect("fleet:pools")
