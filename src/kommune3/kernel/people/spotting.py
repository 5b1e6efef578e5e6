# SPDX-License-Identifier: MPL-2.0
"""CPR numbers where none should be: found in free text, addresses and logs.

Ten digits in the common ways of writing them, of which the first six are a date that exists. One in about 27 other
numbers of ten digits looks so too; longer numbers, UUIDs and digests do not.
"""

import re
from collections.abc import Iterator

from kommune3.kernel.people.cpr import InvalidCpr, normalised

HIDDEN = "[CPR]"
_LIKELY = re.compile(
    r"(?P<digest>(?=[0-9-]*[a-fA-F])[0-9a-fA-F-]{32,})"
    r"|(?<!\d)(?P<day>\d{6})(?:[-+ \u2010-\u2014]|%2D|%20)?(?P<serial>\d{4})(?!\d)"
)


def _found(text: str) -> Iterator[re.Match[str]]:
    for match in _LIKELY.finditer(text):
        if match["day"]:
            try:
                normalised(match["day"] + match["serial"])
            except InvalidCpr:
                continue
            yield match


def spotted(text: str) -> bool:
    """Whether there is what looks like a CPR number in ``text``."""
    return next(_found(text), None) is not None


def hidden(text: str) -> str:
    """``text`` with :data:`HIDDEN` in place of what looks like a CPR number."""
    if not any(character.isdigit() for character in text):
        return text
    kept, end = [], 0
    for match in _found(text):
        kept += [text[end : match.start()], HIDDEN]
        end = match.end()
    return "".join([*kept, text[end:]])
