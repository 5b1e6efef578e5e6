# SPDX-License-Identifier: MPL-2.0
"""What carers have told of their visits, for the dispatcher to read."""

from typing import Any

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.solutions.care.models import Report, Team
from kommune3.solutions.care.operations import reports
from kommune3.solutions.care.queries.route import TOLD, open_reports
from kommune3.solutions.care.views.shared import actor_of, trail
from kommune3.ui import lists


class ToldTable(lists.Table):
    said_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Told"))
    kind = lists.StatusColumn(
        verbose_name=gettext_lazy("What"), choices=Report.Kind,
        variants={"LATE": "warning", "NOT_MADE": "error", "MESSAGE": "info"},
    )  # fmt: skip
    carer = lists.TextColumn(verbose_name=gettext_lazy("Carer"), accessor="carer__person", orderable=False)
    citizen = lists.TextColumn(verbose_name=gettext_lazy("Citizen"), accessor="visit__citizen__person", orderable=False)
    minutes = lists.NumberColumn(verbose_name=gettext_lazy("Minutes"), decimals=0)
    text = lists.TextColumn(verbose_name=gettext_lazy("Message"), orderable=False)
    earliest = lists.DateTimeColumn(verbose_name=gettext_lazy("The visit"), accessor="visit__earliest_at")
    seen_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Marked as read"))

    class Meta(lists.Table.Meta):
        order_by = "-said_at"


class ToldFilters(lists.FilterSet):
    kind = lists.ChoiceFilter(
        label=gettext_lazy("What"), choices=[(kind.value, kind.label) for kind in map(Report.Kind, TOLD)]
    )
    team = lists.ModelFilter(
        label=gettext_lazy("Team"), field_name="visit__citizen__team", queryset=lambda request: teams(request)
    )
    said = lists.DateRangeFilter(label=gettext_lazy("Told"), field_name="said_at")


def teams(request: HttpRequest) -> Any:
    """The teams that the dispatcher may see."""
    return reach.visible(actor_of(request), Team)


def messages(request: HttpRequest) -> HttpResponseBase:
    """What has not been read, to be marked as read; below it everything."""
    actor, now = actor_of(request), clock.now()
    joined = ("carer__person", "visit__citizen__person", "visit__citizen__team", "visit__service")
    unread = list(open_reports(actor=actor).select_related(*joined)[:100])
    return lists.respond(
        request,
        rows=reach.visible(actor, Report).filter(kind__in=TOLD, seen_at__isnull=False),
        table=ToldTable,
        filters=ToldFilters,
        title=_("Messages from carers"),
        noun=_("messages that have been read"),
        template="care/messages.html",
        context={
            "breadcrumbs": trail(),
            "lead": _("Delays, visits that were not made, and what carers have written."),
            "unread": unread,
            "may_read": actor.may(reports.PLAN),
        },
        empty=lists.Empty(_("Nothing has been read yet"), _("What you mark as read is kept here.")),
        on_shown=lambda by, found: lookups.search(
            actor=actor, now=now, kind="care.messages.listed", by=by, found=found + len(unread)
        ),
        on_export=lambda form: lookups.export(actor=actor, now=now, kind="care.messages.exported", form=form),
    )


@require_POST
def read_messages(request: HttpRequest) -> HttpResponse:
    """Mark messages as read."""
    chosen = [int(value) for value in request.POST.getlist("report") if value.isdecimal()]
    count = reports.mark_read(actor=actor_of(request), now=clock.now(), report_ids=chosen)
    notices.success(
        request,
        ngettext("%(n)s message is marked as read.", "%(n)s messages are marked as read.", count) % {"n": count},
    )
    return redirect("care:messages")
