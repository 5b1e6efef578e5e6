# SPDX-License-Identifier: MPL-2.0
"""The log as an operator gets it: through the formatter of the settings, every level of it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from kommune3.settings import logs


class Log:
    """What was written so far."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == event]


@pytest.fixture
def written() -> Iterator[Log]:
    given = dict(logs.configuration(level="DEBUG")["formatters"]["json"])
    formatter = given.pop("()")(**given)
    log = Log()
    handler = logging.StreamHandler(log.stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield log
    root.removeHandler(handler)
    root.setLevel(level)
