# SPDX-License-Identifier: MPL-2.0
"""The half-yearly review of rights: the rounds, the page on which a leader decides, and the signed round as a file."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kommune3.kernel import clock
from kommune3.kernel.access import declare
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.access.errors import AccessError
from kommune3.kernel.rights import reviews, sealed
from kommune3.kernel.rights.access import START_REVIEW
from kommune3.kernel.rights.models import Decision
from kommune3.ui import lists, numbers
from kommune3.ui.forms import change_and_tell
from kommune3.ui.reviews.forms import NOTE, StartForm, decided
from kommune3.ui.reviews.lists import LineFilters, LineTable, RoundFilters, RoundTable


@require_safe
@never_cache
def rounds(request: HttpRequest) -> HttpResponseBase:
    """Every round one reviews; for administrators also what signed rounds want changed, and a form to open one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    titles = declare.roles()
    return lists.respond(
        request,
        rows=reviews.rounds(actor),
        table=RoundTable,
        filters=RoundFilters,
        title=_("Review of rights"),
        noun=_("reviews"),
        template="ui/reviews/list.html",
        context={
            "lead": _("Who has which rights is looked through every half-year, and signed."),
            "breadcrumbs": [(_("Home"), "/")],
            "start": StartForm(actor=actor) if actor.may(START_REVIEW) else None,
            "outstanding": [
                {"line": line, "role": titles.get(line.role, line.role), "decision": line.get_decision_display()}
                for line in reviews.outstanding(actor)[:200]
            ],
        },
    )


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = StartForm(request.POST, actor=actor)
    if not form.is_valid():
        messages.error(request, _("Choose a unit."))
        return redirect("reviews:list")
    try:
        made = reviews.start_round(
            actor=actor,
            now=clock.now(),
            unit_id=form.cleaned_data["unit"].pk,
            deadline_days=settings.REVIEW_DEADLINE_DAYS,
        )
    except AccessError as error:
        messages.error(request, str(error.message))
        return redirect("reviews:list")
    messages.success(request, _("The review is open, and the leader has been told."))
    return redirect("reviews:round", round_id=made.pk)


@never_cache
def review(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """A round: its rights, each to be kept, ended or changed. Signed, it only shows what was decided."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reviews.get_round(actor, round_id)
    problem = ""
    if request.method == "POST":
        try:
            count = reviews.decide(
                actor=actor, now=clock.now(), round_id=round_id, decided=decided(request.POST.dict())
            )
        except AccessError as error:
            problem = str(error.message)
        else:
            text = ngettext("%(count)d decision has been saved.", "%(count)d decisions have been saved.", count)
            messages.success(request, text % {"count": count})
            return redirect("reviews:round", round_id=round_id)
    rows = _rows(request, actor, round_id)
    left = sum(not row["decision"] for row in rows)
    signed_at = found.signed_at
    is_signed = signed_at is not None
    facts = [
        (_("Unit"), found.unit),
        (_("Opened"), found.opened_at),
        (_("Sign no later than"), found.due_date),
        (_("Rights"), len(rows)),
    ]
    if signed_at is not None:
        facts += [
            (_("Signed"), f"{numbers.format_instant(signed_at)}, {found.signer}"),
            (_("Digest"), found.digest),
            (_("As it was signed"), _("Yes") if sealed.is_intact(found) else _("NO: it has been changed")),
        ]
    context = {
        "title": _("Review of rights: %(unit)s") % {"unit": found.unit},
        "lead": "" if is_signed else _("Is it still right that each of these may do what the role lets them do?"),
        "breadcrumbs": [(_("Home"), "/"), (_("Review of rights"), reverse("reviews:list"))],
        "facts": facts,
        "round": found,
        "is_signed": is_signed,
        "is_late": not is_signed and found.due_date < clock.municipal_date(clock.now()),
        "rows": rows,
        "left": left,
        "problem": problem,
        "choices": Decision.choices,
    }
    return render(request, "ui/reviews/round.html", context)


@require_POST
def keep(request: HttpRequest, round_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        count = reviews.keep_the_rest(actor=actor, now=clock.now(), round_id=round_id)
    except AccessError as error:
        messages.error(request, str(error.message))
    else:
        text = ngettext("%(count)d right is kept.", "%(count)d rights are kept.", count)
        messages.success(request, text % {"count": count})
    return redirect("reviews:round", round_id=round_id)


@require_POST
def sign(request: HttpRequest, round_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    change_and_tell(
        request,
        lambda: reviews.sign(actor=actor, now=clock.now(), round_id=round_id),
        _("The review has been signed. Rights that were to end have ended."),
    )
    return redirect("reviews:round", round_id=round_id)


@require_safe
@never_cache
def lines_of(request: HttpRequest, round_id: UUID) -> HttpResponseBase:
    """The round as a list that can be filtered and taken out as a file."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = reviews.get_round(actor, round_id)
    title = _("Review of rights: %(unit)s") % {"unit": found.unit}
    return lists.respond(
        request,
        rows=reviews.lines(actor, round_id),
        table=LineTable,
        filters=LineFilters,
        title=title,
        noun=_("rights"),
        context={
            "lead": _("Signed with the digest %(digest)s.") % {"digest": found.digest} if found.digest else "",
            "breadcrumbs": [
                (_("Home"), "/"),
                (_("Review of rights"), reverse("reviews:list")),
                (title, reverse("reviews:round", args=[round_id])),
            ],
        },
        on_export=lambda form: reviews.record_export(actor=actor, now=clock.now(), round_id=round_id, form=form),
    )


@require_POST
def carry_out(request: HttpRequest, line_id: UUID) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    reviews.carry_out(actor=actor, now=clock.now(), line_id=line_id)
    messages.success(request, _("Noted as carried out."))
    return redirect("reviews:list")


def _rows(request: HttpRequest, actor: Actor, round_id: UUID) -> list[dict[str, object]]:
    titles = declare.roles()
    sent = {said.line_id: said for said in decided(request.POST.dict())}
    rows: list[dict[str, object]] = []
    for line in reviews.lines(actor, round_id).select_related("round__unit"):
        said = sent.get(line.pk)
        rows.append(
            {
                "line": line,
                "role": titles.get(line.role, line.role),
                "is_own": reviews.is_own(actor, line),
                "decision": said.decision if said else line.decision,
                "label": line.get_decision_display(),
                "note": request.POST.get(f"{NOTE}{line.pk}", line.note),
                "decided_by": line.decider,
            }
        )
    return rows
