# SPDX-License-Identifier: MPL-2.0
"""Whoever takes a file from here can see what they may do with it."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def test_every_file_says_its_licence_and_the_licence_is_there():
    reuse = shutil.which("reuse", path=Path(sys.executable).parent)
    assert reuse is not None, "run: make set-up-test"
    found = subprocess.run([reuse, "lint"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
