# SPDX-License-Identifier: MPL-2.0
"""From the engine's answer to rows: stops with times, ways and lateness, and why a visit is left out."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import careroutes
from careroutes import Answer, Reason
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.solutions.care.models import Plan, PlanState, Stop, Visit
from kommune3.solutions.care.planning.counting import count, late_of
from kommune3.solutions.care.planning.problem import Prepared, is_unknown_way, key_of, keys_of
from kommune3.solutions.care.planning.solving import Solved

MOST_EXPLAINED = 60
"""Of more visits left out than this, nobody reads the reasons of each; finding them would take longer than the plan."""

_BECAUSE: dict[Reason, str | Promise] = {
    Reason.COMPETENCE: gettext_lazy("%(count)s of %(all)s carers lack a competence that the visit needs."),
    Reason.EXCLUDED: gettext_lazy("%(count)s of %(all)s carers are not to come, or cannot get there."),
    Reason.PARTNER: gettext_lazy("%(count)s of %(all)s carers make the visit that it hangs together with."),
    Reason.HOURS: gettext_lazy("%(count)s of %(all)s carers are not on duty when the visit is to begin."),
    Reason.CAPACITY: gettext_lazy("%(count)s of %(all)s carers cannot carry more."),
    Reason.NO_ROOM: gettext_lazy("%(count)s of %(all)s carers have no room for it beside their other visits."),
    Reason.TOO_DEAR: gettext_lazy(
        "%(count)s of %(all)s carers have room, but it costs more than leaving the visit out."
    ),
}


@dataclass(frozen=True)
class Way:
    """How a carer gets to a stop."""

    seconds: int
    metres: int


def ways_of(prepared: Prepared, solved: Solved) -> dict[str, Way]:
    """The engine's visit -> the way there from the stop before, or from where the shift starts."""
    ways = prepared.diagnosis.ways
    places = {visit.id: visit.place for visit in solved.problem.visits}
    carers = {carer.id: carer for carer in solved.problem.carers}
    found: dict[str, Way] = {}
    for carer, route in solved.answer.routes().items():
        here, mode = carers[carer].from_place, carers[carer].mode
        for planned in route:
            there = places[planned.visit]
            found[planned.visit] = Way(ways.seconds(mode, here, there) or 0, ways.metres(mode, here, there))
            here = there
    return found


def violations_of(solved: Solved) -> list[dict[str, Any]]:
    """What the independent checker finds, with ways that nobody knows."""
    found = [
        {
            "code": each.code,
            "visit_id": keys_of(each.visit)[0] if each.visit else None,
            "shift_id": int(each.carer) if each.carer else None,
            "message": each.message,
        }
        for each in careroutes.check(solved.problem, solved.answer)
    ]
    places = {visit.id: visit.place for visit in solved.problem.visits}
    for carer in solved.problem.carers:
        here = carer.from_place
        for planned in solved.answer.routes().get(carer.id, []):
            there = places[planned.visit]
            if here is not None and is_unknown_way(solved.problem.travel[carer.mode].times[here][there]):
                visit = keys_of(planned.visit)[0]
                found.append(
                    {"code": "unknown_way", "visit_id": visit, "shift_id": int(carer.id), "message": "no way is known"}
                )
            here = there
    return found


def why_left_out(prepared: Prepared, solved: Solved) -> dict[int, list[str]]:
    """Visit -> why nobody makes it, rule by rule."""
    why = {visit: [text] for visit, text in prepared.diagnosis.left_out.items()}
    out = [key for key in solved.answer.unserved if keys_of(key)[1] == 0]
    asked = Answer(planned=solved.answer.planned, unserved=tuple(out[:MOST_EXPLAINED]), breaks=solved.answer.breaks)
    if out and solved.problem.carers:
        for each in careroutes.explain(solved.problem, asked):
            why[keys_of(each.visit)[0]] = _reasons(each.removed)
    for key in out[MOST_EXPLAINED:]:
        why[keys_of(key)[0]] = [_("There is no room for it beside the other visits.")]
    return why


def _reasons(removed: Mapping[str, Reason]) -> list[str]:
    counted = Counter(removed.values())
    return [
        str(_BECAUSE[reason]) % {"count": counted[reason], "all": len(removed)} for reason in Reason if counted[reason]
    ]


