# SPDX-License-Identifier: MPL-2.0
"""What a dispatcher changes in a plan by hand: what it would cost first, then the change, and back again."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from careroutes import BrokenStart, best_places
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec.structs import replace

from kommune3.kernel.access import reach
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log
from kommune3.solutions.care.errors import InvalidPlan, RuleBroken, StalePlan
from kommune3.solutions.care.models import Plan, PlanChange, Stop
from kommune3.solutions.care.operations.plans import PLAN, require_draft, require_ready
from kommune3.solutions.care.planning import moving
from kommune3.solutions.care.planning.counting import Counts, count
from kommune3.solutions.care.planning.moving import Broken
from kommune3.solutions.care.planning.problem import POINT, keys_of
from kommune3.solutions.care.planning.solving import Solved, whole
from kommune3.solutions.care.planning.standing import Standing, standing
from kommune3.solutions.care.planning.writing import figures_of, stops_of, ways_of, why_left_out

__all__ = ["Broken", "Move", "Moved", "Outcome", "Place", "lock", "move", "places", "preview", "undo"]

UNDOABLE = ("move", "lock")
_WRITTEN = ("shift_id", "start_at", "end_at", "travel_seconds", "travel_metres", "late_seconds", "is_locked", "why")


@dataclass(frozen=True, kw_only=True)
class Move:
    """Stop ``stop_id`` to a shift, after another stop of it (None: first). ``shift_id`` None: leave the visit out.

    Leaving out one half of a two-carer visit leaves out both. Where both lie left out and one is given to a shift, the
    other one goes where it costs least.
    """

    stop_id: int
    shift_id: int | None
    after_stop_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A stop with its times after a change; ``shift_id`` None: left out."""

    stop_id: int
    visit_id: int
    shift_id: int | None
    start_at: datetime | None
    end_at: datetime | None
    travel_seconds: int
    late_seconds: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a change costs, in points, part by part (before, after), and which stops get other times.

    ``parts``: travel_seconds, late_seconds, latest_seconds, waiting_seconds, overtime_seconds, missed_breaks,
    unknown_faces, changed (other carers than announced), moved_seconds (from the announced times) and left_out, in
    seconds and counts. ``points``: the same parts as the weights value them. With ``broken`` nothing can be changed so;
    the costs after are then those before. ``version``: the plan's, after the change.
    """

    cost_before: int
    cost_after: int
    parts: dict[str, tuple[int, int]]
    points: dict[str, tuple[int, int]]
    broken: tuple[Broken, ...]
    stops: tuple[Moved, ...]
    version: int

    @property
    def cost(self) -> int:
        """What the change adds, in points; below zero it is a gain."""
        return self.cost_after - self.cost_before


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a visit could go: to a shift, after a stop (None: first), when, and what it adds in points."""

    shift_id: int
    after_stop_id: int | None
    start_at: datetime
    late_seconds: int
    cost: int


def preview(*, actor: Actor, now: datetime, plan_id: int, move: Move) -> Outcome:
    """What a move would cost and break; nothing is written. Raises ``NotVisible``, :class:`PlanNotReady`."""
    plan = reach.get(actor, Plan, plan_id, action=PLAN)
    require_ready(plan)
    stands = standing(plan, now=now)
    found, broken = _moved(stands, move, now=now)
    if found is None:
        return _outcome(plan, stands, stands.counts, broken=broken)
    return _outcome(plan, stands, count(stands.prepared, found), changed=_changed(plan, stands, found, {}))


def move(*, actor: Actor, now: datetime, plan_id: int, version: int, move: Move) -> Outcome:
    """Make a move in a draft.

    Raises :class:`StalePlan`, :class:`RuleBroken` (says which), :class:`PlanNotReady`, :class:`PlanStands`,
    ``NotVisible`` and ``Forbidden``.
    """
    with transaction.atomic():
        plan = _draft(actor, plan_id, version)
        stands = standing(plan, now=now, fresh=True)
        found, broken = _moved(stands, move, now=now)
        if found is None:
            raise RuleBroken(" ".join(each.text for each in broken))
        why = why_left_out(stands.prepared, found) if move.shift_id is None else {}
        changed = _changed(plan, stands, found, why)
        detail = {"stop": move.stop_id, "shift": move.shift_id, "after": move.after_stop_id}
        counts = count(stands.prepared, found)
        _keep(
            plan, actor=actor, now=now, action="move", detail=detail, before=[each for each, _after in changed],
            costs=(stands.counts.cost, counts.cost),
        )  # fmt: skip
        _write(after for _before, after in changed)
        plan.figures = figures_of(stands.prepared, found)
        plan.save(update_fields=["version", "figures"])
        return _outcome(plan, stands, counts, changed=changed)


