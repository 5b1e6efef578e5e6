# SPDX-License-Identifier: MPL-2.0
"""The dashboards: a page each, and the page that leads to them."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from kommune3.kernel import clock
from kommune3.kernel.audit import log
from kommune3.solutions.fleet.forms.dashboards import DashboardForm
from kommune3.solutions.fleet.models import Kind, Measure
from kommune3.solutions.fleet.operations import daily
from kommune3.solutions.fleet.queries.dashboards import DASHBOARDS, Activity, Answer, Selection, activity, answer_of
from kommune3.solutions.fleet.queries.dashboards.answers import Parameter, Told
from kommune3.solutions.fleet.queries.dashboards.selection import Per, default_days, reach_of
from kommune3.solutions.fleet.queries.limits import fewest, fewest_of, fewest_row
from kommune3.solutions.fleet.queries.targets import MEASURES, Progress, shown_targets
from kommune3.solutions.fleet.views import dashboard_files
from kommune3.solutions.fleet.views.dashboard_pictures import chart_of, few_words, heatmap_of, said
from kommune3.solutions.fleet.views.shared import actor_of, trail
from kommune3.ui.numbers import format_instant, format_number
from kommune3.ui.pictures import Bound, Cell, FiguresTable, Heading

LEAST_CHANGE = 0.05  # per cent
LANDING = ("km", "co2e", "electric", "idle")


def dashboards(request: HttpRequest) -> HttpResponse:
    """Where the dashboards are, and how far the targets are."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    context = {
        "title": _("Dashboards"),
        "lead": _("What is driven, when, with what, and what it emits. Each picture has its figures behind it."),
        "breadcrumbs": trail(),
        "dashboards": DASHBOARDS.values(),
        "targets": _targets(shown_targets(actor=actor, on=today), fewest(on=today)),
        "may_set_targets": actor.may("fleet.targets.edit"),
    }
    return render(request, "fleet/dashboards.html", context)


def one_dashboard(request: HttpRequest, name: str) -> HttpResponseBase:
    """A dashboard with its filters, or with ``?export=csv`` or ``?export=xlsx`` its figures as a file."""
    dashboard = DASHBOARDS.get(name)
    if dashboard is None:
        raise Http404
    actor, now = actor_of(request), clock.now()
    today = clock.municipal_date(now)
    form = DashboardForm(request.GET or None, dashboard=dashboard, reach=reach_of(actor), today=today)
    selection, few_row = form.selection(), fewest_row(on=today)
    few = fewest_of(few_row)
    found = activity(selection, few) if name == "activity" else answer_of(name, selection, fewest=few)
    export = request.GET.get("export", "")
    if export in dashboard_files.FORMS:
        log.record(
            actor=actor, action="fleet.dashboard.exported", now=now, detail={"dashboard": name, "format": export}
        )  # fmt: skip
        return dashboard_files.respond(export, dashboard, selection, found, chosen(selection))
    context = {
        "title": dashboard.title,
        "lead": dashboard.lead,
        "breadcrumbs": trail((_("Dashboards"), reverse("fleet:dashboards"))),
        "dashboard": dashboard,
        "form": form,
        "selection": selection,
        "period": period_words(selection),
        "days_waiting": daily.days_left(),
        "few": few_words(few) if found.has_hidden else "",
        "few_row": few_row,
        "chosen": [(title, text) for title, text in chosen(selection)[1:] if text != _("All")],
        "imports_url": reverse("fleet:imports"),
        "others": [
            (each, f"{reverse('fleet:dashboard', args=[each.name])}?{_kept(request)}")
            for each in DASHBOARDS.values()
            if each is not dashboard
        ],
    }
    progress = shown_targets(actor=actor, on=today, measures=MEASURES[name]) if name in MEASURES else []
    if progress:
        context["targets"] = _targets(progress, few)
        context["may_set_targets"] = actor.may("fleet.targets.edit")
    if isinstance(found, Answer):
        context |= {
            "chart": None if found.is_empty else chart_of(dashboard, found, selection, _bounds(progress, selection)),
            "figures": key_figures(found, selection),
            "parameters": parameter_table(found) if found.parameters else None,
            "missing": [
                (each, said(each.km, found.columns[-1], few), _link(each.url_name, each.argument))
                for each in found.missing
            ],
            "notes": found.notes,
            "known_url": "" if selection.known_only else f"?{_with(request, known_only='on')}",
        }  # fmt: skip
    else:
        context |= {"heatmap": None if found.is_empty else heatmap_of(found, selection), "busiest": _busiest(found)}
    return render(request, "fleet/dashboard.html", context)


def _targets(found: list[Progress], few: int) -> list[tuple[Progress, str]]:
    """Each target with how it stands in words."""
    return [(each, said(each.now, each.column, few)) for each in found]


