# SPDX-License-Identifier: MPL-2.0
import os

from killdrill.models import Mark
from kommune3.kernel import events


@events.on("killdrill.wished")
def mark_the_wish(event: events.Published) -> None:
    Mark.objects.create(label=event.payload["label"], attempt=0, process=os.getpid())
