# SPDX-License-Identifier: MPL-2.0
"""Random-sample control of look-ups: the samples, the page on which a leader decides, and the list as a file."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.oversight import sampling
from kommune3.kernel.oversight.models import Sample, Verdict
from kommune3.kernel.people.spotting import hidden
from kommune3.ui import lists, numbers
from kommune3.ui.forms import change_and_tell
from kommune3.ui.reviews.lists import RoundFilters
from kommune3.ui.samples.lists import LineFilters, LineTable, SampleTable, what


@require_safe
@never_cache
def samples(request: HttpRequest) -> HttpResponseBase:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = sampling.samples(actor)
    overdue = rows.filter(signed_at=None, due_date__lt=clock.municipal_date(clock.now())).count()
    return lists.respond(
        request,
        rows=rows,
        table=SampleTable,
        filters=RoundFilters,
        title=_("Control of look-ups"),
        noun=_("controls"),
        template="ui/samples/list.html",
        empty=lists.Empty(
            heading=_("No control yet"),
            text=_("A random sample of last month's look-ups is drawn on the first of a month."),
        ),
        context={
            "lead": _(
                "Each month a random sample of the look-ups of people in your unit is drawn. Control them and sign."
            ),
            "breadcrumbs": [(_("Home"), "/")],
            "overdue": overdue,
        },
    )


@never_cache
def sample(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    """A sample: each look-up is explained or followed up. Signed, it only shows what was found."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = sampling.get_sample(actor, sample_id)
    problem = ""
    if request.method == "POST":
        verdicts = [
            (
                row.number,
                request.POST.get(f"verdict-{row.number}", ""),
                hidden(request.POST.get(f"note-{row.number}", "")),
            )
            for row in sampling.lines(actor, found)
        ]
        try:
            sampling.decide(actor=actor, now=clock.now(), sample_id=found.pk, verdicts=verdicts)
        except AccessError as error:
            problem = str(error.message)
        else:
            if "sign" in request.POST:
                return sign(request, sample_id)
            messages.success(request, _("What you found has been saved."))
            return redirect("samples:sample", sample_id=found.pk)
    return render(request, "ui/samples/sample.html", _context(actor, found, problem))


def _context(actor: Actor, found: Sample, problem: str) -> dict[str, object]:
    today = clock.municipal_date(clock.now())
    lines: Iterable[Any] = sampling.lines(actor, found)  # each carries what its line of the log says
    rows = [
        {
            "line": row,
            "at": numbers.format_instant(row.at),
            "what": what(row.action),
            "is_own": row.actor_id == actor.account_id,
        }
        for row in lines
    ]
    facts = [
        (_("Unit"), found.unit),
        (_("Period"), f"{numbers.format_instant(found.start_date)} – {numbers.format_instant(found.end_date)}"),
        (_("Look-ups in all"), numbers.format_number(found.population, 0)),
        (_("Drawn"), numbers.format_number(len(rows), 0)),
        (_("Seed of the draw"), found.seed),
        (_("Sign no later than"), numbers.format_instant(found.due_date)),
        (_("Signed"), numbers.format_instant(found.signed_at) if found.signed_at else "–"),
    ]
    return {
        "title": str(found.unit),
        "breadcrumbs": [(_("Home"), "/"), (_("Control of look-ups"), reverse("samples:list"))],
        "sample": found,
        "facts": facts,
        "rows": rows,
        "choices": Verdict.choices,
        "is_signed": found.signed_at is not None,
        "is_late": found.signed_at is None and found.due_date < today,
        "problem": problem,
    }


@require_POST
def sign(request: HttpRequest, sample_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change_and_tell(
        request,
        lambda: sampling.sign(actor=actor, now=clock.now(), sample_id=sample_id),
        _("The control has been signed."),
    )
    return redirect("samples:sample", sample_id=sample_id)


@require_safe
@never_cache
def lines(request: HttpRequest, sample_id: UUID) -> HttpResponseBase:
    """The look-ups of a sample as a list, to be downloaded."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = sampling.get_sample(actor, sample_id)
    back = reverse("samples:sample", args=[found.pk])
    return lists.respond(
        request,
        rows=sampling.lines(actor, found),
        table=LineTable,
        filters=LineFilters,
        title=_("Look-ups that were drawn"),
        noun=_("look-ups"),
        context={
            "breadcrumbs": [
                (_("Home"), "/"), (_("Control of look-ups"), reverse("samples:list")), (str(found.unit), back),
            ]
        },
    )  # fmt: skip