def _bounds(found: list[Progress], selection: Selection) -> list[Bound]:
    """The targets for just the chosen bases, as lines across the picture: only shares, which no period sums up."""
    chosen = {place.pk for place in selection.places}
    return [
        Bound("y", float(each.target.value), f"{_('Target')}: {format_number(each.target.value, 0)} %")
        for each in found
        if each.measure == Measure.EV_KM
        and {place.pk for place in selection.reach.places if place.unit_path.startswith(each.target.unit.path)}
        == chosen
    ]


def _busiest(found: Activity) -> str:
    """When most vehicles are out."""
    if found.busiest is None:
        return ""
    hour, weekday = found.busiest
    return _("Most are out on %(day)s between %(start)s and %(end)s: %(n)s vehicles on average.") % {
        "day": WEEKDAYS[weekday], "start": f"{hour:02}", "end": f"{hour + 1:02}",
        "n": format_number(found.cells[hour][weekday].value or 0, 1),
    }  # fmt: skip


def landing(request: HttpRequest) -> HttpResponse:
    """The key figures of the last weeks, as a part of the overview."""
    actor, today = actor_of(request), clock.municipal_date(clock.now())
    found, few = reach_of(actor), fewest(on=today)
    first_day, end_day = default_days(found, today)
    selection = Selection(found, first_day, end_day, per=Per.WEEK)
    figures = []
    for name in LANDING:
        answer = answer_of(name, selection, fewest=few)
        _title, figure, unit, note = key_figures(answer, selection)[0]
        url = reverse("fleet:dashboard", args=[name])
        figures.append((DASHBOARDS[name].title, figure, unit, note, url))
    context = {"figures": figures if found.newest_day else [], "period": period_words(selection)}
    return render(request, "fleet/landing.html", context)


def key_figures(answer: Answer, selection: Selection) -> list[tuple[str, str, str, str]]:
    """(label, figure, unit, note) of each column: the whole period, with what it was in the period before."""
    earlier = selection.before()
    days = f"{format_instant(earlier.first_day)}–{format_instant(earlier.last_day)}"
    shown = []
    for column, now, before in zip(answer.columns, answer.totals, answer.before, strict=True):
        unit = "" if now.value is None else str(column.unit)
        change = _change(now, before, str(column.unit))
        note = _("Period before (%(days)s): %(figure)s%(change)s") % {
            "days": days, "figure": said(before, column, answer.fewest), "change": change,
        }  # fmt: skip
        shown.append((str(column.title), said(now, column, answer.fewest), unit, note))
    return shown


def _change(now: Told, before: Told, unit: str) -> str:
    """How much more or less in per cent, or for shares in percentage points."""
    if now.value is None or not before.value:
        return ""
    if unit == "%":
        points = now.value - before.value
        return _(" (%(sign)s%(n)s percentage points)") % {"sign": _sign(points), "n": format_number(abs(points), 1)}
    change = 100 * (now.value / before.value - 1)
    if abs(change) < LEAST_CHANGE:
        return _(" (unchanged)")
    return _(" (%(sign)s%(n)s %%)") % {"sign": _sign(change), "n": format_number(abs(change), 1)}


def _sign(value: float) -> str:
    return "+" if value >= 0 else "−"


def parameter_table(answer: Answer) -> FiguresTable:
    """Everything counted with: value, source and validity."""
    titles = (_("Counted with"), _("Value"), _("Source"), _("Valid from"), _("Valid until"))
    return FiguresTable(
        tuple(Heading(title, title == _("Value")) for title in titles),
        tuple(_parameter(each) for each in answer.parameters),
    )


def _parameter(each: Parameter) -> tuple[Cell, ...]:
    return (
        Cell(str(each.name), href=_link(each.url_name, each.argument) if each.url_name else ""),
        Cell(str(each.value), True),
        Cell(str(each.source) or "–"),
        Cell(format_instant(each.valid_from) if each.valid_from else "–"),
        Cell(format_instant(each.valid_to) if each.valid_to else "–"),
    )


def period_words(selection: Selection) -> str:
    """The period as one says it."""
    return _("%(first)s to %(last)s") % {
        "first": format_instant(selection.first_day), "last": format_instant(selection.last_day),
    }  # fmt: skip


def chosen(selection: Selection) -> list[tuple[str, str]]:
    """What was chosen, in words."""
    unit = next((name for pk, name in selection.reach.unit_choices if pk == selection.unit_id), _("All"))
    base = next((name for pk, name in selection.reach.base_choices if pk == selection.base_id), _("All"))
    return [
        (_("Period"), period_words(selection)),
        (_("Unit"), unit),
        (_("Base"), base),
        (_("Type of vehicle"), str(Kind(selection.kind).label) if selection.kind else _("All")),
        (_("Weekday"), _("All") if selection.weekday is None else str(WEEKDAYS[selection.weekday])),
    ]


def _link(url_name: str, argument: int | None) -> str:
    return reverse(url_name, args=[argument] if argument is not None else [])


def _kept(request: HttpRequest) -> str:
    """What was chosen, for another dashboard: the days and the bases."""
    query = {name: request.GET[name] for name in ("first_day", "last_day", "unit", "base") if request.GET.get(name)}
    return urlencode(query)


def _with(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = value
    return query.urlencode()
