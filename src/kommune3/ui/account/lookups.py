# SPDX-License-Identifier: MPL-2.0
"""Who looked me up: a citizen's or an employee's own view of the log."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.own_lookups import own_lookups
from kommune3.ui import lists


class LookupTable(lists.Table):
    at = lists.DateTimeColumn(verbose_name=gettext_lazy("When"))
    what = lists.TextColumn(verbose_name=gettext_lazy("What happened"), orderable=False)
    why = lists.TextColumn(verbose_name=gettext_lazy("What it was for"), orderable=False)
    unit_name = lists.TextColumn(verbose_name=gettext_lazy("Which unit"), orderable=False)

    class Meta(lists.Table.Meta):
        order_by = "-at"


class LookupFilters(lists.FilterSet):
    at = lists.DateRangeFilter(label=gettext_lazy("Period"))


@require_safe
@never_cache
def lookups(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return lists.respond(
        request,
        rows=own_lookups(actor),
        table=LookupTable,
        filters=LookupFilters,
        title=_("Who has looked you up"),
        noun=_("look-ups"),
        formats=("csv", "xlsx", "json"),
        empty=lists.Empty(
            heading=_("Nobody has looked you up"),
            text=_("When somebody in the municipality opens your details, you can see it here."),
        ),
        context={
            "lead": _(
                "When somebody in the municipality opened your details, what it was for, and which unit it was. You "
                "are not told which employee it was. If you do not understand a look-up, ask the unit."
            ),
            "breadcrumbs": [(_("Home"), "/")],
        },
    )
