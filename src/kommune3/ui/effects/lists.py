# SPDX-License-Identifier: MPL-2.0
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kommune3.kernel.access import reach
from kommune3.kernel.effects import naming, units
from kommune3.kernel.effects.models import Effect, Kind
from kommune3.kernel.organisation.models import Unit
from kommune3.kernel.solutions import registry
from kommune3.ui import lists, numbers


class QuantityColumn(lists.NumberColumn):
    """A quantity with the decimals of the row's own unit of measure; the exact number in an export."""

    def render(self, value: Any, record: Effect) -> str:  # type: ignore[override]  # django-tables2 fills in
        return numbers.format_number(value, units.get(record.measure).decimals)


class MeasureColumn(lists.TextColumn):
    """The symbol of a unit of measure; its name in an export."""

    css = "k3-nowrap"

    def render(self, value: Any) -> str:
        return str(units.get(value).symbol)

    def exported(self, value: Any) -> str:
        return str(units.get(value).title)


class EvidenceColumn(lists.TextColumn):
    """Links to the evidence; labels and addresses in an export."""

    def render(self, value: Any) -> str:
        return format_html_join(", ", '<a href="{}">{}</a>', ((link["url"], link["label"]) for link in value))

    def exported(self, value: Any) -> str:
        return ", ".join(f"{link['label']} ({link['url']})" for link in value)


class IndicatorColumn(lists.TextColumn):
    """The indicator's title, which leads to the row."""

    def render(self, value: Any, record: Effect) -> str:
        return format_html(
            '<a href="{}">{}</a>',
            reverse("effects:detail", args=[record.pk]),
            naming.indicator_title(record.solution, value),
        )

    def plain(self, record: Effect, bound_column: Any) -> str:
        return str(naming.indicator_title(record.solution, record.indicator))


class SolutionColumn(lists.TextColumn):
    """The solution's title."""

    def exported(self, value: Any) -> str:
        return str(naming.solution_title(value))

    def render(self, value: Any) -> str:
        return self.exported(value)


class LastDayColumn(lists.DateColumn):
    """The last day of a half-open period."""

    def render(self, value: date) -> str:
        return super().render(self.exported(value))

    def exported(self, value: date) -> date:
        return value - timedelta(days=1)


class EffectTable(lists.Table):
    indicator = IndicatorColumn(verbose_name=_("Gain"))
    quantity = QuantityColumn(verbose_name=_("Quantity"))
    measure = MeasureColumn(verbose_name=_("In"))
    kind = lists.StatusColumn(
        verbose_name=_("Kind"), choices=Kind, variants={Kind.PROVEN: "success", Kind.MEASURED: "info"}
    )
    unit = lists.TextColumn(verbose_name=_("Unit"), default=_("The whole municipality"), order_by=("unit__name",))
    period_start = lists.DateColumn(verbose_name=_("From"))
    period_end = LastDayColumn(verbose_name=_("To and including"))
    solution = SolutionColumn(verbose_name=_("Solution"))
    evidence = EvidenceColumn(verbose_name=_("Evidence"), orderable=False, empty_values=(None, []))

    class Meta(lists.Table.Meta):
        order_by = "-period_end"


def _solutions() -> list[tuple[str, Any]]:
    return [(manifest.key, manifest.title) for manifest in registry.all_manifests()]


def _measures() -> list[tuple[str, Any]]:
    return [(unit.key, unit.title) for unit in units.all_units()]


def _units(request: HttpRequest | None) -> QuerySet[Unit]:
    if request is None:
        return Unit.objects.none()
    return reach.units(request.actor, "effects.read").order_by("name")  # type: ignore[attr-defined]


class EffectFilters(lists.FilterSet):
    solution = lists.ChoiceFilter(label=_("Solution"), choices=_solutions)
    measure = lists.ChoiceFilter(label=_("Unit of measure"), choices=_measures)
    kind = lists.ChoiceFilter(label=_("Kind"), choices=Kind.choices)
    unit = lists.ModelFilter(label=_("Unit and those below it"), queryset=_units, method="below")
    period = lists.DateRangeFilter(label=_("Period"), method="in_period")

    def below(self, rows: QuerySet[Effect], name: str, unit: Unit) -> QuerySet[Effect]:
        """The rows of the unit and of those below it."""
        return rows.filter(unit__path__startswith=unit.path)

    def in_period(self, rows: QuerySet[Effect], name: str, period: slice) -> QuerySet[Effect]:
        """The rows of which at least a day lies in the period."""
        first, last = days(period)
        if first:
            rows = rows.filter(Q(period_end__gt=first))
        if last:
            rows = rows.filter(Q(period_start__lte=last))
        return rows


def days(period: slice | None) -> tuple[date | None, date | None]:
    """The first and the last day of what a date range filter was given: municipal days."""
    if period is None:
        return None, None
    first, last = (each and timezone.localtime(each).date() for each in (period.start, period.stop))
    return first, last
