# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.jobs import declare
from kommune3.kernel.jobs.models import State
from kommune3.ui import lists

VARIANTS = {State.RUNNING: "info", State.SUCCEEDED: "success", State.FAILED: "error", State.CANCELLED: "warning"}


class JobTable(lists.Table):
    title = lists.LinkColumn(verbose_name=_("Job"), url="jobs:detail")
    state = lists.StatusColumn(verbose_name=_("State"), choices=State, variants=VARIANTS)
    unit = lists.TextColumn(verbose_name=_("Unit"), order_by="unit__name")
    requested_by = lists.TextColumn(
        verbose_name=_("Started by"), accessor="requested_by__person", default=_("The platform"),
        order_by=("requested_by__person__family_name", "requested_by__person__given_name"),
    )  # fmt: skip
    enqueued_at = lists.DateTimeColumn(verbose_name=_("Queued since"))
    finished_at = lists.DateTimeColumn(verbose_name=_("Finished"))
    attempt = lists.NumberColumn(verbose_name=_("Attempts"), decimals=0)

    class Meta(lists.Table.Meta):
        order_by = "-enqueued_at"


class JobFilters(lists.FilterSet):
    state = lists.ChoiceFilter(choices=State.choices, label=_("State"))
    queue = lists.ChoiceFilter(
        choices=lambda: [(queue.name, queue.title) for queue in declare.queues().values()], label=_("Queue")
    )
    title = lists.SearchFilter(fields=("title",), label=_("Job"))
    enqueued_at = lists.DateRangeFilter(label=_("Queued since"))
