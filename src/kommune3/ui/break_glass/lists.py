# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access.models import Outcome
from kommune3.ui import lists

VARIANTS = {Outcome.APPROVED: "success", Outcome.FOLLOW_UP: "warning"}


class EmergencyTable(lists.Table):
    account = lists.LinkColumn(
        verbose_name=_("Who"),
        accessor="account__person",
        url="break-glass:detail",
        argument="pk",
        order_by=("account__person__family_name", "account__person__given_name"),
    )
    unit = lists.TextColumn(verbose_name=_("Unit"), order_by="unit__name")
    opened_at = lists.DateTimeColumn(verbose_name=_("Opened"))
    expires_at = lists.DateTimeColumn(verbose_name=_("Ends no later than"))
    outcome = lists.StatusColumn(verbose_name=_("Outcome"), choices=Outcome, variants=VARIANTS, default=_("Waits"))

    class Meta(lists.Table.Meta):
        order_by = "-opened_at"


class EmergencyFilters(lists.FilterSet):
    outcome = lists.ChoiceFilter(choices=[("", _("Waits")), *Outcome.choices], label=_("Outcome"))
    opened_at = lists.DateRangeFilter(label=_("Opened"))