def stops_of(
    plan: Plan,
    prepared: Prepared,
    solved: Solved,
    *,
    why: Mapping[int, list[str]],
    locked: Collection[str] = (),
    only: Collection[str] | None = None,
) -> list[Stop]:
    """A stop for each carer of each visit of the day (of the engine's visits ``only``), not written yet."""
    planned = {each.visit: each for each in solved.answer.planned}
    ways, late = ways_of(prepared, solved), late_of(prepared, solved.answer)
    found = []
    for visit in prepared.rows.visits:
        for half in range(visit.carers):
            key = key_of(visit.pk, half)
            each = planned.get(key)
            if only is not None and key not in only:
                continue
            if each is None:
                found.append(Stop(plan=plan, visit=visit, number=half, why=why.get(visit.pk, [])))
                continue
            start = prepared.rows.instant(each.start)
            found.append(
                Stop(
                    plan=plan, visit=visit, number=half, shift_id=int(each.carer), start_at=start,
                    end_at=end_of(visit, start), travel_seconds=ways[key].seconds, travel_metres=ways[key].metres,
                    late_seconds=late[key], is_locked=key in locked,
                )
            )  # fmt: skip
    return found


def end_of(visit: Visit, start: datetime) -> datetime:
    """When a visit that starts then is over."""
    return start + timedelta(minutes=visit.minutes)


def figures_of(prepared: Prepared, solved: Solved) -> dict[str, Any]:
    """What a plan comes to, as it is kept with it. ``breaks``: shift -> when the break begins."""
    counts = count(prepared, solved)
    return {
        **counts.parts,
        "travel_metres": sum(way.metres for way in ways_of(prepared, solved).values()) + _home_metres(prepared, solved),
        "visits": len(prepared.rows.visits),
        "cost": counts.cost,
        "points": counts.points,
        "iterations": solved.answer.iterations,
        "cpu_seconds": round(solved.answer.cpu_seconds, 2),
        "breaks": {shift: prepared.rows.instant(at).isoformat() for shift, at in solved.answer.breaks.items()},
    }


def breaks_of(prepared: Prepared, plan: Plan) -> dict[str, int]:
    """The breaks of a plan as the engine has them."""
    kept: dict[str, str] = plan.figures.get("breaks", {})
    return {shift: prepared.rows.seconds(datetime.fromisoformat(at)) for shift, at in kept.items()}


def write_result(
    plan: Plan, prepared: Prepared, solved: Solved, *, now: datetime, locked: Collection[str] = ()
) -> Plan:
    """Write what was found, in the caller's transaction. A plan that breaks a rule has FAILED and no stops."""
    plan.weights = prepared.weights
    plan.weights_used = {
        field.name: getattr(prepared.weights, field.name)
        for field in prepared.weights._meta.concrete_fields
        if field.get_internal_type() == "PositiveIntegerField"
    }
    ways = prepared.diagnosis.ways
    plan.travel_source, plan.attribution = ways.source[:200], ways.attribution[:200]
    plan.is_travel_estimate = ways.is_estimate
    plan.problems = prepared.diagnosis.problems
    plan.violations = violations_of(solved)
    plan.finished_at = now
    if plan.violations:
        plan.state = PlanState.FAILED
        plan.failure = _("The plan broke %(count)s rules when it was checked, so it was thrown away. Try again.") % {
            "count": len(plan.violations)
        }
        plan.save()
        return plan
    plan.state, plan.figures = PlanState.DRAFT, figures_of(prepared, solved)
    plan.save()
    Stop.objects.bulk_create(
        stops_of(plan, prepared, solved, why=why_left_out(prepared, solved), locked=locked), batch_size=500
    )
    return plan


def write_failure(plan: Plan, *, message: str, now: datetime) -> None:
    """Write why there is no plan, in the caller's transaction."""
    plan.state, plan.failure, plan.finished_at = PlanState.FAILED, message[:500], now
    plan.save(update_fields=["state", "failure", "finished_at"])


def _home_metres(prepared: Prepared, solved: Solved) -> int:
    """The ways back from the last visit of each carer."""
    places = {visit.id: visit.place for visit in solved.problem.visits}
    routes = solved.answer.routes()
    return sum(
        prepared.diagnosis.ways.metres(carer.mode, places[routes[carer.id][-1].visit], carer.to_place)
        for carer in solved.problem.carers
        if carer.id in routes
    )
