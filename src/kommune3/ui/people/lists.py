# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.ui import lists


class PeopleTable(lists.Table):
    family_name = lists.LinkColumn(verbose_name=_("Family name"), url="people:detail")
    given_name = lists.TextColumn(verbose_name=_("Given name"))
    email = lists.TextColumn(verbose_name=_("E-mail"))
    phone = lists.TextColumn(verbose_name=_("Telephone"))

    class Meta(lists.Table.Meta):
        order_by = "family_name"


class PeopleFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("given_name", "family_name"), label=_("Name"))