def lock(*, actor: Actor, now: datetime, plan_id: int, version: int, stop_ids: Collection[int], locked: bool) -> int:
    """Keep stops as they are in later searches, or set them free; returns the plan's new version.

    The other half of a two-carer visit goes with it. Raises as :func:`move` does.
    """
    with transaction.atomic():
        plan = _draft(actor, plan_id, version)
        visits = plan.stops.filter(pk__in=stop_ids).values("visit")
        stops = list(plan.stops.filter(visit__in=visits).exclude(shift=None).exclude(is_locked=locked))
        if not stops:
            return plan.version
        detail = {"stops": [stop.pk for stop in stops], "locked": locked}
        _keep(plan, actor=actor, now=now, action="lock", detail=detail, before=stops)
        plan.save(update_fields=["version"])
        plan.stops.filter(pk__in=[stop.pk for stop in stops]).update(is_locked=locked)
        return plan.version


def undo(*, actor: Actor, now: datetime, plan_id: int, version: int) -> int:
    """Take back the latest change that stands, exactly; returns the plan's new version.

    Raises as :func:`move` does, and :class:`InvalidPlan` where there is nothing to take back.
    """
    with transaction.atomic():
        plan = _draft(actor, plan_id, version)
        last = plan.changes.filter(undone_at=None).order_by("-version").first()
        if last is None or last.action not in UNDOABLE:
            raise InvalidPlan(_("There is nothing to undo."))
        stops = {stop.pk: stop for stop in plan.stops.filter(pk__in=[each["id"] for each in last.before])}
        for kept in last.before:
            if stop := stops.get(kept["id"]):
                for name in _WRITTEN:
                    value = kept[name]
                    is_instant = name in ("start_at", "end_at") and value is not None
                    setattr(stop, name, datetime.fromisoformat(value) if is_instant else value)
        _write(stops.values())
        last.undone_at = now
        last.save(update_fields=["undone_at"])
        plan.version += 1
        plan.figures = last.detail.get("figures", plan.figures)
        plan.save(update_fields=["version", "figures"])
        log.record(
            actor=actor, action="care.plan.undone", now=now, object=plan, unit_id=plan.team.unit_id,
            detail={"change": last.pk},
        )  # fmt: skip
        return plan.version


def places(*, actor: Actor, now: datetime, plan_id: int, visit_id: int, most: int = 5) -> list[Place]:
    """The cheapest places for a visit, cheapest first; the rest of the plan stays. None where it cannot go anywhere.

    Of a two-carer visit it is the first carer's places, the second one's is found when it is moved. Raises
    ``NotVisible``, :class:`PlanNotReady`.
    """
    plan = reach.get(actor, Plan, plan_id, action=PLAN)
    require_ready(plan)
    stands = standing(plan, now=now)
    halves = [key for key in stands.stops if keys_of(key)[0] == visit_id]
    asked = {visit.id for visit in stands.solved.problem.visits}
    if not halves or halves[0] not in asked:
        return []
    key = min(halves)
    day = stands.in_the_day(now, free=frozenset(halves))
    without = whole(
        day.problem,
        replace(day.answer, planned=tuple(each for each in day.answer.planned if each.visit not in halves)),
    )
    alone = replace(
        day.problem,
        visits=tuple(replace(each, group="") if each.id in halves else each for each in day.problem.visits),
        links=tuple(each for each in day.problem.links if not {each.first, each.second} <= set(halves)),
    )
    base = Solved(day.problem, without)
    try:
        offered = best_places(alone, without, key, most=most * 2)
    except BrokenStart:
        return []
    found: list[Place] = []
    for each in offered:
        if len(found) == most:
            break
        got, _broken = moving.place(stands.prepared, base, key, carer=each.carer, after=each.after)
        if got is None:
            continue
        start = next(planned.start for planned in got.answer.planned if planned.visit == key)
        latest = stands.prepared.rows.seconds(stands.prepared.visit_of(key).latest_at)
        found.append(
            Place(
                shift_id=int(each.carer),
                after_stop_id=stands.stops[each.after].pk if each.after else None,
                start_at=stands.prepared.rows.instant(start),
                late_seconds=max(0, start - latest),
                cost=round(each.cost / POINT),
            )
        )
    return sorted(found, key=lambda place: (place.cost, place.start_at))


