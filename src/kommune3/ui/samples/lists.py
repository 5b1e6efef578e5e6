# SPDX-License-Identifier: MPL-2.0
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import lookups
from kommune3.kernel.oversight.models import Verdict
from kommune3.ui import lists

VARIANTS = {Verdict.EXPLAINED: "success", Verdict.FOLLOWED_UP: "warning"}


class SampleTable(lists.Table):
    unit = lists.LinkColumn(verbose_name=_("Unit"), url="samples:sample", argument="pk", order_by="unit__name")
    start_date = lists.DateColumn(verbose_name=_("From"))
    due_date = lists.DateColumn(verbose_name=_("Sign no later than"))
    population = lists.NumberColumn(verbose_name=_("Look-ups in all"), decimals=0)
    lines_count = lists.NumberColumn(verbose_name=_("Drawn"), decimals=0)
    undecided = lists.NumberColumn(verbose_name=_("Undecided"), decimals=0)
    followed_up = lists.NumberColumn(verbose_name=_("To be followed up"), decimals=0)
    signed_at = lists.DateTimeColumn(verbose_name=_("Signed"))

    class Meta(lists.Table.Meta):
        order_by = "-start_date"


def what(code: str) -> str:
    """A kind of look-up in plain words, as the citizen is told it."""
    kind = lookups.kinds().get(code)
    return str(kind.title) if kind else code


class LineTable(lists.Table):
    number = lists.NumberColumn(verbose_name=_("Line"), decimals=0)
    at = lists.DateTimeColumn(verbose_name=_("When"))
    who = lists.TextColumn(verbose_name=_("Who"))
    action = lists.CodeColumn(verbose_name=_("What the person is told"), title=what)
    purpose = lists.TextColumn(verbose_name=_("Purpose"))
    verdict = lists.StatusColumn(verbose_name=_("Found"), choices=Verdict, variants=VARIANTS)
    note = lists.TextColumn(verbose_name=_("Note"))
    decider = lists.TextColumn(verbose_name=_("Decided by"))
    decided_at = lists.DateTimeColumn(verbose_name=_("Decided"))

    class Meta(lists.Table.Meta):
        order_by = "number"


class LineFilters(lists.FilterSet):
    verdict = lists.ChoiceFilter(choices=Verdict.choices, label=_("Found"))
