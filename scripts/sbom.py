# SPDX-License-Identifier: MPL-2.0
"""Write what the platform is made of as a CycloneDX file: ``make sbom``, to ``var/sbom.json``.

Listed is what runs: the locked Python packages with those of the extras ``postgres`` and ``celery``, and the npm
packages that the front end is built from. Licences are those that the installed packages and ``web/package-lock.json``
declare. The same locks give the same file.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
EXTRAS = ("postgres", "celery")
Bill = dict[str, Any]


def locked_packages(lock: dict[str, Any], *, root: str = "kommune3") -> set[tuple[str, str]]:
    """Name and version of every package that ``root`` needs when it runs, on whichever machine; also ``root``'s own.

    A package is there in several versions where Python's version decides.
    """
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in lock["package"]:
        packages.setdefault(package["name"], []).append(package)
    seen: set[tuple[str, str | None]] = set()
    open_: list[tuple[str, str | None]] = [(root, None), *((root, extra) for extra in EXTRAS)]
    while open_:
        name, extra = wanted = open_.pop()
        if wanted in seen:
            continue
        seen.add(wanted)
        for package in packages[name]:
            extras = package.get("optional-dependencies", {})
            for need in package.get("dependencies", []) if extra is None else extras.get(extra, []):
                open_ += [(need["name"], None), *((need["name"], each) for each in need.get("extra", []))]
    return {(name, package["version"]) for name, _ in seen for package in packages[name]}


def python_bill() -> Bill:
    """What is installed beside this Python, with licences."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "python.json"
        command = [BIN / "cyclonedx-py", "environment", "--pyproject", ROOT / "pyproject.toml", "--output-reproducible",
                   "--spec-version", "1.6", "-o", target, sys.executable]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
        return dict(json.loads(target.read_text(encoding="utf-8")))


def npm_bill() -> Bill:
    """What the front end is built from, as locked."""
    command = [BIN / "npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    search = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(command, check=True, capture_output=True, cwd=ROOT / "web", env=search)
    return dict(json.loads(done.stdout))


def canonical(name: str) -> str:
    """A Python package's name as the lock writes it."""
    return name.lower().replace("_", "-").replace(".", "-")


def merged(*, python: Bill, npm: Bill, locked: set[tuple[str, str]]) -> Bill:
    """One bill of both; what is locked for other machines than this is listed without a licence."""
    main = python["metadata"]["component"]
    installed = {canonical(component["name"]): component for component in python["components"]}
    components = []
    for name, version in sorted(locked):
        if name == canonical(main["name"]):
            continue
        component = installed.get(name)
        if component is None or component["version"] != version:
            if component is not None and (name, component["version"]) not in locked:
                raise SystemExit(f"{name} {component['version']} is installed but not locked. Run: make set-up-test")
            purl = f"pkg:pypi/{name}@{version}"
            component = {
                "bom-ref": f"{name}=={version}",
                "type": "library",
                "name": name,
                "version": version,
                "purl": purl,
            }
        elif not component.get("licenses"):
            component = {**component, "licenses": _named_licence(name)}
        components.append({**component, "externalReferences": _public(component.get("externalReferences", []))})
    components += sorted(npm["components"], key=lambda component: str(component["bom-ref"]))
    listed = {str(component["bom-ref"]) for component in components} | {main["bom-ref"]}
    front_end = npm["metadata"]["component"]["bom-ref"]
    relations = {relation["ref"]: relation["dependsOn"] for relation in _relations(python, npm)}
    relations[main["bom-ref"]] = [*relations.get(main["bom-ref"], []), *relations.pop(front_end, [])]
    return {
        "$schema": python["$schema"],
        "bomFormat": "CycloneDX",
        "specVersion": python["specVersion"],
        "version": 1,
        "metadata": {"component": {**main, "externalReferences": _public(main.get("externalReferences", []))}},
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(set(relations[ref]) & listed)} for ref in sorted(relations.keys() & listed)
        ],
    }


def _named_licence(name: str) -> list[dict[str, Any]]:
    """The licence as the package itself calls it, where it is no SPDX identifier."""
    said = metadata.metadata(name).get("License")
    return [{"license": {"name": said, "acknowledgement": "declared"}}] if said else []


def _public(references: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without where things lie on this machine."""
    return [reference for reference in references if not reference["url"].startswith("file:")]


def _relations(*bills: Bill) -> Iterator[dict[str, Any]]:
    for bill in bills:
        for relation in bill["dependencies"]:
            yield {"ref": relation["ref"], "dependsOn": relation.get("dependsOn", [])}


def bill_of_materials() -> Bill:
    """The whole of it."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    return merged(python=python_bill(), npm=npm_bill(), locked=locked_packages(lock))


def main() -> None:
    parser = argparse.ArgumentParser(description="Write what the platform is made of as a CycloneDX file.")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "sbom.json")
    target: Path = parser.parse_args().out
    bill = bill_of_materials()
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(bill, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{target}: {len(bill['components'])} components")


if __name__ == "__main__":
    main()
