# SPDX-License-Identifier: MPL-2.0
# ruff: noqa: E402
import sys

import django

django.setup()  # before the models below can be imported

from django.db.models import Max, Min

from jobsbench.measuring import Subject, measure_all
from jobsbench.tasks import mark
from kommune3.kernel import clock, jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.jobs.models import FINISHED, Job

ACTOR = system("jobsbench")


def span():
    answer = Job.objects.aggregate(first=Min("started_at"), last=Max("finished_at"))
    return answer["first"], answer["last"]


measure_all(
    Subject(
        name="kommune3",
        enqueue=lambda number: jobs.enqueue(mark, {"number": number}, actor=ACTOR, now=clock.now()),
        worker=["-m", "kommune3", "worker"],
        unfinished=lambda: Job.objects.exclude(state__in=FINISHED).count(),
        span=span,
        clear=Job.objects.all().delete,
    ),
    int(sys.argv[1]),
)
