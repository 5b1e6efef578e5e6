# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.ui import lists


class EntryTable(lists.Table):
    number = lists.LinkColumn(verbose_name=_("Line"), url="audit:detail")
    at = lists.DateTimeColumn(verbose_name=_("When"))
    who = lists.TextColumn(verbose_name=_("Who"))
    action = lists.TextColumn(verbose_name=_("What"))
    object_type = lists.TextColumn(verbose_name=_("Of"))
    purpose = lists.TextColumn(verbose_name=_("Purpose"))
    outcome = lists.TextColumn(verbose_name=_("Outcome"))

    class Meta(lists.Table.Meta):
        order_by = "-number"


class EntryFilters(lists.FilterSet):
    action = lists.SearchFilter(fields=("action",), label=_("What"))
    who = lists.SearchFilter(fields=("who",), label=_("Who"))
    object_id = lists.SearchFilter(fields=("object_id", "object_type"), label=_("Object"))
    at = lists.DateRangeFilter(label=_("When"))
