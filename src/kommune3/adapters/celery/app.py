# SPDX-License-Identifier: MPL-2.0
"""The Celery application: one task, which runs the job it is given the id of."""

from uuid import UUID

from celery import Celery
from django.conf import settings

from kommune3.kernel import clock
from kommune3.kernel.jobs import carriers, leases
from kommune3.kernel.jobs.running import run
from kommune3.kernel.jobs.worker import own_name

app = Celery("kommune3", broker=settings.CELERY_BROKER_URL)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    # The row is the truth, so a message may be lost with its worker: it is acknowledged when it is received, which
    # also keeps a long job from running into the broker's time limit for unacknowledged messages.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2,
    broker_transport_options={"confirm_publish": True},
    worker_hijack_root_logger=False,
    worker_enable_remote_control=False,
)


def queue_of(name: str) -> str:
    """The broker's name of one of our queues."""
    return f"{settings.CELERY_QUEUE_PREFIX}.{name}"


@app.task(name="kommune3.run_job")  # type: ignore[untyped-decorator]
def run_job(job_id: str) -> None:
    """Claim the job and run it. A message that comes twice, late or too early finds nothing to claim."""
    claimed = leases.claim_one(UUID(job_id), worker=own_name(), now=clock.now())
    if not claimed:
        return
    run(claimed)
    # others may have found the queue full while this one ran
    carriers.announce(leases.waiting_in_full_queue(claimed[0].queue, now=clock.now()))
