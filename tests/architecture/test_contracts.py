# SPDX-License-Identifier: MPL-2.0
"""Each contract about who may know whom is broken by a planted import, and by that import no other contract is."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from architecture.rules import ROOT

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
ENGINES = sorted(path.name for path in (ROOT / "engines").glob("*/src/*") if (path / "__init__.py").exists())
ANOTHER_SOLUTION = "kommune3/solutions/planted/__init__.py"

# Contract -> the files to plant. Each plants one forbidden import.
VIOLATIONS = [
    ("engines-are-pure", {"fleetplan/planted.py": "import django"}),
    ("engines-are-pure", {"fleetplan/planted.py": "import kommune3.kernel.clock"}),
    ("engines-are-independent", {"fleetplan/planted.py": "import businesscase"}),
    (
        "solutions-are-independent",
        {ANOTHER_SOLUTION: "", "kommune3/solutions/planted/events.py": "import kommune3.solutions.fleet.apps"},
    ),
    ("layers", {"kommune3/kernel/planted.py": "import kommune3.ui.context"}),
    ("layers", {"kommune3/ui/planted.py": "import kommune3.solutions.fleet.apps"}),
    ("layers", {"kommune3/adapters/planted.py": "import kommune3.solutions.fleet.apps"}),
    ("layers", {ANOTHER_SOLUTION: "import kommune3.urls"}),
    ("kernel-knows-no-engine", {"kommune3/kernel/planted.py": "import fleetplan"}),
    ("kernel-knows-no-engine", {"kommune3/ui/planted.py": "import fleetplan"}),
    *(
        (
            "inside-a-solution",
            {
                ANOTHER_SOLUTION: "",
                f"kommune3/solutions/planted/{above}.py": "",
                f"kommune3/solutions/planted/{below}.py": f"import kommune3.solutions.planted.{above}",
            },
        )
        for below, above in [
            ("models", "queries"),
            ("queries", "operations"),
            ("operations", "views"),
            ("operations", "tasks"),
            ("views", "rest"),
        ]
    ),
    ("kernel-is-acyclic", {"kommune3/kernel/clock/planted.py": "import kommune3.kernel.access.reach"}),
]


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    """The packages as they stand, in a folder where one may plant things."""
    folder = tmp_path_factory.mktemp("house")
    only_python = shutil.ignore_patterns("tests", "migrations", "locale", "templates", "static", "__pycache__")
    shutil.copytree(ROOT / "src" / "kommune3", folder / "kommune3", ignore=only_python)
    for engine in ENGINES:
        shutil.copytree(next(ROOT.glob(f"engines/*/src/{engine}")), folder / engine, ignore=only_python)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken_contracts(house: Path) -> set[str]:
    """The ids of the contracts that import-linter finds broken in ``house``."""
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    names = {contract["name"]: contract["id"] for contract in CONTRACTS["contracts"]}
    verdicts = {
        names[match[1]]: match[2] for match in re.finditer(r"^(.+) (KEPT|BROKEN)\b", result.stdout, re.M)
        if match[1] in names
    }  # fmt: skip
    assert verdicts.keys() == set(names.values()), result.stdout + result.stderr
    return {key for key, verdict in verdicts.items() if verdict == "BROKEN"}


@pytest.fixture(scope="module")
def broken_before(house) -> set[str]:
    return broken_contracts(house)


def test_every_contract_is_kept(broken_before):
    assert broken_before == set()


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "files"), VIOLATIONS)
def test_a_planted_import_breaks_its_contract_and_no_other(house, broken_before, contract, files):
    planted = [house / name for name in files]
    for path, text in zip(planted, files.values(), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    try:
        assert broken_contracts(house) - broken_before == {contract} - broken_before
    finally:
        for path in planted:
            path.unlink()
        shutil.rmtree(house / Path(ANOTHER_SOLUTION).parent, ignore_errors=True)


def test_every_contract_has_a_planted_violation():
    assert {contract["id"] for contract in CONTRACTS["contracts"]} == {key for key, _ in VIOLATIONS}


def test_every_engine_is_under_the_contracts():
    by_id = {contract["id"]: contract for contract in CONTRACTS["contracts"]}
    assert ENGINES
    assert set(ENGINES) <= set(CONTRACTS["root_packages"])
    assert by_id["engines-are-pure"]["source_modules"] == ENGINES
    assert by_id["engines-are-independent"]["modules"] == ENGINES
    assert by_id["kernel-knows-no-engine"]["forbidden_modules"] == ENGINES
