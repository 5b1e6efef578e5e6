# SPDX-License-Identifier: MPL-2.0
"""Rules of the house about its files: each takes files and returns what breaks it, as "file:line what".

Those about what code may do are in ``semgrep/house.yaml``.
"""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE_FOLDERS = ("src", "engines", "tests", "scripts", "web/src")
SOURCE_KINDS = {".py", ".ts", ".scss", ".html"}
LEFT_OUT = {"migrations", "node_modules", "dist", "__pycache__", ".venv", "var", "test-results"}
MOST_LINES = 400

_VAGUE_NAMES = {"utils", "util", "helpers", "helper", "managers", "misc", "common"}


def source_files(root: Path = ROOT) -> list[Path]:
    """The files people write, without migrations and what is built."""
    return sorted(
        path
        for folder in SOURCE_FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in SOURCE_KINDS and not LEFT_OUT & set(path.relative_to(root).parts) and path.is_file()
    )


def _is_in(path: Path, *names: str) -> bool:
    return path.stem in names or bool(set(names) & set(path.parts))


def transactional_tests_without_seeds(files: Iterable[Path]) -> Iterator[str]:
    """A test that commits ends by emptying every table; what migrations seeded must come back for the next one."""
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "django_db":
                said = {keyword.arg for keyword in node.keywords}
                if "transaction" in said and "serialized_rollback" not in said:
                    yield f"{path}:{node.lineno} django_db(transaction=True) without serialized_rollback=True"


def vague_names(files: Iterable[Path]) -> Iterator[str]:
    """A module is named after what it holds."""
    for path in files:
        if path.suffix == ".py" and _is_in(path, *_VAGUE_NAMES):
            yield str(path)


def without_licence(files: Iterable[Path]) -> Iterator[str]:
    """Each file says its licence in its first line (the second, below a "#!" line)."""
    for path in files:
        with path.open(encoding="utf-8") as file:
            first = [file.readline(), file.readline()]
        if "SPDX-License-Identifier: MPL-2.0" not in (first[1] if first[0].startswith("#!") else first[0]):
            yield str(path)


def too_long(files: Iterable[Path]) -> Iterator[str]:
    """A file that outgrows 400 lines becomes a package."""
    for path in files:
        count = len(path.read_text(encoding="utf-8").splitlines())
        if count > MOST_LINES:
            yield f"{path}: {count} lines"
