# SPDX-License-Identifier: MPL-2.0
"""Our plans beside those of PyVRP, VROOM and OR-Tools in this very run, and beside the best that was published.

    python engines/careroutes/bench/run.py [--quick] [--out FOLDER]
    python engines/careroutes/bench/run.py --files FILE... [--seconds S] [--convention dimacs|exact] [--out FOLDER]

Every plan is made in a process of its own on one thread, and stops after the same processor seconds; VROOM knows the
clock only, so on a busy machine it gets less, and the seconds it had stand in the CSV.
Gaps are in per cent of the best known value; a negative one is a new best. Two conventions of best known are in use
for the windows-only sets, and the table says which. Visits not served stand beside the gap, since leaving one out
makes any gap look good.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cases import SHARED, Case, best_known, cases, given
from operations import acute_and_ill

PEERS = ("pyvrp", "vroom", "ortools")


def run(peer: str, file: Path, seconds: float, how: dict[str, Any]) -> dict[str, Any]:
    command = [
        sys.executable,
        str(Path(__file__).with_name("peers.py")),
        peer,
        str(file),
        str(seconds),
        json.dumps(how),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds * 20 + 300)
    if done.returncode:
        return {"cost": None, "unserved": None, "cpu": 0.0, "failed": done.stderr.strip().splitlines()[-1:]}
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few instances, five seconds each")
    parser.add_argument("--out", type=Path, help="write careroutes.csv and careroutes.svg here")
    parser.add_argument("--files", type=Path, nargs="+", help="these instances instead of the published ones")
    parser.add_argument("--seconds", type=float, default=30.0, help="for each of --files")
    parser.add_argument("--convention", choices=["dimacs", "exact"], default="dimacs", help="Solomon text in --files")
    options = parser.parse_args()
    if not SHARED.exists() and not options.files:
        print(f"Skipped: the published instances are not here ({SHARED.name})")
        return
    known, rows = best_known(), []
    chosen = given(options.files, options.seconds, options.convention) if options.files else cases(quick=options.quick)
    print(
        f"{'instance':34}{'known':>11}{'ours':>12}" + "".join(f"{peer:>16}" for peer in PEERS) + "   (gap %, unserved)"
    )
    with tempfile.TemporaryDirectory() as folder:
        for case in chosen:
            seconds = 5.0 if options.quick and not options.files else case.seconds
            row = measure(case, known.get((case.set, case.known)), case.unpack(Path(folder)), seconds)
            rows.append(row)
            print(line(row), flush=True)
        if not options.files:
            for figure in acute_and_ill(Path(folder), quick=options.quick):
                print(figure, flush=True)
    for name in dict.fromkeys(row["set"] for row in rows):
        gaps = [row["ours_gap"] for row in rows if row["set"] == name and row["ours_gap"] is not None]
        better = sum(gap < -1e-4 for gap in gaps)
        if gaps:
            print(f"{name}: mean gap {sum(gaps) / len(gaps):.2f} % over {len(gaps)}, {better} below the best known")
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        write(rows, options.out)


def measure(case: Case, known: dict[str, str] | None, file: Path, seconds: float) -> dict[str, Any]:
    how: dict[str, Any] = {}
    if case.convention:
        how = {"kind": "solomon", "convention": case.convention}
    if case.convention == "exact" and known:
        how["vehicles"] = int(float(known["carers_or_vehicles"]))
    best = float(known["best_known_cost"]) if known and known["best_known_cost"] else None
    row: dict[str, Any] = {"set": case.set, "instance": case.known, "seconds": seconds, "best_known": best}
    for peer in ("ours", *(PEERS if case.with_peers else ())):
        told = run(peer, file, seconds, how)
        served = told["cost"] is not None and (told["unserved"] == 0 or not case.with_peers)
        row |= {
            f"{peer}_cost": told["cost"],
            f"{peer}_gap": 100 * (told["cost"] / best - 1) if served and best else None,
            f"{peer}_unserved": told["unserved"],
            f"{peer}_cpu": round(told["cpu"], 1),
        }
    return row


def line(row: dict[str, Any]) -> str:
    def cell(peer: str, width: int) -> str:
        if f"{peer}_cpu" not in row:
            return " " * (width - 1) + "-"
        gap, cost = row[f"{peer}_gap"], row[f"{peer}_cost"]
        said = f"{gap:.2f}" if gap is not None else "no plan" if cost is None else f"= {cost:.1f}"
        return f"{said} {row[f'{peer}_unserved']}".rjust(width)

    known = "-" if row["best_known"] is None else f"{row['best_known']:.1f}"
    return f"{row['instance'][:33]:34}{known:>11}" + cell("ours", 12) + "".join(cell(p, 16) for p in PEERS)


def write(rows: list[dict[str, Any]], folder: Path) -> None:
    """The figures as CSV, and a picture of them: one dot per instance and planner."""
    fields = list(dict.fromkeys(key for row in rows for key in row))
    with (folder / "careroutes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields)
        writer.writeheader()
        writer.writerows(rows)
    colours = {"ours": "#0a6e3d", "pyvrp": "#1f5fa8", "vroom": "#b3621b", "ortools": "#8a2be2"}
    low, high, step = -20.0, 20.0, 22
    height = step * len(rows) + 60

    def x(gap: float) -> float:
        return 260 + (min(max(gap, low), high) - low) / (high - low) * 520

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="820" height="{height}" font-family="sans-serif">']
    parts.append("<title>Gap to the best known cost, per cent: left is better</title>")
    for gap in range(int(low), int(high) + 1, 5):
        parts.append(f'<line x1="{x(gap)}" x2="{x(gap)}" y1="20" y2="{height - 30}" stroke="#ccc"/>')
        parts.append(f'<text x="{x(gap)}" y="14" font-size="11" text-anchor="middle">{gap}</text>')
    for number, row in enumerate(rows):
        y = 34 + step * number
        parts.append(f'<text x="250" y="{y + 4}" font-size="11" text-anchor="end">{row["instance"][:40]}</text>')
        for peer, colour in colours.items():
            gap = row.get(f"{peer}_gap")
            if gap is not None:
                parts.append(f'<circle cx="{x(gap)}" cy="{y}" r="5" fill="{colour}"/>')
    for number, (peer, colour) in enumerate(colours.items()):
        parts.append(f'<circle cx="{280 + 120 * number}" cy="{height - 12}" r="5" fill="{colour}"/>')
        parts.append(f'<text x="{290 + 120 * number}" y="{height - 8}" font-size="12">{peer}</text>')
    (folder / "careroutes.svg").write_text("\n".join([*parts, "</svg>"]), encoding="utf-8")


if __name__ == "__main__":
    main()
