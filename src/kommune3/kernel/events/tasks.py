# SPDX-License-Identifier: MPL-2.0
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kommune3.kernel.events.handling import Published, handler_named
from kommune3.kernel.events.models import Event
from kommune3.kernel.jobs import JobContext, PermanentError, durable, schedule


class EventGone(PermanentError):
    """The event is older than events are kept."""

    def __init__(self) -> None:
        super().__init__(_("The event is older than events are kept, so it can no longer be delivered."))


@durable(queue="events", small=True, max_attempts=10)
def deliver_event(job: JobContext, *, event_id: str, handler: str) -> None:
    """Call one handler for one event, in the transaction that also records the delivery."""
    event = Event.objects.filter(pk=event_id).first()
    if event is None:
        raise EventGone
    handler_named(event.name, handler)(Published(event.pk, event.name, event.payload, event.published_at))


@durable()
def remove_old_events(job: JobContext) -> dict[str, int]:
    """Remove events older than finished jobs are kept."""
    before = job.now() - timedelta(days=settings.JOB_KEEP_DAYS)
    return {"removed": Event.objects.filter(published_at__lt=before).delete()[0]}


schedule("events.old.removed", "50 3 * * *", remove_old_events, title=gettext_lazy("Remove old events"))
