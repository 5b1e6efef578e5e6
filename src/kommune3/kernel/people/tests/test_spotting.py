# SPDX-License-Identifier: MPL-2.0
import io
import logging.config
import sys
import uuid

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from kommune3.kernel.people.spotting import HIDDEN, hidden, spotted
from kommune3.settings import logs


@pytest.mark.parametrize(
    "text",
    ["0101501234", "010150-1234", "010150 1234", "010150\u20131234", "010150%2D1234", "010150+1234",
     "?name=0101501234&x=1", "Se 010150-1234, bor nu i Grenaa", "cpr:0101501234.", "cpr0101501234", "2902004234"],
)  # fmt: skip
def test_a_cpr_number_is_spotted_in_every_common_form(text: str) -> None:
    assert spotted(text)
    assert HIDDEN in hidden(text) and not spotted(hidden(text))


@pytest.mark.parametrize(
    "text",
    ["", "12345678", "3201501234", "0113501234", "12345678901", "1763812345", "010150-123", "10 00 00 00 00",
     "2026-11-22", "DK29189846", "https://example.dk/a/1234", "45 12 34 56 78", "3002001234"],
)  # fmt: skip
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not spotted(text) and hidden(text) == text


@given(st.uuids())
def test_a_uuid_is_never_taken_for_one(value: uuid.UUID) -> None:
    assert not spotted(str(value)) and not spotted(f"/people/{value}/")


@given(st.text(), st.text())
def test_what_stands_around_it_stays(before: str, after: str) -> None:
    text = f"{before} 010150-1234 {after}"
    assert "010150-1234" not in hidden(text)


def test_a_digest_is_never_taken_for_one() -> None:
    assert not spotted("a" + "0101501234" + "b" * 53)


def test_a_log_line_never_holds_one_whoever_writes_it() -> None:
    """Also where a programmer forgot: in a field, in a library's sentence, in an exception, in what caused it."""
    stream = io.StringIO()
    settings = logs.configuration(level="INFO")
    handler = {"class": "logging.StreamHandler", "formatter": "json", "stream": stream}
    former = logging.getLogger().handlers[:]
    try:
        logging.config.dictConfig(settings | {"handlers": {"stderr": handler}})
        structlog.get_logger("tests").info("tests.done", text="010150-1234", more={"x": ["0101501234"]})
        logging.getLogger("library").warning("Cannot read %s", "0101501234")
        logging.getLogger("library").warning("Cannot read 010150-1234")
        try:
            secret = "0101501234"
            int(secret + "x")
        except ValueError:
            logging.getLogger("django.request").error("Failed: %s", "/people/0101501234/", exc_info=sys.exc_info())
    finally:
        logging.getLogger().handlers = former
    written = stream.getvalue()
    assert written.count("\n") == 4 and "ValueError" in written
    assert "0101501234" not in written and "010150-1234" not in written
