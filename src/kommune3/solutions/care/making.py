# SPDX-License-Identifier: MPL-2.0
"""The durable job that makes a plan."""

from careroutes import SoFar
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel import jobs
from kommune3.kernel.jobs import JobContext, durable
from kommune3.solutions.care.errors import CareError
from kommune3.solutions.care.models import Plan, PlanOrigin, PlanState
from kommune3.solutions.care.planning import baseline
from kommune3.solutions.care.planning.problem import POINT, Prepared, prepare
from kommune3.solutions.care.planning.solving import Solved, search
from kommune3.solutions.care.planning.writing import write_failure, write_result

QUEUE = "care"
jobs.queue(QUEUE, title=gettext_lazy("Care plans"), concurrency=4)


@durable(queue=QUEUE, max_attempts=3, timeout_minutes=30)
def make_plan(job: JobContext, *, plan_id: int) -> None:
    """Make a team's plan. Killed, it begins again; the plan is written once, in the commit."""
    plan = Plan.objects.select_related("team__address", "team__unit").filter(pk=plan_id).first()
    if plan is None or plan.state != PlanState.STARTED:
        with job.commit():
            return
    watch = _Watch(job)
    try:
        prepared = prepare(team=plan.team, day=plan.date, now=job.now())
        solved = _solved(plan, prepared, watch)
    except CareError as refusal:
        with job.commit():
            write_failure(plan, message=str(refusal), now=job.now())
        return
    if watch.raised is not None:
        raise watch.raised
    if watch.is_cancelled:
        return
    with job.commit():
        write_result(plan, prepared, solved, now=job.now())
        job.result = {"plan": plan.pk, "state": plan.state}


def _solved(plan: Plan, prepared: Prepared, watch: "_Watch") -> Solved:
    if plan.origin == PlanOrigin.BASELINE:
        return baseline.laid_by_hand(prepared)
    return search(prepared, seconds=plan.seconds, seed=plan.seed, on_progress=watch)


class _Watch:
    """Tells how far the search is, and stops it. The engine's core lets no error through, so it is kept for later."""

    def __init__(self, job: JobContext) -> None:
        self.job = job
        self.raised: Exception | None = None
        self.is_cancelled = False

    def __call__(self, so_far: SoFar) -> bool:
        try:
            text = _("%(left_out)s visits left out, %(points)s points") % {
                "left_out": so_far.unserved,
                "points": round(so_far.cost / POINT),
            }
            self.job.progress(so_far.share, text)
            self.is_cancelled = self.job.cancelled()
        except Exception as error:
            self.raised = error
        return self.raised is None and not self.is_cancelled
