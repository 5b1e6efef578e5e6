# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.ui import lists


class AccountTable(lists.Table):
    username = lists.LinkColumn(verbose_name=_("User name"), url="administration:account")
    person = lists.TextColumn(verbose_name=_("Name"), order_by=("person__family_name", "person__given_name"))
    is_active = lists.BooleanColumn(verbose_name=_("Open"))
    last_login = lists.DateTimeColumn(verbose_name=_("Last login"))

    class Meta(lists.Table.Meta):
        order_by = "username"


class AccountFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("username", "person__given_name", "person__family_name"), label=_("Name"))
