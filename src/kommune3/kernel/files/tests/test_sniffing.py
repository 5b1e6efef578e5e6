# SPDX-License-Identifier: MPL-2.0
import io
import json
import zipfile

import pytest
from openpyxl import Workbook

from kommune3.kernel.files import sniffing


def workbook() -> bytes:
    target = io.BytesIO()
    Workbook().save(target)
    return target.getvalue()


def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        file.writestr("a.txt", "a")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a;b\r\n1;2\r\n", sniffing.CSV),
        ("\ufeffnavn,by\nÅse,Ørsted\n".encode(), sniffing.CSV),
        ("navn;by\nÅse;Ørsted\n".encode("cp1252"), sniffing.CSV),
        ("navn\tby\nÅse\tØrsted\n".encode("utf-16"), sniffing.CSV),
        (b'{"a": [1, 2]}', sniffing.JSON),
        (b"  [1,\n2]", sniffing.JSON),
        (json.dumps(["x" * 100] * 50_000).encode(), sniffing.JSON),
        (b"{not json}", sniffing.TEXT),
        (b"[" * 100_000, sniffing.TEXT),
        ("Kære alle\n\nDet var det.\n".encode(), sniffing.TEXT),
        (b"<script>alert(1)</script>", sniffing.TEXT),
        (workbook(), sniffing.XLSX),
        (archive(), sniffing.ZIP),
        (b"PK\x03\x04 not an archive", sniffing.BYTES),
        (b"%PDF-1.7\n...", sniffing.PDF),
        (b"\x89PNG\r\n\x1a\n\x00\x00", sniffing.PNG),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", sniffing.JPEG),
        (b"\x00\x01\x02a;b\nc;d\n", sniffing.BYTES),
        (b"MZ\x90\x00", sniffing.BYTES),
        (b"", sniffing.BYTES),
        (("å;b\n" + "ø" * 64 * 1024 + ";c\n").encode(), sniffing.TEXT),
        (b"a;b\n" * 40_000, sniffing.CSV),
    ],
)
def test_the_content_tells_the_type(content: bytes, expected: str) -> None:
    assert sniffing.content_type(io.BytesIO(content)) == expected
