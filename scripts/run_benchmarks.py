# SPDX-License-Identifier: MPL-2.0
"""Run every benchmark of the house, one after the other: ``make bench``, or ``make bench BENCH=--quick``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "var" / "bench"


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    programs = [*sorted(ROOT.glob("engines/*/bench/run.py")), *sorted((ROOT / "bench").glob("[a-z]*.py"))]
    failed = []
    for program in programs:
        print(f"\n=== {program.relative_to(ROOT)} ===", flush=True)
        command = [sys.executable, str(program), "--out", str(OUT), *sys.argv[1:]]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(str(program.relative_to(ROOT)))
    print(f"\nFigures as CSV: {OUT.relative_to(ROOT)}")
    if failed:
        sys.exit(f"Failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
