# SPDX-License-Identifier: MPL-2.0
import time

from jobsbench.models import Mark
from kommune3.kernel.jobs import JobContext, durable


@durable(small=True)
def mark(job: JobContext, *, number: int) -> None:
    Mark.objects.create(number=number, at=time.time())
