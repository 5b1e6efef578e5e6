# SPDX-License-Identifier: MPL-2.0
"""Publishing: the event and its deliveries are written in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kommune3.kernel import jobs
from kommune3.kernel.access.actor import system
from kommune3.kernel.events.handling import handlers_of
from kommune3.kernel.events.models import Event
from kommune3.kernel.events.tasks import deliver_event
from kommune3.kernel.solutions import registry


def publish(name: str, payload: Mapping[str, Any], *, now: datetime) -> Event:
    """Write that ``name`` happened, and one job per handler, in the caller's transaction.

    Rolled back, nothing was published. Committed, each handler is called at least once, also after ``kill -9``, in no
    promised order. Handlers of a solution that is switched off are not told. ``payload`` is JSON without personal data.
    """
    with transaction.atomic():
        event = Event.objects.create(name=name, payload=dict(payload), published_at=now)
        for dotted in handlers_of(name):
            solution = registry.solution_of_module(dotted)
            if solution is not None and not registry.is_active(solution):
                continue
            jobs.enqueue(
                deliver_event,
                {"event_id": str(event.pk), "handler": dotted},
                actor=system("events.publish"),
                now=now,
                title=name,
                idempotency_key=f"event:{event.pk}:{dotted}",
                solution=solution,
            )
    return event
