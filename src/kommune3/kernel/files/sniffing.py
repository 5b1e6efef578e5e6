# SPDX-License-Identifier: MPL-2.0
"""Telling a file's type by its content. Few types on purpose: what is not known is just bytes."""

import json
from typing import IO

from kommune3.kernel.files import archives

CSV = "text/csv"
JSON = "application/json"
TEXT = "text/plain"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
BYTES = "application/octet-stream"

HEAD_SIZE = 64 * 1024

_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
)
_ENCODINGS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATORS = ";,\t"
_LONGEST_JSON = 4 * 1024 * 1024


def content_type(file: IO[bytes]) -> str:
    """The type of a file that can be read from any position; its position afterwards is anywhere.

    CSV is text of at least two lines with the same separator in the first ones. JSON is text that begins and ends as an
    object or a list does, and parses where it is small (4 MiB). An .xlsx is a ZIP archive with a workbook in it.
    """
    file.seek(0)
    head = file.read(HEAD_SIZE)
    for signature, found in _SIGNATURES:
        if head.startswith(signature):
            return found
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(file)
    text = _text(head)
    if text is None:
        return BYTES
    if text.lstrip()[:1] in ("{", "[") and _is_json(file):
        return JSON
    return CSV if _is_csv(text, is_whole=len(head) < HEAD_SIZE) else TEXT


def _archive(file: IO[bytes]) -> str:
    try:
        archives.listed(file)
    except archives.UnsafeArchive:
        return BYTES
    return XLSX if archives.is_workbook(file) else ZIP


def _text(head: bytes) -> str | None:
    """The beginning as text, or None for a file that is not text."""
    if not head:
        return None
    encoding = next((name for mark, name in _ENCODINGS if head.startswith(mark)), "utf-8")
    text = head.decode(encoding, "ignore") if _is_valid(head, encoding) else head.decode("cp1252", "replace")
    if any(character < " " and character not in "\t\n\r\f" for character in text):
        return None
    return text


def _is_valid(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError as error:
        return len(head) == HEAD_SIZE and error.end == len(head)  # a character cut in two at the end of the head
    return True


def _is_json(file: IO[bytes]) -> bool:
    file.seek(0)
    content = file.read(_LONGEST_JSON + 1)
    if len(content) > _LONGEST_JSON:
        file.seek(-HEAD_SIZE, 2)
        return file.read().rstrip()[-1:] in (b"}", b"]")
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _is_csv(text: str, *, is_whole: bool) -> bool:
    lines = text.splitlines()
    if not is_whole:
        lines = lines[:-1]  # cut off in the middle
    lines = [line for line in lines[:10] if line.strip()]
    if len(lines) < 2:
        return False
    return any(all(separator in line for line in lines) for separator in _SEPARATORS)
