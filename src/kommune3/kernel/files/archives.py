# SPDX-License-Identifier: MPL-2.0
"""Looking at a packed file before anything in it is unpacked.

An Excel workbook is a ZIP archive of XML parts. A small file can say that it unpacks to terabytes, list millions of
parts, or hold XML that makes its reader read other files or swell without end. What Python's ``zipfile`` unpacks of a
part never exceeds the size that was declared, so declared sizes can be relied on.
"""

import re
import struct
import zipfile
from typing import IO

MOST_PARTS = 2_000
MOST_LISTING_BYTES = 1_000_000
HIGHEST_RATIO = 400
"""A sheet of nothing but equal rows packs to about 1 in 100; DEFLATE ends at 1 in 1032."""
SMALL_PART_BYTES = 10_000_000
"""Parts up to this size may be packed as tightly as they like."""
_HEAD_BYTES = 64 * 1024
_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 0xFFFF
_WORKBOOK = "xl/workbook.xml"
_ROOT = re.compile(rb"<[A-Za-z_:]")


class UnsafeArchive(Exception):
    """The archive is broken, protected by a password, or made to harm; nothing of it was unpacked."""


class UnpacksTooLarge(UnsafeArchive):
    """The parts are larger than allowed. ``megabytes``: what they come to, in millions of bytes."""

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"unpacks to {megabytes} MB")
        self.megabytes = megabytes


def listed(stream: IO[bytes]) -> list[zipfile.ZipInfo]:
    """The parts of an archive, few enough to be listed. Raises :class:`UnsafeArchive`; leaves the stream anywhere."""
    _refuse_long_listing(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error) as error:
        raise UnsafeArchive("not an archive") from error
    if len(parts) > MOST_PARTS:
        raise UnsafeArchive(f"{len(parts)} parts")
    return parts


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether this is an archive with an Excel workbook in it. Leaves the stream anywhere."""
    try:
        return any(part.filename == _WORKBOOK for part in listed(stream))
    except UnsafeArchive:
        return False


def refuse_unsafe_workbook(stream: IO[bytes], *, unpacked_limit_mb: int) -> None:
    """Raise :class:`UnsafeArchive` for a workbook that must not be opened; leaves the stream at its beginning."""
    parts = listed(stream)
    total = sum(part.file_size for part in parts)
    if total > unpacked_limit_mb * 1_000_000:
        raise UnpacksTooLarge(total // 1_000_000)
    names = [part.filename for part in parts]
    if len(names) != len(set(names)):
        raise UnsafeArchive("two parts of one name: readers would disagree about which counts")
    for part in parts:
        if part.flag_bits & 0x1:
            raise UnsafeArchive("protected by a password")
        if part.file_size > SMALL_PART_BYTES and part.file_size > HIGHEST_RATIO * max(1, part.compress_size):
            raise UnsafeArchive("packed too tightly to be a sheet")
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    with archive.open(part) as content:
                        _refuse_declarations(content.read(_HEAD_BYTES))
    except UnsafeArchive:
        raise
    except Exception as error:  # whatever zipfile and the libraries that unpack raise for what is broken
        raise UnsafeArchive("a part cannot be unpacked") from error
    stream.seek(0)


def _refuse_long_listing(stream: IO[bytes]) -> None:
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_BYTES:
        raise UnsafeArchive("no end of the archive")
    count, listing_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
    if (
        count > MOST_PARTS or listing_bytes > MOST_LISTING_BYTES
    ):  # also where it says "see elsewhere", with all bits set
        raise UnsafeArchive(f"{count} parts")
    stream.seek(0)


def _refuse_declarations(head: bytes) -> None:
    """A document type or entities stand before the first element. Office programs write neither, and write UTF-8."""
    if b"\x00" in head:
        raise UnsafeArchive("XML that is not UTF-8")
    root = _ROOT.search(head)
    if root is None and len(head) == _HEAD_BYTES:
        raise UnsafeArchive("XML without an element where one must be")
    before = head[: root.start()] if root else head
    if b"<!DOCTYPE" in before or b"<!ENTITY" in before:
        raise UnsafeArchive("XML with a document type")
