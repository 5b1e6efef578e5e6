# SPDX-License-Identifier: MPL-2.0
"""``/api/v1/care/``: plans as the pages have them. Instants are UTC, ways in seconds and metres, costs in points."""

import datetime as time
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema
from pydantic import Field

from kommune3.kernel import clock
from kommune3.kernel.access import lookups, reach
from kommune3.kernel.access.actor import Actor
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.models import Plan
from kommune3.solutions.care.operations import changes, day, plans, season
from kommune3.solutions.care.queries.plans import get_plan
from kommune3.solutions.care.queries.season import TeamSeason, get_season
from kommune3.ui.rest import make_api

LARGEST_PAGE = 1000
SECONDS_AT_ONCE = 10
"""A new plan around what happened is made while the caller waits, so it is a short search."""

api = make_api(key="care", title="Kommune3: care")


@api.exception_handler(CareError)
def refused(request: HttpRequest, error: CareError) -> HttpResponse:
    """What cannot be done, in the words of the page."""
    return api.create_response(request, {"code": type(error).__name__, "detail": str(error)}, status=409)


class Problem(Schema):
    """Why something was refused."""

    code: str
    detail: str


class PlansAsked(Schema):
    """Which plans, newest day first."""

    team: int | None = None
    date: time.date | None = None
    limit: int = Field(100, ge=1, le=LARGEST_PAGE)
    offset: int = Field(0, ge=0, le=1_000_000_000)


class PlanIn(Schema):
    """``origin`` BASELINE: nearest visit first, to compare with. ``seconds`` of CPU time that the search may take."""

    team: int
    date: time.date
    origin: Literal["SEARCHED", "BASELINE"] = "SEARCHED"
    seconds: int = Field(10, ge=1, le=plans.MOST_SECONDS)
    seed: int = Field(1, ge=0, le=1_000_000_000)


class PlanOut(Schema):
    """``state``: STARTED, FAILED (``failure`` says why), DRAFT, PUBLISHED or REPLACED. ``problems``: each names a visit
    (or none: the whole day), the rule and the field, and says what to do. Who reads the plan's stops is on record."""

    id: int
    team_id: int
    date: time.date
    origin: str
    state: str
    failure: str
    based_on_id: int | None
    version: int
    seconds: int
    seed: int
    weights_used: dict[str, int]
    figures: dict[str, Any]
    problems: list[dict[str, Any]]
    travel_source: str
    attribution: str
    is_travel_estimate: bool
    created_at: datetime
    finished_at: datetime | None
    published_at: datetime | None


class SeasonIn(Schema):
    """``seconds`` of CPU time for each day and each of the rounds, which go through all days again."""

    team: int
    first: time.date
    days: int = Field(season.DAYS, ge=1, le=season.MOST_DAYS)
    seconds: int = Field(10, ge=1, le=season.MOST_SECONDS)
    rounds: int = Field(2, ge=1, le=season.MOST_ROUNDS)
    seed: int = Field(1, ge=0, le=1_000_000_000)


class SeasonAsked(Schema):
    """Which days of a team."""

    team: int
    first: time.date
    days: int = Field(season.DAYS, ge=1, le=season.MOST_DAYS)


class SeasonDayOut(Schema):
    """``plan_id``: the published plan, else the newest that did not fail; null without one."""

    date: time.date
    plan_id: int | None
    state: str | None
    visits: int
    left_out: int
    late: int
    travel_seconds: int
    late_seconds: int


class SeasonOut(Schema):
    """``faces``: carers per citizen in the days; ``faces_28``: and in the published fortnight before them.
    ``travel_share``: of the paid time, in per cent. ``is_being_made``: a job plans the days now."""

    team_id: int
    faces: float | None
    faces_28: float | None
    most_faces: int
    travel_share: float | None
    is_being_made: bool
    days: list[SeasonDayOut]


class StopOut(Schema):
    """One carer's part of a visit. Without a shift the visit is left out; ``why`` says by which rules."""

    id: int
    visit_id: int
    number: int
    shift_id: int | None
    start_at: datetime | None
    end_at: datetime | None
    travel_seconds: int
    travel_metres: int
    late_seconds: int
    is_locked: bool
    why: list[str]


