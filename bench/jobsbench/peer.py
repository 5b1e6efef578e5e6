# SPDX-License-Identifier: MPL-2.0
# ruff: noqa: E402
"""django-tasks-db, a database backend for the same tasks API."""

import importlib.metadata
import sys

import django

django.setup()  # before the models below can be imported

from django.db.models import Max, Min
from django_tasks_db.models import DBTaskResult

from jobsbench.measuring import Subject, measure_all
from jobsbench.peer_tasks import mark


def span():
    answer = DBTaskResult.objects.aggregate(first=Min("started_at"), last=Max("finished_at"))
    return answer["first"], answer["last"]


measure_all(
    Subject(
        name=f"django-tasks-db {importlib.metadata.version('django-tasks-db')}",
        enqueue=lambda number: mark.enqueue(number),
        worker=["-m", "django", "db_worker", "--no-startup-delay", "-v0"],
        unfinished=lambda: DBTaskResult.objects.exclude(status__in=["SUCCESSFUL", "FAILED"]).count(),
        span=span,
        clear=DBTaskResult.objects.all().delete,
    ),
    int(sys.argv[1]),
)
