# SPDX-License-Identifier: MPL-2.0
"""Every line of the log has a code that the reference lists, and fields that hold nobody's data."""

import re
from pathlib import Path

from scripts.reference import logs, pages

CODE = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
# What would say who somebody is, or repeat what they sent.
REFUSED = {
    "name", "given_name", "family_name", "full_name", "username", "user_name", "login", "email", "mail", "phone", "cpr",
    "birth_date", "ip", "ip_address", "remote_addr", "path", "url", "uri", "address", "query", "query_string", "body",
    "data", "form", "params", "sql", "password", "token", "secret", "key",
}  # fmt: skip


def test_every_line_has_a_constant_dotted_code() -> None:
    wrong = [each for each in logs.calls() if each.code is None or not CODE.fullmatch(each.code)]
    assert [f"{each.module}:{each.line} {each.code}" for each in wrong] == []


def test_no_field_is_meant_for_what_says_who_somebody_is() -> None:
    found = [f"{each.module}:{each.line} {sorted(REFUSED & set(each.fields))}" for each in logs.calls()
             if REFUSED & set(each.fields)]  # fmt: skip
    assert found == []


def test_every_code_is_in_the_reference() -> None:
    text = (pages.FOLDER / "logs.md").read_text(encoding="utf-8")
    codes = {each.code for each in logs.calls()}
    assert len(codes) > 20
    assert [code for code in codes if f"\n| `{code}` |" not in text] == []


def test_a_planted_line_with_a_name_in_it_is_found(tmp_path: Path) -> None:
    source = tmp_path / "planted"
    source.mkdir()
    (source / "module.py").write_text(
        'import structlog\nlog = structlog.get_logger("x")\n'
        'def f(who):\n    note = log.bind(email=who)\n    note.info("x.said")\n    log.warning(f"{who} did it")\n'
    )
    first, second = sorted(logs.calls(source), key=lambda each: each.line)
    assert first.code == "x.said" and first.fields == ("email",)
    assert second.code is None