class WholePlanOut(PlanOut):
    stops: list[StopOut]


class MoveIn(Schema):
    """Stop to a shift after another stop (null: first); ``shift`` null leaves the visit out."""

    stop: int
    shift: int | None
    after: int | None = None


class MoveAtIn(MoveIn):
    """``version``: the plan's, as it was read; another one is refused, since somebody has changed it."""

    version: int = Field(ge=0)


class VersionIn(Schema):
    version: int = Field(ge=0)


class LockIn(VersionIn):
    stops: list[int] = Field(max_length=LARGEST_PAGE)
    locked: bool = True


class ReplanIn(Schema):
    seconds: int = Field(2, ge=1, le=SECONDS_AT_ONCE)


class BrokenOut(Schema):
    rule: str
    visit_id: int | None
    text: str


class MovedOut(Schema):
    stop_id: int
    visit_id: int
    shift_id: int | None
    start_at: datetime | None
    end_at: datetime | None
    travel_seconds: int
    late_seconds: int


class OutcomeOut(Schema):
    """Costs in points, whole and by part (before, after); ``parts`` in seconds and counts. ``broken``: what forbids."""

    cost_before: int
    cost_after: int
    parts: dict[str, tuple[int, int]]
    points: dict[str, tuple[int, int]]
    broken: list[BrokenOut]
    stops: list[MovedOut]
    version: int


class PlacesAsked(Schema):
    visit: int
    most: int = Field(5, ge=1, le=20)


class PlaceOut(Schema):
    shift_id: int
    after_stop_id: int | None
    start_at: datetime
    late_seconds: int
    cost: int


class VersionOut(Schema):
    version: int


@api.get("/plans", response=list[PlanOut], url_name="plans")
def list_plans(request: HttpRequest, asked: Annotated[PlansAsked, Query()]) -> Any:
    """The plans you may see."""
    found = reach.visible(_actor(request), Plan).order_by("-date", "-pk")
    if asked.team is not None:
        found = found.filter(team=asked.team)
    if asked.date is not None:
        found = found.filter(date=asked.date)
    return found[asked.offset : asked.offset + asked.limit]


@api.post("/plans", response={202: PlanOut, 409: Problem}, url_name="plans")
def start_plan(request: HttpRequest, asked: PlanIn) -> Any:
    """Have a plan made in the background; read it until its state is no longer STARTED."""
    return 202, plans.start(
        actor=_actor(request), now=clock.now(), team_id=asked.team, date=asked.date, origin=asked.origin,
        seconds=asked.seconds, seed=asked.seed,
    )  # fmt: skip


@api.post("/seasons", response={202: list[PlanOut], 409: Problem}, url_name="seasons")
def start_season(request: HttpRequest, asked: SeasonIn) -> Any:
    """Have a team's days planned together in the background: a draft for each day that has no published plan."""
    return 202, season.start(
        actor=_actor(request), now=clock.now(), team_id=asked.team, first=asked.first, days=asked.days,
        seconds=asked.seconds, rounds=asked.rounds, seed=asked.seed,
    )  # fmt: skip


@api.get("/seasons", response=list[SeasonOut], url_name="seasons")
def list_seasons(request: HttpRequest, asked: Annotated[SeasonAsked, Query()]) -> Any:
    """How a team's days stand and what they come to; empty for a team that you do not see."""
    found = get_season(actor=_actor(request), first=asked.first, days=asked.days, team_id=asked.team)
    return [_season(each) for each in found]


@api.get("/plans/{int:plan_id}", response=WholePlanOut, url_name="plan")
def one_plan(request: HttpRequest, plan_id: int) -> Any:
    """A plan with its stops."""
    actor = _actor(request)
    plan, stops = get_plan(actor=actor, plan_id=plan_id)
    lookups.search(actor=actor, now=clock.now(), kind="care.plan.read", by=("plan",), found=len(stops))
    return {**PlanOut.from_orm(plan).dict(), "stops": stops}


@api.delete("/plans/{int:plan_id}", response={204: None, 409: Problem}, url_name="plan")
def discard_plan(request: HttpRequest, plan_id: int) -> Any:
    """Throw a plan away that was never published; the making of it is stopped."""
    plans.discard(actor=_actor(request), now=clock.now(), plan_id=plan_id)
    return 204, None


