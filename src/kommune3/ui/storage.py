# SPDX-License-Identifier: MPL-2.0
"""Static files with a fingerprint in their name, so that browsers keep them for ever."""

import re
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Names that Vite has already given a fingerprint, such as assets/main-Dgk0qpEk.js.
FINGERPRINTED = re.compile(r"^assets/.+-[\w-]{8}\.\w+$")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Leaves the front end's own fingerprints alone: its modules refer to one another by those names."""

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        if FINGERPRINTED.match(name):
            return name
        return str(super().hashed_name(name, content, filename))
