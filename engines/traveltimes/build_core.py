# SPDX-License-Identifier: MPL-2.0
"""Compiles the core while the package is being built: with the machine's C++ compiler, or with Zig's from PyPI."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FLAGS = ["-std=c++17", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra"]
LIBRARY = "src/traveltimes/libtraveltimes.so"


def own_compiler() -> list[str] | None:
    """The compiler of CXX, or one that the machine has."""
    if os.environ.get("CXX"):
        return shlex.split(os.environ["CXX"])
    return next(([name] for name in ("g++", "clang++", "c++") if shutil.which(name)), None)


class CoreBuild(BuildHookInterface):  # type: ignore[misc]  # hatchling has no types here
    """A hook of hatchling: see https://hatch.pypa.io, "build hooks"."""

    def dependencies(self) -> list[str]:
        return [] if own_compiler() else ["ziglang==0.16.0"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        target = root / LIBRARY
        being_made = target.with_name(f"libtraveltimes.{os.getpid()}.tmp")
        compiler = own_compiler() or [sys.executable, "-m", "ziglang", "c++"]
        command = [*compiler, *FLAGS, "-o", str(being_made), str(root / "core" / "traveltimes.cpp")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own words
        if done.returncode:
            raise RuntimeError(f"The core could not be compiled with {shlex.join(command)}:\n{done.stderr}")
        being_made.replace(target)  # whole or not at all, since another process may be loading it
        build_data["artifacts"].append(LIBRARY)
        build_data["force_include"][str(target)] = "traveltimes/libtraveltimes.so"
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
