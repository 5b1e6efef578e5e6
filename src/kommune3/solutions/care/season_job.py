# SPDX-License-Identifier: MPL-2.0
"""The durable job that plans a team's days together. Each day is written as a draft as soon as it is found."""

from datetime import date

from careroutes import Answer, SoFar
from django.utils.translation import gettext as _

from kommune3.kernel.jobs import JobContext, durable
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.making import QUEUE
from kommune3.solutions.care.models import Plan, PlanState, Stop
from kommune3.solutions.care.planning import season
from kommune3.solutions.care.planning.problem import Prepared, prepare
from kommune3.solutions.care.planning.rows import plan_stops
from kommune3.solutions.care.planning.solving import Solved, read_back
from kommune3.solutions.care.planning.writing import breaks_of, violations_of, write_failure, write_result

ROUND, VERSION = "season_round", "season_version"
"""Kept with a plan's figures: how many rounds it has been through, and its version then. A draft of another version has
been changed by somebody, and stays as they have it."""


@durable(queue=QUEUE, max_attempts=10, timeout_minutes=240)
def make_season(job: JobContext, *, plan_ids: list[int], rounds: int) -> None:
    """Plan the days of a team. Killed, it goes on with the day it was at; what is written stays."""
    work = _Work(job, plan_ids, rounds)
    work.read()
    if work.prepared:
        first = next(iter(work.plans.values()))
        made = season.plan_days(
            list(work.prepared.values()), seconds=first.seconds, seed=first.seed, rounds=rounds, met=work.met(),
            begun=work.begun, on_progress=work.tell, on_day=work.write,
        )  # fmt: skip
        if work.raised is not None:
            raise work.raised
        if made.is_stopped:
            return
    with job.commit():
        job.result = {"plans": plan_ids}


class _Work:
    """The days that are the season's to plan, and what is written of them."""

    def __init__(self, job: JobContext, plan_ids: list[int], rounds: int) -> None:
        self.job, self.plan_ids, self.rounds = job, plan_ids, rounds
        self.plans: dict[date, Plan] = {}
        self.prepared: dict[date, Prepared] = {}
        self.begun: dict[date, tuple[int, Answer]] = {}
        self.raised: Exception | None = None

    def read(self) -> None:
        """Prepare each day that nobody else has taken in hand, and read what an earlier attempt wrote of it."""
        plans = Plan.objects.select_related("team__address", "team__unit").filter(pk__in=self.plan_ids)
        for plan in plans.order_by("date"):
            if not _is_ours(plan):
                continue
            try:
                prepared = prepare(team=plan.team, day=plan.date, now=self.job.now())
            except CareError as refusal:
                with self.job.checkpoint():
                    write_failure(plan, message=str(refusal), now=self.job.now())
                continue
            self.plans[plan.date], self.prepared[plan.date] = plan, prepared
            if plan.state == PlanState.DRAFT:
                self.begun[plan.date] = (
                    plan.figures[ROUND], read_back(prepared, plan_stops(plan), breaks_of(prepared, plan)),
                )  # fmt: skip

    def met(self) -> season.Faces:
        """Whom citizens see on those of the days that are published, or changed by somebody."""
        team, days = next(iter(self.plans.values())).team, [*self.plans]
        published = Plan.objects.filter(
            team=team, date__gte=days[0], date__lte=days[-1], state=PlanState.PUBLISHED
        ).exclude(date__in=days)
        touched = Plan.objects.filter(pk__in=self.plan_ids, state=PlanState.DRAFT).exclude(date__in=days)
        pairs = (
            Stop.objects.filter(
                plan__in=[*published.values_list("pk", flat=True), *touched.values_list("pk", flat=True)]
            )
            .exclude(shift=None)
            .order_by()
            .values_list("visit__citizen_id", "shift__carer_id")
            .distinct()
        )
        return season.united({citizen: frozenset([carer])} for citizen, carer in pairs)

    def write(self, day: date, solved: Solved | None, done: int) -> None:
        """A day that a round has gone through, unless somebody has taken it in hand meanwhile."""
        with self.job.checkpoint():
            plan = Plan.objects.select_for_update().filter(pk=self.plans[day].pk).first()
            if plan is None or not _is_ours(plan):
                return
            is_new = plan.state == PlanState.STARTED
            if solved is not None and (is_new or not violations_of(solved)):
                plan.stops.all().delete()
                plan.version += not is_new
                write_result(plan, self.prepared[day], solved, now=self.job.now())
            if plan.state == PlanState.DRAFT:
                plan.figures |= {ROUND: done, VERSION: plan.version}
                plan.save(update_fields=["figures"])

    def tell(self, share: float, so_far: SoFar) -> bool:
        """Say how far it is; no when somebody stopped it. The engine's core lets no error through, so it is kept."""
        try:
            count = len(self.prepared) * self.rounds
            text = _("Day %(done)s of %(all)s, round %(round)s of %(rounds)s") % {
                "done": min(int(share * count), count - 1) % len(self.prepared) + 1,
                "all": len(self.prepared),
                "round": min(int(share * self.rounds), self.rounds - 1) + 1,
                "rounds": self.rounds,
            }
            self.job.progress(share, text)
            is_cancelled: bool = self.job.cancelled()
        except Exception as error:
            self.raised = error
            return False
        return not is_cancelled


def _is_ours(plan: Plan) -> bool:
    """Whether nobody has published, changed or thrown away the plan since the season had it."""
    if plan.state == PlanState.DRAFT:
        return bool(plan.figures.get(VERSION) == plan.version)
    return plan.state == PlanState.STARTED
