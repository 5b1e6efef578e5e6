# SPDX-License-Identifier: MPL-2.0
"""What a browser fetches for the first view of a page: html, css, js, fonts and icons, as they are sent (gzip).

Budget: 150 kB in all, without a map. Fonts are compressed already and are counted as they are.
"""

import argparse
import csv
import gzip
import json
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "web" / "dist"
BUDGET_KB = 150.0
# Pages that anybody may see, and the entries each of them loads.
PAGES = {
    "/account/login/": ["main"],
    "/accessibility/": ["main"],
    "/design/": ["main", "chart", "timeline", "progress"],
}


def entry_files(manifest: dict[str, dict[str, object]], key: str, seen: set[str]) -> set[str]:
    """Every script and style sheet that an entry loads, through the modules it imports."""
    if key in seen:
        return set()
    seen.add(key)
    chunk = manifest[key]
    files = {str(chunk["file"]), *(str(name) for name in chunk.get("css", []))}  # type: ignore[union-attr]
    for imported in chunk.get("imports", []):  # type: ignore[union-attr]
        files |= entry_files(manifest, str(imported), seen)
    return files


def sent_bytes(content: bytes, name: str) -> int:
    """Bytes on the wire."""
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content, 9))


def html_of(address: str) -> bytes:
    from django.test import Client

    response = Client().get(address, headers={"host": "localhost"})
    if response.status_code != 200:
        sys.exit(f"{address} answered {response.status_code}")
    return bytes(response.content)


def measure(address: str, entries: list[str]) -> dict[str, float]:
    """Kilobytes (1 000 bytes) by kind of file."""
    manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    names = {"icons.svg"} | {path.relative_to(DIST).as_posix() for path in DIST.glob("assets/*.woff2")}
    for entry in entries:
        names |= entry_files(manifest, f"src/{entry}.ts", set())
    kinds = {"html": sent_bytes(html_of(address), "page.html")}
    for name in names:
        kind = name.rsplit(".", 1)[-1]
        kinds[kind] = kinds.get(kind, 0) + sent_bytes((DIST / name).read_bytes(), name)
    return {kind: size / 1000 for kind, size in kinds.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quick", action="store_true", help="Makes no difference: this is quick.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "KOMMUNE3_DATA_DIR": folder, "KOMMUNE3_DATABASE_URL": "", "KOMMUNE3_DEBUG": "1",
            "KOMMUNE3_LOG_LEVEL": "ERROR", "DJANGO_SETTINGS_MODULE": "kommune3.settings",
        }  # fmt: skip
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        rows = [(address, measure(address, entries)) for address, entries in PAGES.items()]
    kinds = ["html", "css", "js", "woff2", "svg"]
    print(f"{'page':<20}" + "".join(f"{kind:>9}" for kind in kinds) + f"{'total kB':>11}  (budget {BUDGET_KB:.0f})")
    with (options.out / "first_view.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["page", *kinds, "total_kb"])
        for address, sizes in rows:
            total = sum(sizes.values())
            print(f"{address:<20}" + "".join(f"{sizes.get(kind, 0):>9.1f}" for kind in kinds) + f"{total:>11.1f}")
            writer.writerow([address, *(f"{sizes.get(kind, 0):.1f}" for kind in kinds), f"{total:.1f}"])
    if any(sum(sizes.values()) > BUDGET_KB for _address, sizes in rows):
        sys.exit("A first view is over its budget.")


if __name__ == "__main__":
    main()
