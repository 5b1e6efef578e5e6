# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import declare
from kommune3.kernel.rights.models import Decision
from kommune3.ui import lists

VARIANTS = {Decision.KEEP: "success", Decision.END: "error", Decision.CHANGE: "warning"}


class RoundTable(lists.Table):
    unit = lists.LinkColumn(verbose_name=_("Unit"), url="reviews:round", argument="pk", order_by="unit__name")
    opened_at = lists.DateTimeColumn(verbose_name=_("Opened"))
    due_date = lists.DateColumn(verbose_name=_("Sign no later than"))
    lines_count = lists.NumberColumn(verbose_name=_("Rights"), decimals=0)
    undecided = lists.NumberColumn(verbose_name=_("Undecided"), decimals=0)
    signed_at = lists.DateTimeColumn(verbose_name=_("Signed"))

    class Meta(lists.Table.Meta):
        order_by = "-opened_at"


class RoundFilters(lists.FilterSet):
    """Of what is signed unit by unit, before a day: reviews of rights, and controls of look-ups."""

    unit = lists.SearchFilter(fields=("unit__name",), label=_("Unit"))
    due_date = lists.DateRangeFilter(label=_("Sign no later than"))


def _role_title(role: str) -> str:
    return str(declare.roles().get(role, role))


class LineTable(lists.Table):
    holder = lists.TextColumn(verbose_name=_("Name"))
    username = lists.TextColumn(verbose_name=_("User name"), accessor="account__username")
    role = lists.CodeColumn(verbose_name=_("Role"), title=_role_title)
    unit_name = lists.TextColumn(verbose_name=_("Unit"), default=_("The whole municipality"))
    kle = lists.TextColumn(verbose_name=_("KLE number"))
    purpose = lists.TextColumn(verbose_name=_("Purpose"))
    valid_from = lists.DateColumn(verbose_name=_("From"))
    valid_to = lists.DateColumn(verbose_name=_("Until"))
    last_used_date = lists.DateColumn(verbose_name=_("Last used"))
    source = lists.TextColumn(verbose_name=_("Source"), default=_("Given by hand"))
    decision = lists.StatusColumn(verbose_name=_("Decision"), choices=Decision, variants=VARIANTS)
    note = lists.TextColumn(verbose_name=_("Note"))
    decider = lists.TextColumn(verbose_name=_("Decided by"))
    decided_at = lists.DateTimeColumn(verbose_name=_("Decided"))

    class Meta(lists.Table.Meta):
        order_by = "holder"


class LineFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("holder", "account__username"), label=_("Name"))
    decision = lists.ChoiceFilter(choices=Decision.choices, label=_("Decision"))