# --- A move -----------------------------------------------------------------------------------------------------------


def _draft(actor: Actor, plan_id: int, version: int) -> Plan:
    """The plan to be changed, as the dispatcher saw it."""
    plan = reach.get(actor, Plan, plan_id, action=PLAN)
    plan = Plan.objects.select_for_update(of=("self",)).select_related("team__address", "team__unit").get(pk=plan.pk)
    require_draft(plan)
    if plan.version != version:
        raise StalePlan
    return plan


def _moved(stands: Standing, move: Move, *, now: datetime) -> tuple[Solved | None, list[Broken]]:
    key = stands.key(move.stop_id)
    if key is None:
        raise reach.NotVisible
    if key not in {visit.id for visit in stands.prepared.problem.visits}:
        why = stands.prepared.diagnosis.left_out.get(keys_of(key)[0], _("The visit has been cancelled."))
        return None, [Broken("left_out", keys_of(key)[0], why)]
    day = stands.in_the_day(now, free=frozenset([key]))
    if move.shift_id is None:
        try:
            return moving.leave_out(stands.prepared, day, key), []
        except BrokenStart:
            text = _("The rest of the plan does not hold any more as the day is now. Plan anew.")
            return None, [Broken("stale", None, text)]
    after = stands.key(move.after_stop_id) if move.after_stop_id is not None else None
    return moving.place(stands.prepared, day, key, carer=str(move.shift_id), after=after)


def _changed(plan: Plan, stands: Standing, found: Solved, why: Mapping[int, list[str]]) -> list[tuple[Stop, Stop]]:
    """(before, after) of each stop that differs."""
    ways = ways_of(stands.prepared, found)
    made = {each.visit: (int(each.carer), stands.prepared.rows.instant(each.start)) for each in found.answer.planned}
    other = {
        key
        for key, stop in stands.stops.items()
        if made.get(key, (None, None)) != (stop.shift_id, stop.start_at)
        or (key in ways and (ways[key].seconds, ways[key].metres) != (stop.travel_seconds, stop.travel_metres))
    }
    changed = []
    for after in stops_of(plan, stands.prepared, found, why=why, only=other):
        before = stands.stops.get(f"{after.visit_id}.{after.number}")
        if before is None:
            continue
        after.pk, after.is_locked = before.pk, before.is_locked
        if after.shift_id is None and before.shift_id is None:
            after.why = before.why
        if any(getattr(before, name) != getattr(after, name) for name in _WRITTEN):
            changed.append((before, after))
    return changed


def _outcome(
    plan: Plan,
    stands: Standing,
    counts: Counts,
    *,
    broken: Iterable[Broken] = (),
    changed: Iterable[tuple[Stop, Stop]] = (),
) -> Outcome:
    before = stands.counts
    return Outcome(
        cost_before=before.cost,
        cost_after=counts.cost,
        parts={name: (value, counts.parts[name]) for name, value in before.parts.items()},
        points={name: (value, counts.points[name]) for name, value in before.points.items()},
        broken=tuple(broken),
        stops=tuple(
            Moved(
                stop_id=after.pk, visit_id=after.visit_id, shift_id=after.shift_id, start_at=after.start_at,
                end_at=after.end_at, travel_seconds=after.travel_seconds, late_seconds=after.late_seconds,
            )
            for _before, after in changed
        ),
        version=plan.version,
    )  # fmt: skip


def _keep(
    plan: Plan,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    detail: dict[str, Any],
    before: Iterable[Stop],
    costs: tuple[int | None, int | None] = (None, None),
) -> None:
    """Put the change in the plan's history, with what it takes to undo it, and in the audit log."""
    plan.version += 1
    PlanChange.objects.create(
        plan=plan, version=plan.version, action=action, detail={**detail, "figures": plan.figures},
        before=[as_kept(stop) for stop in before], cost_before=costs[0], cost_after=costs[1],
        made_by_name=actor.name[:200], made_at=now,
    )  # fmt: skip
    log.record(
        actor=actor, action=f"care.plan.{action}", now=now, object=plan, unit_id=plan.team.unit_id, detail=detail
    )


def as_kept(stop: Stop) -> dict[str, Any]:
    """A stop as the history keeps it."""
    kept = {"id": stop.pk, **{name: getattr(stop, name) for name in _WRITTEN}}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in kept.items()}


def _write(stops: Iterable[Stop]) -> None:
    Stop.objects.bulk_update(list(stops), [name.removesuffix("_id") for name in _WRITTEN], batch_size=200)
