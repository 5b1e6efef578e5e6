# SPDX-License-Identifier: MPL-2.0
"""Is this a text file, and in which encoding? Decided by the content; the file's name is not asked."""

import codecs
from typing import IO

from kommune3.solutions.fleet.importing.problems import Finding, Unreadable

BLOCK = 1 << 20
HEAD = 1 << 16

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gz"),
    (b"%PDF", "pdf"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"\xd0\xcf\x11\xe0", "xls"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3", "database"),
    (b"7z\xbc\xaf", "zip"),
    (b"Rar!", "zip"),
)
_CONTROL = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26}) + b"\x7f"
# What a Danish text in Windows-1252 (or ISO 8859-1, which agrees on all of these) may hold above ASCII: letters with
# marks, and the punctuation an office programme puts in by itself. UTF-8 torn apart yields bytes outside this set.
_WINDOWS_TEXT = bytes(set(range(0xC0, 0x100)) - {0xD7, 0xF7}) + bytes(
    [
        0x80,
        0x85,
        0x8A,
        0x8C,
        0x8E,
        0x91,
        0x92,
        0x93,
        0x94,
        0x96,
        0x97,
        0x9A,
        0x9C,
        0x9E,
        0x9F,
        0xA0,
        0xA7,
        0xB0,
        0xB4,
        0xBD,
    ]
)
_ASCII = bytes(range(128))


def find_encoding(stream: IO[bytes]) -> str:
    """The Python name of the encoding of ``stream`` (seekable, left at its beginning).

    Raises :class:`Unreadable`: empty, binary, or in no encoding we know.
    """
    stream.seek(0)
    head = stream.read(HEAD)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00") and not stream.read(1):
        raise Unreadable(Finding("empty_file"))
    _refuse_binary(head)
    encoding = _by_mark(head) or _by_nulls(head)
    if encoding is None:
        if head.translate(None, _CONTROL) != head:
            raise Unreadable(Finding("binary_file", detail={"kind": "unknown"}))
        encoding = _eight_bit(stream)
    elif _first_undecodable(stream, encoding) is not None:
        raise Unreadable(Finding("binary_file", detail={"kind": "unknown"}))
    stream.seek(0)
    return encoding


def _refuse_binary(head: bytes) -> None:
    kind = next((kind for signature, kind in _SIGNATURES if head.startswith(signature)), None)
    if head.startswith(b"PK\x03\x04"):
        kind = "xlsx" if b"xl/" in head or b"[Content_Types].xml" in head else "zip"
    if kind is not None:
        raise Unreadable(Finding("binary_file", detail={"kind": kind}))


def _by_mark(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def _by_nulls(head: bytes) -> str | None:
    """UTF-16 without its mark: nearly every other byte of Western text is zero."""
    for encoding, zeros, letters in (("utf-16-le", head[1::2], head[0::2]), ("utf-16-be", head[0::2], head[1::2])):
        if zeros.count(0) > 0.9 * len(zeros) and letters.count(0) == 0:
            return encoding
    return None


def _first_undecodable(stream: IO[bytes], encoding: str) -> int | None:
    """Where the first byte stands that ``encoding`` has no meaning for; None where the whole stream is fine."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    position = 0
    while True:
        block = stream.read(BLOCK)
        pending = len(decoder.getstate()[0])
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return position - pending + error.start
        if "\0" in text:  # no text has it, and databases refuse it
            raise Unreadable(Finding("binary_file", detail={"kind": "unknown"}))
        position += len(block)
        if not block:
            return None


def _eight_bit(stream: IO[bytes]) -> str:
    torn_at = _first_undecodable(stream, "utf-8")
    if torn_at is None:
        return "utf-8"
    stream.seek(0)
    while block := stream.read(BLOCK):
        if b"\0" in block:
            raise Unreadable(Finding("binary_file", detail={"kind": "unknown"}))
        if block.translate(None, _ASCII + _WINDOWS_TEXT):
            raise Unreadable(_no_encoding(stream, torn_at))
    return "cp1252"


def _no_encoding(stream: IO[bytes], at: int) -> Finding:
    stream.seek(0)
    line, position = 1, 0
    while position < at:
        block = stream.read(min(BLOCK, at - position))
        line += block.count(b"\n")
        position += len(block)
    byte = f"0x{stream.read(1).hex().upper()}"
    return Finding("unknown_encoding", value=byte, detail={"byte": byte, "at_line": line})
