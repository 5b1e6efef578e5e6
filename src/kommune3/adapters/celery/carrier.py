# SPDX-License-Identifier: MPL-2.0
"""The carrier that ``kernel.jobs`` chooses with KOMMUNE3_JOB_CARRIER=celery."""

from uuid import UUID

from kommune3.adapters.celery.app import app, queue_of, run_job


class CeleryCarrier:
    """Puts job ids in RabbitMQ. Raises what Celery raises when the broker does not answer; the sweeper comes later."""

    def send(self, *, queue: str, job_ids: list[UUID]) -> None:
        with app.producer_pool.acquire(block=True, timeout=5) as producer:
            for job_id in job_ids:
                run_job.apply_async([str(job_id)], queue=queue_of(queue), producer=producer, retry=False)
