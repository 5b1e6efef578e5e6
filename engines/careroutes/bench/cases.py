# SPDX-License-Identifier: MPL-2.0
"""Which instances are planned, for how long, and what the best known value of each is."""

import csv
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from careroutes.formats.files import format_of

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "care"
QUICK = {"c1_2_1", "c2_2_3", "r1_2_6", "r1_4_7", "InstanzVNS_HCSRP_100_4", "InstanzVNS_HCSRP_200_1", "i-083", "i-134"}
HOMBERGER = {
    "200": ("c1_2_1", "c2_2_3", "r1_2_6", "r2_2_9", "rc1_2_5", "rc2_2_2"),
    "400": ("c1_4_2", "r1_4_7", "r2_4_3", "rc2_4_6"),
    "1000": ("C1_10_2", "C2_10_3", "R1_10_6", "R2_10_9", "RC1_10_4", "RC2_10_2"),
}
EVERY = {"hhcrsp-mankowska": 1, "hhcrsp-kummer": 7, "hhcrsp-italian": 9, "uhhc-validation": 1}  # of a set's instances


@dataclass(frozen=True)
class Case:
    """An instance: ``set`` and ``known`` name its row in best_known.csv, ``member`` its file in the set's archive."""

    set: str
    known: str
    file: Path
    seconds: float
    member: str = ""
    with_peers: bool = False
    convention: str = ""

    def unpack(self, folder: Path) -> Path:
        if not self.member:
            return self.file
        with tarfile.open(self.file) as packed:
            packed.extract(self.member, folder, filter="data")
        return folder / self.member


def best_known() -> dict[tuple[str, str], dict[str, str]]:
    """(set, instance) -> its row; empty where the file is not there."""
    path = SHARED / "best_known.csv"
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["set"], row["instance"]): row for row in csv.DictReader(file)}


def cases(*, quick: bool) -> Iterator[Case]:
    """The published instances: windows only with the peers beside, then those of home care."""
    known = best_known()
    for size, names in HOMBERGER.items():
        for name in names:
            if not quick or name in QUICK:
                yield _windows_only(size, name)
    for group, step in EVERY.items():
        mine = [row for (its_set, _), row in known.items() if its_set == group]
        archive = SHARED / f"{group}.tar.xz"
        members = {Path(name).stem: name for name in _names(archive) if "/sol" not in name}
        for row in mine[::step]:
            name = row["instance"]
            if name in members and (not quick or name in QUICK):
                yield Case(group, name, archive, _seconds(row), members[name])


def given(files: Iterable[Path], seconds: float, convention: str) -> Iterator[Case]:
    """Instances by their paths; the best known value is found by the file's name."""
    known = best_known()
    for file in files:
        windows_only = format_of(file.read_text(encoding="utf-8")) == "solomon"
        rows = [
            key
            for key in known
            if key[1].lower() == file.stem.lower()
            and (not windows_only or ("dimacs" in key[0]) == (convention == "dimacs"))
        ]
        group, name = rows[0] if rows else ("given", file.stem)
        yield Case(group, name, file, seconds, "", windows_only, convention if windows_only else "")


def _names(archive: Path) -> list[str]:
    with tarfile.open(archive) as packed:
        return sorted(packed.getnames())


def _seconds(row: dict[str, str]) -> float:
    """Half of what the published method took, where that is told; otherwise what section 4 of the design asks for."""
    if row["set"].startswith("uhhc"):
        return float(row["reference_mean_seconds"]) / 2
    return 60.0 if int(row["patients"]) >= 200 else 30.0


def _windows_only(size: str, name: str) -> Case:
    thousand = size == "1000"
    archive, group = SHARED / "vrptw-homberger-solomon.tar.xz", f"vrptw-homberger_{size}"
    member = f"vrptw-homberger-solomon/homberger_{size}/{name.lower()}.txt"
    if thousand:
        return Case(f"{group}-dimacs", name, archive, 60.0, member, with_peers=True, convention="dimacs")
    return Case(group, name, archive, 30.0, member, with_peers=True, convention="exact")
