# SPDX-License-Identifier: MPL-2.0
import time

from django_tasks import task

from jobsbench.models import Mark


@task
def mark(number: int) -> None:
    Mark.objects.create(number=number, at=time.time())
