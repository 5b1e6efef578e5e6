# SPDX-License-Identifier: MPL-2.0
"""The ledger of gains: sums by kind, the gains over time, and every row with its evidence and history."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from kommune3.kernel import effects
from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.effects import Effect, Selection, naming, units
from kommune3.ui import lists, numbers
from kommune3.ui.effects import figures
from kommune3.ui.effects.lists import EffectFilters, EffectTable, days


@require_safe
def effects_list(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    selection = _selection(request)
    spread = request.GET.get("spread") == "1"
    totals = effects.totals(actor=actor, by=(), selection=selection, pro_rata=spread)
    months = effects.totals(actor=actor, by=("month",), selection=selection, pro_rata=True).sums
    address = reverse("effects:list")
    present = {total.measure for total in totals.sums}
    measure = selection.measure or next((unit.key for unit in units.all_units() if unit.key in present), "")
    query = request.GET.copy()
    query["spread"] = "1"
    context = {
        "lead": _("What the solutions have given, and how we know. Measured, proven and estimated are never added."),
        "breadcrumbs": [(_("Home"), "/")],
        "figures": figures.key_figures(totals.sums, address=address, narrowed=request.GET),
        "absent_kinds": figures.absent_kinds(totals.sums),
        "left_out": ngettext(
            "%(count)d gain lies only partly in the period and is not counted in the figures.",
            "%(count)d gains lie only partly in the period and are not counted in the figures.",
            totals.left_out,
        )
        % {"count": totals.left_out}
        if totals.left_out
        else "",
        "spread_url": f"{address}?{query.urlencode()}",
        "chart": figures.by_month(months, measure=measure) if measure else None,
        "chart_title": _("Gains by month: %(measure)s") % {"measure": units.get(measure).title} if measure else "",
    }
    return lists.respond(
        request,
        rows=effects.rows(actor=actor),
        table=EffectTable,
        filters=EffectFilters,
        title=_("Effects"),
        noun=_("gains"),
        template="ui/effects/list.html",
        context=context,
        empty=lists.Empty(
            _("No gains have been recorded yet"),
            _("When a solution has found or measured a gain, it stands here with its evidence."),
        ),
    )


@require_safe
def effect_detail(request: HttpRequest, effect_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    effect = reach.get(actor, Effect, effect_id)
    context = {
        "title": naming.indicator_title(effect.solution, effect.indicator),
        "breadcrumbs": [(_("Home"), "/"), (_("Effects"), reverse("effects:list"))],
        "effect": effect,
        "facts": _facts(effect),
        "newer_url": reverse("effects:detail", args=[effect.superseded_by_id]) if effect.superseded_by_id else "",
        "history": [
            {"title": _amount(row), "text": _history_text(row, effect), "at": row.recorded_at}
            for row in effects.history(actor=actor, effect=effect)
        ],
    }
    return render(request, "ui/effects/detail.html", context)


def _selection(request: HttpRequest) -> Selection:
    """What the filter of the list asks for, as the sums take it; a filter that cannot be read narrows nothing."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = EffectFilters(request.GET, queryset=effects.rows(actor=actor), request=request).form
    if not form.is_valid():
        return Selection()
    chosen = form.cleaned_data
    first, last = days(chosen["period"])
    return Selection(
        solution=chosen["solution"] or None,
        measure=chosen["measure"] or None,
        kind=chosen["kind"] or None,
        unit=chosen["unit"],
        start=first,
        end=last + timedelta(days=1) if last else None,
    )


def _amount(effect: Effect) -> str:
    unit = units.get(effect.measure)
    return f"{numbers.format_number(effect.quantity, unit.decimals)} {unit.symbol}"


def _facts(effect: Effect) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        (_("Quantity"), _amount(effect)),
        (_("Kind"), effects.Kind(effect.kind).label),
        (_("Unit of measure"), units.get(effect.measure).title),
        (_("Unit"), effect.unit or _("The whole municipality")),
        (_("Period"), _period(effect)),
        (_("Solution"), naming.solution_title(effect.solution)),
        (_("Recorded"), numbers.format_instant(effect.recorded_at)),
    ]
    if effect.baseline:
        facts.append((_("Compared with"), effect.baseline))
    if effect.note:
        facts.append((_("Assumption") if effect.kind == effects.Kind.ESTIMATED else _("Note"), effect.note))
    return facts


def _period(effect: Effect) -> str:
    return _("%(first)s to %(last)s, both included") % {
        "first": numbers.format_instant(effect.period_start),
        "last": numbers.format_instant(effect.period_end - timedelta(days=1)),
    }


def _history_text(row: Effect, shown: Effect) -> str:
    evidence = ", ".join(link["label"] for link in row.evidence) or row.source
    parts = [_period(row), _("source: %(source)s") % {"source": evidence}]
    if row.is_live:
        parts.append(_("counts"))
    if row.pk == shown.pk:
        parts.append(_("shown here"))
    return " · ".join(parts)
