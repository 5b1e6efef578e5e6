# SPDX-License-Identifier: MPL-2.0
"""``make sbom`` lists what runs, with licences, and nothing of the machine it was made on."""

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

from scripts import sbom

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    target = tmp_path_factory.mktemp("sbom") / "sbom.json"
    command = [sys.executable, "-m", "scripts.sbom", "--out", target]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(target.read_text(encoding="utf-8")))


def names(bill: dict[str, Any]) -> set[tuple[str, str]]:
    return {(sbom.canonical(each["name"]), each["version"]) for each in bill["components"]}


def is_installed(name: str, version: str) -> bool:
    """Packages for other systems, and versions for other Pythons, are locked but not here."""
    try:
        return metadata.version(name) == version
    except metadata.PackageNotFoundError:
        return False


def test_every_locked_package_that_runs_is_listed(bill: dict[str, Any]) -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    locked = sbom.locked_packages(lock)
    locked_names = {name for name, _ in locked}
    assert {"django", "lxml", "psycopg", "celery", "fleetplan", "cffi"} <= locked_names, "also what others need"
    assert not {"pytest", "ruff", "semgrep"} & locked_names, "tools of the trade do not run"
    assert {each for each in locked if each[0] != "kommune3"} <= names(bill)


def test_every_npm_package_of_the_front_end_is_listed(bill: dict[str, Any]) -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    wanted = {
        (path.rpartition("node_modules/")[2].lower(), package["version"])
        for path, package in lock["packages"].items()
        if path and not package.get("dev") and not package.get("optional") and not package.get("devOptional")
    }
    assert ("lit", lock["packages"]["node_modules/lit"]["version"]) in wanted
    listed = {
        (each["name"].lower(), each["version"])
        for each in bill["components"]
        if each.get("purl", "").startswith("pkg:npm")
    }
    assert wanted <= listed


def test_what_is_installed_says_its_licence(bill: dict[str, Any]) -> None:
    without = [each for each in bill["components"] if not each.get("licenses")]
    assert [each["name"] for each in without if is_installed(each["name"], each["version"])] == []


def test_it_says_nothing_of_the_machine(bill: dict[str, Any]) -> None:
    assert "file:" not in json.dumps(bill)
    assert str(ROOT) not in json.dumps(bill)


def test_what_needs_what_speaks_of_listed_components_only(bill: dict[str, Any]) -> None:
    listed = {each["bom-ref"] for each in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    said = {relation["ref"]: relation["dependsOn"] for relation in bill["dependencies"]}
    assert {need for needs in said.values() for need in needs} | set(said) <= listed
    main = said[bill["metadata"]["component"]["bom-ref"]]
    assert any(need.startswith("Django==") for need in main) and any(need.startswith("lit@") for need in main)


def test_a_package_that_is_not_the_locked_one_stops_it() -> None:
    component = {"name": "Django", "version": "1.0", "bom-ref": "Django==1.0"}
    main = {"name": "kommune3", "bom-ref": "root", "version": "1"}
    python = {"components": [component], "metadata": {"component": main}, "dependencies": []}
    with pytest.raises(SystemExit, match="Django|django"):
        sbom.merged(python=python, npm={}, locked={("django", "5.2")})
