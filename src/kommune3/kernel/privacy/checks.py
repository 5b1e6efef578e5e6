# SPDX-License-Identifier: MPL-2.0
from typing import Any

from django.core.checks import CheckMessage, Error, register

from kommune3.kernel.privacy import replaying


@register("restore")
def restore_is_finished(**options: Any) -> list[CheckMessage]:
    """Nothing is served while people who were erased may be back."""
    if not replaying.is_unfinished():
        return []
    return [
        Error(
            "A restore was broken off before the erasures were replayed: people who were erased may be back.",
            hint="Run: kommune3 erasures replay",
            id="privacy.E001",
        )
    ]
