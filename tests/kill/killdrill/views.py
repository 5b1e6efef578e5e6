# SPDX-License-Identifier: MPL-2.0
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from killdrill.models import Wish
from killdrill.tasks import small_mark, step_mark
from kommune3.kernel import clock, events, files, jobs
from kommune3.kernel.access.actor import Actor
from kommune3.kernel.audit import log


@csrf_exempt  # as API operations are; the bearer's key says who asks
@require_POST
def wishes(request: HttpRequest) -> JsonResponse:
    """Everything the platform promises of one change, in one transaction: a row, its line in the audit log, a stored
    file, a small and now and then a long job, and an event. The same label again changes nothing.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    now = clock.now()
    label = request.GET["label"]
    with transaction.atomic():
        wish, is_new = Wish.objects.get_or_create(label=label)
        if is_new:
            log.record(actor=actor, action="killdrill.wished", now=now, object=wish)
            events.publish("killdrill.wished", {"label": f"{label} told"}, now=now)
            jobs.enqueue(small_mark, {"label": f"{label} done"}, actor=actor, now=now, title=label)
            if "long" in request.GET:
                jobs.enqueue(step_mark, {"label": f"{label} long", "steps": 4}, actor=actor, now=now, title=label)
            if request.body:
                files.store(content=request.body, name=label, purpose="killdrill", actor=actor, now=now)
    return JsonResponse({"label": label}, status=201)
