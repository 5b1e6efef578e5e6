# SPDX-License-Identifier: MPL-2.0
"""Set a fresh machine up: ``python3 scripts/setup.py run`` for the demo, ``… test`` for the tests.

Needs Python 3.11+ only (and git and make, to have come here). Everything is put into the checkout: uv and the
locked Python packages in ``.venv``, Node from PyPI beside them, npm packages in ``web/node_modules``, the built front
end in ``web/dist``. What is already in place is left alone, so that a second start takes seconds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
TOOLS = ROOT / ".tools"
WEB = ROOT / "web"
STAMPS = ROOT / ".tools" / "stamps"
UV_VERSION = "0.13.9"
DEBIAN_PACKAGES = {"chromium": "chromium"}


def stop(message: str) -> None:
    """End with a message that says what to do."""
    sys.exit(f"\n{message}\n")


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command; end with its own words when it fails."""
    words = [str(word) for word in command]
    result = subprocess.run(words, cwd=cwd, env={**os.environ, **(env or {})}, check=False)
    if result.returncode:
        stop(
            f"This step failed (code {result.returncode}): {' '.join(words)}\nMend what it says above and start again."
        )


def digest(paths: Iterable[Path]) -> str:
    """A digest of the contents of files and of all files below folders."""
    total = hashlib.sha256()
    for path in sorted(paths):
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in files:
            total.update(str(file.relative_to(ROOT)).encode())
            total.update(file.read_bytes())
    return total.hexdigest()


def unless_done(step: str, key: str) -> bool:
    """Whether ``step`` must run: it has not run yet, or not for this ``key``."""
    stamp = STAMPS / step
    return not stamp.exists() or stamp.read_text(encoding="ascii") != key


def done(step: str, key: str) -> None:
    """Note that ``step`` has run for ``key``."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / step).write_text(key, encoding="ascii")


def uv() -> Path:
    """The path of uv: the machine's own, or one installed into ``.tools``."""
    found = shutil.which("uv")
    if found:
        return Path(found)
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        print("Installing uv …", flush=True)
        try:
            venv.create(TOOLS, with_pip=True)
        except (subprocess.CalledProcessError, ImportError):
            stop("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv")
        run(
            TOOLS / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"uv=={UV_VERSION}",
        )
    return own


def python_packages(*, for_tests: bool) -> None:
    """Install the locked Python packages (and Node, which comes from PyPI)."""
    groups = ("--group", "dev") if for_tests else ("--inexact",)
    key = digest([ROOT / "uv.lock", ROOT / "pyproject.toml", *(ROOT / "engines").glob("*/pyproject.toml")])
    step = "python-test" if for_tests else "python-run"
    if (VENV / "bin" / "kommune3").exists() and (not unless_done(step, key) or not unless_done("python-test", key)):
        return
    print("Installing the Python packages …", flush=True)
    run(
        uv(),
        "sync",
        "--locked",
        "--quiet",
        "--no-default-groups",
        "--group",
        "web",
        *groups,
        "--python",
        sys.executable,
    )
    done(step, key)


def front_end() -> None:
    """Install the npm packages and build the front end."""
    tools = {"PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    lock_key = digest([WEB / "package-lock.json"])
    if unless_done("npm", lock_key) or not (WEB / "node_modules").exists():
        print("Installing the front-end packages …", flush=True)
        run(VENV / "bin" / "npm", "ci", "--no-audit", "--no-fund", "--loglevel=error", cwd=WEB, env=tools)
        done("npm", lock_key)
    build_key = digest([WEB / "src", WEB / "public", *WEB.glob("*.json"), *WEB.glob("vite.config.*")])
    if unless_done("web", build_key) or not (WEB / "dist" / "manifest.json").exists():
        print("Building the front end …", flush=True)
        run(VENV / "bin" / "npm", "run", "build", "--silent", cwd=WEB, env=tools)
        done("web", build_key)


def texts() -> None:
    """Compile the texts of the user interface, so that Django finds Danish when it starts."""
    key = digest((ROOT / "src").rglob("*.po"))
    if unless_done("texts", key):
        run(VENV / "bin" / "kommune3", "compile_messages", "--verbosity", "0")
        done("texts", key)


def debian_packages() -> None:
    """Install what the browser tests need: as root on Debian; elsewhere say what is missing."""
    missing = [package for program, package in DEBIAN_PACKAGES.items() if not shutil.which(program)]
    if not missing:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(missing)} …", flush=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        run("apt-get", "update", "-qq", env=quiet)
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing, env=quiet)
    else:
        print(
            f"Missing: {', '.join(missing)}. The tests that need them are skipped. "
            f"On Debian or Ubuntu: sudo apt-get install {' '.join(missing)}",
            flush=True,
        )


def main() -> None:
    if sys.version_info < (3, 11):  # noqa: UP036  this script is what tells a user with an older Python
        stop(
            f"Kommune3 needs Python 3.11 or newer; this is {sys.version.split()[0]}. "
            "Name another one: make PYTHON=python3.12 demo"
        )
    purpose = sys.argv[1] if len(sys.argv) == 2 else ""
    if purpose not in ("run", "test"):
        stop("Usage: python3 scripts/setup.py run|test")
    python_packages(for_tests=purpose == "test")
    with ThreadPoolExecutor() as pool:  # neither needs the other
        for step in [pool.submit(front_end), pool.submit(texts)]:
            step.result()
    if purpose == "test":
        debian_packages()


if __name__ == "__main__":
    main()