@api.post("/plans/{int:plan_id}/copy", response={201: PlanOut, 409: Problem}, url_name="plan_copy")
def copy_plan(request: HttpRequest, plan_id: int) -> Any:
    """A draft with the same stops, to be changed."""
    return 201, plans.copy(actor=_actor(request), now=clock.now(), plan_id=plan_id)


@api.post("/plans/{int:plan_id}/replan", response={201: PlanOut, 409: Problem}, url_name="plan_replan")
def replan(request: HttpRequest, plan_id: int, asked: ReplanIn) -> Any:
    """A new draft around what has happened since; little is changed from what is announced."""
    return 201, day.replan(actor=_actor(request), now=clock.now(), plan_id=plan_id, seconds=asked.seconds)


@api.post("/plans/{int:plan_id}/publish", response={200: PlanOut, 409: Problem}, url_name="plan_publish")
def publish_plan(request: HttpRequest, plan_id: int) -> Any:
    """Approve a draft and announce it."""
    return plans.publish(actor=_actor(request), now=clock.now(), plan_id=plan_id)


@api.post("/plans/{int:plan_id}/preview", response={200: OutcomeOut, 409: Problem}, url_name="plan_preview")
def preview(request: HttpRequest, plan_id: int, asked: MoveIn) -> Any:
    """What a move would cost and break; nothing is changed."""
    return changes.preview(actor=_actor(request), now=clock.now(), plan_id=plan_id, move=_move(asked))


@api.post("/plans/{int:plan_id}/move", response={200: OutcomeOut, 409: Problem}, url_name="plan_move")
def move(request: HttpRequest, plan_id: int, asked: MoveAtIn) -> Any:
    """Make a move in a draft."""
    return changes.move(
        actor=_actor(request), now=clock.now(), plan_id=plan_id, version=asked.version, move=_move(asked)
    )


@api.post("/plans/{int:plan_id}/lock", response={200: VersionOut, 409: Problem}, url_name="plan_lock")
def lock(request: HttpRequest, plan_id: int, asked: LockIn) -> Any:
    """Keep stops as they are in later searches, or set them free."""
    version = changes.lock(
        actor=_actor(request), now=clock.now(), plan_id=plan_id, version=asked.version, stop_ids=asked.stops,
        locked=asked.locked,
    )  # fmt: skip
    return {"version": version}


@api.post("/plans/{int:plan_id}/undo", response={200: VersionOut, 409: Problem}, url_name="plan_undo")
def undo(request: HttpRequest, plan_id: int, asked: VersionIn) -> Any:
    """Take back the latest change by hand."""
    return {"version": changes.undo(actor=_actor(request), now=clock.now(), plan_id=plan_id, version=asked.version)}


@api.get("/plans/{int:plan_id}/places", response={200: list[PlaceOut], 409: Problem}, url_name="plan_places")
def places(request: HttpRequest, plan_id: int, asked: Annotated[PlacesAsked, Query()]) -> Any:
    """The cheapest places for a visit, cheapest first."""
    return changes.places(
        actor=_actor(request), now=clock.now(), plan_id=plan_id, visit_id=asked.visit, most=asked.most
    )


def _season(found: TeamSeason) -> dict[str, Any]:
    return {
        "team_id": found.team.pk, "faces": found.faces, "faces_28": found.faces_28, "most_faces": found.most_faces,
        "travel_share": found.travel_share, "is_being_made": found.progress is not None,
        "days": [
            {
                "date": day.date, "plan_id": day.plan.pk if day.plan else None,
                "state": day.plan.state if day.plan else None, "visits": day.visits, "left_out": day.counted.left_out,
                "late": day.counted.late, "travel_seconds": day.travel_seconds, "late_seconds": day.late_seconds,
            }
            for day in found.days
        ],
    }  # fmt: skip


def _move(asked: MoveIn) -> changes.Move:
    return changes.Move(stop_id=asked.stop, shift_id=asked.shift, after_stop_id=asked.after)


def _actor(request: HttpRequest) -> Actor:
    found: Actor = request.actor  # type: ignore[attr-defined]
    return found
