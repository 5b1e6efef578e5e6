# SPDX-License-Identifier: MPL-2.0
"""The leader's figures by team and week, the rows behind them, and from how many on a figure is shown."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.solutions.care.errors import InvalidRow
from kommune3.solutions.care.forms.figures import FigureLimitForm, WeekForm
from kommune3.solutions.care.models import FigureLimit, Team
from kommune3.solutions.care.operations import figures as operations
from kommune3.solutions.care.queries import figures as queries
from kommune3.solutions.care.queries.figures import State, Told, Week
from kommune3.solutions.care.views import figure_files
from kommune3.solutions.care.views.figure_words import WORDS, few_words, week_words
from kommune3.solutions.care.views.shared import actor_of, show_faults, trail
from kommune3.ui import lists
from kommune3.ui.numbers import format_number
from kommune3.ui.pictures import Axis, Cell, Chart, FiguresTable, Heading, Point, Series

READ = "care.read"
WEEKS_BACK = 8
_ROWS = {"late_share": "late", "left_out": "out"}
_OF_SHIFTS = ("care_share", "travel_share", "travel_km", "spread", "overtime_minutes")


def figures(request: HttpRequest) -> HttpResponseBase:
    """A team's week, how it has gone, and the other teams' same week."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    found = queries.teams(actor)
    context: dict[str, Any] = {
        "title": _("Figures of home care"),
        "lead": _("By team and week, never by person."),
        "breadcrumbs": _above(request),
    }
    if not found:
        return render(request, "care/figures.html", context)
    last_week = today - timedelta(days=today.weekday() + 7)
    form = WeekForm({"team": found[0].pk, "day": last_week} | request.GET.dict(), teams=found)
    if not form.is_valid():
        return render(request, "care/figures.html", context | {"form": form, "teams": found})
    team_id, monday = form.cleaned_data["team"], form.monday
    first = monday - (WEEKS_BACK - 1) * queries.WEEK
    wanted = request.GET.get("export")
    if wanted in figure_files.FORMS:
        every = queries.weeks_of(
            actor=actor, team_ids=[team.pk for team in found], first=first, weeks=WEEKS_BACK, today=today
        )
        return figure_files.respond(wanted, every, limit=queries.limit_in_force(on=today))
    weeks = queries.weeks_of(actor=actor, team_ids=[team_id], first=first, weeks=WEEKS_BACK, today=today)
    others = [team.pk for team in found if team.pk != team_id]
    beside = queries.weeks_of(actor=actor, team_ids=others, first=monday, weeks=1, today=today)
    limit = queries.limit_in_force(on=today)
    week = weeks[-1]
    context |= {
        "form": form,
        "teams": found,
        "week": week,
        "heading": f"{week.team.name}, {week_words(monday)}",
        "cards": [_card(name, told, week, limit, may_read=actor.may(READ)) for name, told in week.figures.items()],
        "chart": _chart(weeks),
        "table": _table([week, *beside], limit) if beside else None,
        "before": _address(team_id, monday - queries.WEEK),
        "after": _address(team_id, monday + queries.WEEK) if monday + queries.WEEK <= today else "",
        "limit": limit,
        "has_few": any(told.state is State.FEW for each in [*weeks, *beside] for told in each.figures.values()),
        "may_set": actor.may(operations.EDIT_WEIGHTS),
    }
    return render(request, "care/figures.html", context)


def new_limit(request: HttpRequest) -> HttpResponse:
    """From how many carers or citizens on a figure is shown, from a day on."""
    today = clock.municipal_date(clock.now())
    form = FigureLimitForm(request.POST or None, instance=FigureLimit(valid_from=today))
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_limit(actor=actor_of(request), now=clock.now(), limit=form.save(commit=False))
        except InvalidRow as refusal:
            show_faults(form, refusal)
        else:
            messages.success(request, _("The limit has been saved."))
            return redirect("care:figures")
    context = {
        "title": _("Small numbers"),
        "lead": _("A week with fewer carers or citizens tells nothing, so that no figure points at one person."),
        "form": form,
        "breadcrumbs": [*_above(request), (_("Figures of home care"), reverse("care:figures"))],
        "cancel": reverse("care:figures"),
        "may_edit": True,
    }
    return render(request, "care/form.html", context)


# --- The rows behind -------------------------------------------------------------------------------------------------


class VisitTable(lists.Table):
    date = lists.DateColumn(verbose_name=gettext_lazy("Day"), accessor="plan__date")
    team = lists.TextColumn(verbose_name=gettext_lazy("Team"), accessor="plan__team__name")
    service = lists.TextColumn(verbose_name=gettext_lazy("Granted service"), accessor="visit__service__title")
    earliest = lists.DateTimeColumn(verbose_name=gettext_lazy("Begins at the earliest"), accessor="visit__earliest_at")
    latest = lists.DateTimeColumn(verbose_name=gettext_lazy("Begins at the latest"), accessor="visit__latest_at")
    start_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Planned start"))
    minutes = lists.NumberColumn(verbose_name=gettext_lazy("Minutes"), accessor="visit__minutes", decimals=0)
    travel_seconds = lists.NumberColumn(verbose_name=gettext_lazy("On the way, seconds"), decimals=0)
    late_seconds = lists.NumberColumn(verbose_name=gettext_lazy("Late, seconds"), decimals=0)

    class Meta(lists.Table.Meta):
        order_by = "start_at"


