# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.competences import queries
from kommune3.kernel.competences.models import Kind
from kommune3.ui import lists


def _competences(request: HttpRequest) -> QuerySet[Any]:
    return queries.whole_catalogue()


class CatalogueTable(lists.Table):
    title = lists.TextColumn(verbose_name=_("Title"))
    code = lists.TextColumn(verbose_name=_("Code"))
    kind = lists.StatusColumn(verbose_name=_("Kind"), choices=Kind, variants={Kind.DELEGABLE: "info"})
    kl_code = lists.TextColumn(verbose_name=_("KL code"))
    is_active = lists.BooleanColumn(verbose_name=_("In use"))

    class Meta(lists.Table.Meta):
        order_by = "title"


class EditableCatalogueTable(CatalogueTable):
    """The same, where each line leads to its form."""

    title = lists.LinkColumn(verbose_name=_("Title"), url="competences:edit")

    class Meta(CatalogueTable.Meta):
        sequence = ("title", "...")


class CatalogueFilters(lists.FilterSet):
    text = lists.SearchFilter(fields=("title", "code", "kl_code"))
    kind = lists.ChoiceFilter(choices=Kind.choices, label=_("Kind"))


class HolderTable(lists.Table):
    person = lists.LinkColumn(
        verbose_name=_("Name"),
        url="competences:person",
        argument="person_id",
        order_by=("person__family_name", "person__given_name"),
    )
    competence = lists.TextColumn(verbose_name=_("Competence"), accessor="competence__title")
    valid_from = lists.DateColumn(verbose_name=_("From"))
    valid_to = lists.DateColumn(verbose_name=_("Until"))
    source = lists.TextColumn(verbose_name=_("Source"))

    class Meta(lists.Table.Meta):
        order_by = "person"


class HolderFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("person__given_name", "person__family_name"), label=_("Name"))
    competence = lists.ModelFilter(label=_("Competence"), queryset=_competences)
    valid_to = lists.DateRangeFilter(label=_("Ends"))


class DelegationTable(lists.Table):
    helper = lists.LinkColumn(
        verbose_name=_("Helper"),
        url="competences:person",
        argument="helper_id",
        order_by=("helper__family_name", "helper__given_name"),
    )
    competence = lists.TextColumn(verbose_name=_("Task"), accessor="competence__title")
    citizen = lists.TextColumn(verbose_name=_("For"), default=_("All citizens"), orderable=False)
    delegator = lists.TextColumn(verbose_name=_("Delegated by"), orderable=False)
    valid_from = lists.DateColumn(verbose_name=_("From"))
    valid_to = lists.DateColumn(verbose_name=_("Until"))
    signed_at = lists.DateTimeColumn(verbose_name=_("Signed"))
    instruction = lists.TextColumn(verbose_name=_("Instruction and its version"))

    class Meta(lists.Table.Meta):
        order_by = "helper"


class DelegationFilters(lists.FilterSet):
    name = lists.SearchFilter(fields=("helper__given_name", "helper__family_name"), label=_("Helper"))
    competence = lists.ModelFilter(label=_("Task"), queryset=_competences)
    valid_to = lists.DateRangeFilter(label=_("Ends"))
