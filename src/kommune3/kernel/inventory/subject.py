# SPDX-License-Identifier: MPL-2.0
"""A person as the inventory looks for them: identifiers, and the words that would tell who it is."""

import json
import re
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

ERASED_NAME = "[slettet]"
"""What stands where a name or another word about an erased person stood."""

_SHORTEST = 5
"""Fewer letters than this tell nobody apart and are not looked for in texts."""


def _forms(word: str) -> set[str]:
    """A word as a database may hold it: SQLite tells large and small letters apart outside of a-z."""
    return {form for each in (word, word.upper(), word.lower()) for form in (each, json.dumps(each)[1:-1])}


@dataclass(frozen=True)
class Subject:
    """Whom rows are about. ``cpr``: ten digits; ``street``: only where the address is nobody else's."""

    person_id: UUID
    account_id: UUID | None
    name: str
    turned_name: str = ""
    username: str = ""
    email: str = ""
    phone: str = ""
    cpr: str = ""
    street: str = ""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What is looked for in texts, longest first."""
        found = {self.name, self.turned_name, self.username, self.email, self.phone, self.cpr, self.street}
        if self.cpr:
            found |= {f"{self.cpr[:6]}-{self.cpr[6:]}", f"{self.cpr[:6]} {self.cpr[6:]}"}
        return tuple(sorted((word for word in found if len(word) >= _SHORTEST), key=len, reverse=True))

    @cached_property
    def stored_words(self) -> tuple[str, ...]:
        """The same, also as JSON writes them in the database."""
        return tuple(dict.fromkeys(form for word in self.words for form in _forms(word)))

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        # Between letters a name is part of another word: "Bo Dam" is not in "Bo Dammen".
        words = "|".join(re.escape(word) for word in self.words)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE) if words else None

    def is_in(self, text: str) -> bool:
        """Whether the text tells who it is about."""
        return self._pattern is not None and self._pattern.search(text) is not None

    def redacted(self, text: str) -> str:
        """The text without what tells who it is about."""
        return text if self._pattern is None else self._pattern.sub(ERASED_NAME, text)