class ShiftTable(lists.Table):
    date = lists.DateColumn(verbose_name=gettext_lazy("Day"))
    team = lists.TextColumn(verbose_name=gettext_lazy("Team"), accessor="carer__team__name")
    start_at = lists.DateTimeColumn(verbose_name=gettext_lazy("From"))
    end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Until"))
    last_end_at = lists.DateTimeColumn(verbose_name=gettext_lazy("Last visit ends"))
    visits = lists.NumberColumn(verbose_name=gettext_lazy("Visits"), decimals=0)
    care_minutes = lists.NumberColumn(verbose_name=gettext_lazy("Minutes with citizens"), decimals=0)
    travel_minutes = lists.NumberColumn(verbose_name=gettext_lazy("Minutes on the way"), decimals=0)
    km = lists.NumberColumn(verbose_name=gettext_lazy("Km"), decimals=1)

    class Meta(lists.Table.Meta):
        order_by = "start_at"


def _teams(request: HttpRequest) -> Any:
    return reach.visible(actor_of(request), Team)


class VisitFilters(lists.FilterSet):
    team = lists.ModelFilter(label=gettext_lazy("Team"), field_name="plan__team", queryset=_teams)
    day = lists.DateRangeFilter(label=gettext_lazy("Day"), field_name="plan__date")
    what = lists.ChoiceFilter(
        label=gettext_lazy("What"), method="narrowed",
        choices=[("late", gettext_lazy("Begin after their window")), ("out", gettext_lazy("Not planned"))],
    )  # fmt: skip

    def narrowed(self, rows: Any, name: str, value: str) -> Any:
        return rows.filter(late_seconds__gt=0) if value == "late" else rows.filter(shift=None)


class ShiftFilters(lists.FilterSet):
    team = lists.ModelFilter(label=gettext_lazy("Team"), field_name="carer__team", queryset=_teams)
    day = lists.DateRangeFilter(label=gettext_lazy("Day"), field_name="date")


def figure_visits(request: HttpRequest) -> HttpResponseBase:
    """The visits behind the figures, without names."""
    rows = queries.visit_rows(actor_of(request))
    return _rows(request, rows, VisitTable, VisitFilters, _("Visits behind the figures"), _("visits"))


def figure_shifts(request: HttpRequest) -> HttpResponseBase:
    """The shifts behind the figures, without names."""
    rows = queries.shift_rows(actor_of(request))
    return _rows(request, rows, ShiftTable, ShiftFilters, _("Shifts behind the figures"), _("shifts"))


def _rows(request: HttpRequest, rows: Any, table: Any, filters: Any, title: str, noun: str) -> HttpResponseBase:
    actor, now = actor_of(request), clock.now()
    return lists.respond(
        request, rows=rows, table=table, filters=filters, title=title, noun=noun,
        context={"breadcrumbs": [*_above(request), (_("Figures of home care"), reverse("care:figures"))]},
        empty=lists.Empty(_("No published plans"), _("Once a day's plan has been published, its rows are here.")),
        on_shown=lambda by, found: lookups.search(
            actor=actor, now=now, kind="care.visits.listed", by=by, found=found
        ),
        on_export=lambda form: lookups.export(actor=actor, now=now, kind="care.visits.exported", form=form),
    )  # fmt: skip


# --- Parts ------------------------------------------------------------------------------------------------------------


def _above(request: HttpRequest) -> list[tuple[str, str]]:
    """The pages above, as far as the reader may see them."""
    return trail() if actor_of(request).may(READ) else [(_("Home"), "/")]


def _address(team_id: int, day: date) -> str:
    return f"{reverse('care:figures')}?{urlencode({'team': team_id, 'day': day.isoformat()})}"


def shown(name: str, told: Told, limit: FigureLimit | None) -> str:
    """A figure as the page writes it."""
    if told.state is State.FEW:
        return few_words(limit)
    if told.state is State.UNKNOWN or told.value is None:
        return "–"
    return format_number(told.value, WORDS[name].decimals)


def _card(name: str, told: Told, week: Week, limit: FigureLimit | None, *, may_read: bool) -> dict[str, Any]:
    """A key figure that leads to its rows, for whoever may see them."""
    words = WORDS[name]
    page = "care:figure_shifts" if name in _OF_SHIFTS else "care:figure_visits"
    chosen = {"team": week.team.pk, "day_after": week.monday, "day_before": week.monday + timedelta(days=6)}
    if name in _ROWS:
        chosen["what"] = _ROWS[name]
    return {
        "label": words.title,
        "value": shown(name, told, limit),
        "unit": words.unit if told.state is State.KNOWN else "",
        "note": words.note if told.state is not State.UNKNOWN else _("not known"),
        "href": f"{reverse(page)}?{urlencode(chosen)}" if may_read and told.state is State.KNOWN else "",
    }


def _chart(weeks: Sequence[Week]) -> Chart | None:
    """How the paid time was shared, week by week; None where there is nothing to draw."""
    drawn = [week for week in weeks if week.figures["care_share"].state is State.KNOWN]
    if not drawn:
        return None
    categories = [week_words(week.monday) for week in drawn]

    def line(name: str) -> Series:
        points = [Point(at, week.figures[name].value or 0.0) for at, week in enumerate(drawn)]
        return Series(WORDS[name].title, points, joined=True)

    return Chart(
        "line", Axis(_("Week")), Axis(_("Share of the paid time"), unit="%", decimals=1, from_zero=True),
        [line("care_share"), line("travel_share")], categories=categories,
    )  # fmt: skip


def _table(weeks: Sequence[Week], limit: FigureLimit | None) -> FiguresTable:
    """The teams' same week beside each other, in order of their names."""
    columns = (Heading(_("Team")), *(Heading(words.with_unit, True) for words in WORDS.values()))
    rows = tuple(
        (
            Cell(week.team.name, href=_address(week.team.pk, week.monday)),
            *(Cell(shown(name, told, limit), True) for name, told in week.figures.items()),
        )
        for week in sorted(weeks, key=lambda week: week.team.name)
    )
    return FiguresTable(columns, rows)
