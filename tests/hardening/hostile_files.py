# SPDX-License-Identifier: MPL-2.0
"""Files made to harm whoever opens them."""

import io
import struct
import zipfile
from collections.abc import Callable

from openpyxl import Workbook

_SECRET = "file:///etc/passwd"
ENTITY = f'<!DOCTYPE gpx [<!ENTITY x SYSTEM "{_SECRET}">]>'
LAUGHS = "<!DOCTYPE lolz [<!ENTITY l0 'ha'>" + "".join(
    f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip


def workbook(*rows: list[object]) -> bytes:
    """An honest workbook."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def remade(change: Callable[[str, bytes], bytes], *, extra: dict[str, bytes] | None = None) -> bytes:
    """An honest workbook whose parts went through ``change(name, content)``, and ``extra`` parts."""
    target = io.BytesIO()
    honest = io.BytesIO(workbook(["registration", "use"], ["AB12345", "x"]))
    with zipfile.ZipFile(honest) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            archive.writestr(name, change(name, source.read(name)))
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return target.getvalue()


def bomb() -> bytes:
    """A few hundred kB that say they unpack to a fifth of a gigabyte, and do."""
    return remade(lambda name, content: content, extra={"xl/media/zeros.bin": bytes(210_000_000)})


def tight_sheet() -> bytes:
    """A sheet of 40 MB in 40 kB: within the size, but packed as no sheet is."""
    return remade(lambda name, content: content + b" " * 40_000_000 if name.endswith("sheet1.xml") else content)


def many_parts() -> bytes:
    return remade(lambda name, content: content, extra={f"xl/media/{number}": b"" for number in range(2_500)})


def lying_listing() -> bytes:
    """The end of the archive says that four thousand million bytes of listing come before it."""
    return b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 2**32 - 1, 0, 0)


def with_declaration(declaration: str, *, part: str = "sharedStrings.xml", encoding: str = "utf-8") -> bytes:
    """A workbook, one of whose parts has a document type."""

    def change(name: str, content: bytes) -> bytes:
        if not name.endswith(part):
            return content
        text = content.decode()
        at = text.find("?>") + 2 if text.startswith("<?xml") else 0
        return (text[:at] + declaration + text[at:]).encode(encoding)

    return remade(change, extra={"xl/sharedStrings.xml": f"{declaration}<sst/>".encode(encoding)})


def two_of_one_name() -> bytes:
    return remade(lambda name, content: content, extra={"xl/workbook.xml": b"<workbook/>"})


def cut_short() -> bytes:
    """A workbook whose sheet ends in the middle of a row."""
    return remade(lambda name, content: content[: len(content) // 2] if name.endswith("sheet1.xml") else content)


def protected() -> bytes:
    """The parts say that they are encrypted."""
    content = bytearray(workbook(["registration"]))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + flags] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def polyglot() -> bytes:
    """A picture, a page with a script and a workbook at once."""
    return b"\xff\xd8\xff\xe0<html><script>alert(1)</script>" + workbook(["registration", "use"], ["AB12345", "x"])


WORKBOOKS = {
    "bomb": bomb,
    "sheet packed too tightly": tight_sheet,
    "too many parts": many_parts,
    "listing without end": lying_listing,
    "external entity": lambda: with_declaration(ENTITY),
    "entities in entities": lambda: with_declaration(LAUGHS, part="sheet1.xml"),
    "entities spelled in UTF-16": lambda: with_declaration(LAUGHS, encoding="utf-16"),
    "two parts of one name": two_of_one_name,
    "cut short": cut_short,
    "protected by a password": protected,
    "polyglot": polyglot,
}
_POINT = '<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>&l9;</name></trk></gpx>'
GPX = {
    "external entity": (ENTITY + _POINT).encode(),
    "entities in entities": (LAUGHS + _POINT).encode(),
    "entities spelled in UTF-16": (LAUGHS + _POINT).encode("utf-16"),
    "entities spelled in UTF-7": b'<?xml version="1.0" encoding="utf-7"?>' + (LAUGHS + _POINT).encode("utf-7"),
    "not GPX": b"\x00\x01\x02\x03",
    "cut short": b"<gpx><trk>",
    "an encoding that is none": b'<?xml version="1.0" encoding="zlib"?><gpx/>',
}
TEXTS = {
    "a zero far into the file": b"registration;use\n" + b"AB12345;x\n" * 9_000 + b"AB\x0012346;x\n",
    "a byte of no encoding": b"registration;use\nAB12345;\x81\x8d\n",
    "UTF-8 cut in the middle of a letter": "registration;use\nAB12345;blå".encode()[:-1] + b"\n\xc3",
    "a quotation mark that never ends": b'registration;use\nAB12345;"x\n',
    "lists in lists": b"[" * 200_000,
    "an object with lists in lists": b'{"trips": ' + b"[" * 200_000,
    "a number of thousands of digits": b'{"trips": [' + b"9" * 10_000 + b"]}",
    "a zero spelled in JSON": b'{"format": "kommune3-vehicle-models", "version": 1, "models": [{"name": "\\u0000"}]}',
    "nothing": b"",
    "a program": b"MZ\x90\x00" + bytes(100),
    "a page": b"<html><script>alert(1)</script></html>",
}
