# SPDX-License-Identifier: MPL-2.0
"""Stored files whose content names a person: text in any common encoding, also inside zip files such as workbooks."""

import zipfile
from collections.abc import Iterator
from typing import IO, Any

from kommune3.kernel import files
from kommune3.kernel.files.models import StoredFile
from kommune3.kernel.inventory import Subject

_CHUNK = 1024 * 1024
_MOST_UNPACKED = 512 * 1024 * 1024
_ENCODINGS = ("utf-8", "latin-1", "utf-16-le")


def naming(subject: Subject) -> Iterator[StoredFile]:
    """The stored files that name the person."""
    patterns = {
        word.encode(encoding, "ignore") for word in subject.stored_words for encoding in _ENCODINGS
    }  # what an encoding cannot write is left out, and then finds nothing that is not there
    for file in StoredFile.objects.order_by("created_at").iterator():
        try:
            with files.open_file(file) as content:
                if _holds(content, patterns):
                    yield file
        except FileNotFoundError:
            continue


def _holds(content: IO[Any] | Any, patterns: set[bytes]) -> bool:
    start = content.read(4)
    content.seek(0)
    if start == b"PK\x03\x04":
        return _zip_holds(content, patterns)
    return _stream_holds(content, patterns)


def _zip_holds(content: Any, patterns: set[bytes]) -> bool:
    left = _MOST_UNPACKED
    try:
        with zipfile.ZipFile(content) as archive:
            for member in archive.infolist():
                if _stream_holds_bytes(member.filename.encode(), patterns):
                    return True
                with archive.open(member) as stream:
                    if _stream_holds(stream, patterns, most=left):
                        return True
                left -= min(left, member.file_size)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        content.seek(0)
        return _stream_holds(content, patterns)
    return False


def _stream_holds(stream: Any, patterns: set[bytes], *, most: int | None = None) -> bool:
    overlap = max((len(each) for each in patterns), default=1)
    rest, read = b"", 0
    while (most is None or read < most) and (chunk := stream.read(_CHUNK)):
        read += len(chunk)
        if _stream_holds_bytes(rest + chunk, patterns):
            return True
        rest = chunk[-overlap:]
    return False


def _stream_holds_bytes(data: bytes, patterns: set[bytes]) -> bool:
    return any(pattern in data for pattern in patterns if pattern)
