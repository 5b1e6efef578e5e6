# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.ui import lists


class AbsenteeTable(lists.Table):
    person = lists.LinkColumn(
        verbose_name=_("Name"),
        url="substitutes:new",
        argument="pk",
        order_by=("person__family_name", "person__given_name"),
    )
    username = lists.TextColumn(verbose_name=_("User name"))

    class Meta(lists.Table.Meta):
        order_by = "person"


class AbsenteeFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("username", "person__given_name", "person__family_name"), label=_("Name"))
