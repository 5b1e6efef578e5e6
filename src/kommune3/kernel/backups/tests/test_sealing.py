# SPDX-License-Identifier: MPL-2.0
import io
import secrets
from pathlib import Path

import pytest

from kommune3.kernel.backups.sealing import BadKeyFile, CannotOpen, OpeningReader, SealingWriter, read_key

KEY = secrets.token_bytes(32)
PIECE = 1024 * 1024


def sealed(plain: bytes, *, step: int = 300_000) -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, KEY)
    for at in range(0, len(plain), step):
        writer.write(plain[at : at + step])
    writer.finish()
    return target.getvalue()


def opened(content: bytes, key: bytes = KEY) -> bytes:
    return io.BufferedReader(OpeningReader(io.BytesIO(content), key)).read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_opens_again(size: int) -> None:
    plain = secrets.token_bytes(size)
    assert opened(sealed(plain)) == plain


def test_the_same_content_is_never_sealed_alike() -> None:
    assert sealed(b"the same")[40:] != sealed(b"the same")[40:]


def test_pieces_that_are_moved_left_out_or_cut_off_do_not_open() -> None:
    whole = sealed(secrets.token_bytes(3 * PIECE))
    head, piece = 38, PIECE + 16
    first, second, rest = whole[head : head + piece], whole[head + piece : head + 2 * piece], whole[head + 2 * piece :]
    for changed in (second + first + rest, first + rest, first + second, first + first + second + rest):
        with pytest.raises(CannotOpen):
            opened(whole[:head] + changed)


def test_another_key_and_another_file_are_told_apart() -> None:
    with pytest.raises(CannotOpen, match="another key"):
        opened(sealed(b"x"), secrets.token_bytes(32))
    with pytest.raises(CannotOpen, match="not a sealed file"):
        opened(b"PK something else entirely, and long enough for a head")


@pytest.mark.parametrize("text", ["", "abc", "zz" * 32, "00" * 31])
def test_a_file_without_a_key_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "backup.key"
    path.write_text(text)
    with pytest.raises(BadKeyFile, match="backup.key: expected 64"):
        read_key(path)
