# SPDX-License-Identifier: MPL-2.0
"""What has become of the work of a siege when everything is over, and the tally of it."""

import hashlib
import os
from collections import Counter
from pathlib import Path
from typing import Any

from kill.processes import POSTGRES, Drill
from kill.striking import Siege

DATABASE = "PostgreSQL" if POSTGRES else "SQLite"


class Outcome:
    """What the database and the folder of files say when everything is over."""

    def __init__(self, drill: Drill, *, acknowledged: set[str], booked: set[str]) -> None:
        wishes = {label for (label,) in drill.rows("SELECT label FROM killdrill_wish")}
        booking_rows = [key for (key,) in drill.rows("SELECT request_key FROM fleet_booking")]
        jobs = drill.states()
        marks = Counter(drill.marks())
        wanted = {title + end for title in wishes for end in (" told", " done")}
        long = {f"{title} long" for (title,) in drill.rows("SELECT title FROM jobs_job WHERE task LIKE '%step_mark'")}
        lines = drill.rows(
            "SELECT object_id, count(*) FROM audit_entry WHERE action = 'killdrill.wished' GROUP BY object_id"
        )
        audited = {str(object_id): count for object_id, count in lines}
        files = drill.rows("SELECT id, sha256 FROM files_storedfile")
        folder = Path(drill.settings["DATA_DIR"]) / "files"
        self.changes, self.bookings, self.jobs, self.effects = len(wishes), len(booking_rows), jobs, marks.total()
        self.lost = sorted((acknowledged - wishes) | (booked - set(booking_rows)))
        self.done_twice = sorted(
            [label for label, count in marks.items() if count > 1]
            + [key for key, count in Counter(booking_rows).items() if count > 1]
            + [object_id for object_id, count in audited.items() if count > 1]
        )
        self.not_done = sorted((wanted | long) - set(marks))
        self.from_nowhere = sorted(set(marks) - wanted - long)
        self.without_audit_line = self.changes - len(audited)
        self.stuck = sum(count for state, count in jobs.items() if state not in ("SUCCEEDED", "FAILED"))
        self.failed = jobs.get("FAILED", 0)
        self.files = len(files)
        self.files_missing = sum(not _is_kept(folder, str(file_id), sha256) for file_id, sha256 in files)

    def faults(self) -> dict[str, Any]:
        """What should not be, by its name; empty where all is well."""
        found = {
            "lost": self.lost, "done twice": self.done_twice, "not done": self.not_done, "stuck": self.stuck,
            "from nowhere": self.from_nowhere, "without audit line": self.without_audit_line, "failed": self.failed,
            "files missing": self.files_missing,
        }  # fmt: skip
        return {name: value for name, value in found.items() if value}


def _is_kept(folder: Path, file_id: str, sha256: str) -> bool:
    name = file_id.replace("-", "")
    path = folder / name[:2] / name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


class Tally:
    """The run in words: printed, and added to the file KOMMUNE3_KILL_TALLY that ``scripts/run_tests.py`` shows."""

    def __init__(self, siege: Siege, drill: Drill, *, seed: int, seconds: float) -> None:
        acknowledged, booked = siege.acknowledged(), siege.booked()
        self.outcome = found = Outcome(drill, acknowledged=acknowledged, booked=booked)
        drill.run("audit_verify")  # raises where the chain is broken
        kills, how = siege.kills, siege.circumstances
        unanswered = sum(client.unanswered for client in siege.clients)
        others = dict(sum((client.answers for client in siege.clients), Counter()))
        others.pop(201, None)
        self.lines = [
            f"kill -9 on {DATABASE}, seed {seed}: {kills.total()} times in {seconds:.0f} s",
            f"  killed: {kills['server']} the server, {kills['worker']} a worker, {kills['copy']} a copy",
            f"  of these {', '.join(f'{count} {when}' for when, count in sorted(how.items()))}",
            f"  acknowledged: {len(acknowledged)} changes, {len(booked)} bookings; {len(found.lost)} lost",
            f"  unanswered: {unanswered}; other answers: {others or 'none'}",
            f"  jobs: {sum(found.jobs.values())}; {found.stuck} stuck, {found.failed} failed",
            f"  effects, handled events: {found.effects}; {len(found.not_done)} missing, {len(found.done_twice)} twice",
            f"  audit log: whole; {found.without_audit_line} lines missing",
            f"  stored files: {found.files}; {found.files_missing} missing or damaged",
        ]

    def publish(self) -> None:
        text = "\n".join(self.lines)
        print(f"\n{text}")
        if kept := os.environ.get("KOMMUNE3_KILL_TALLY"):
            with Path(kept).open("a", encoding="utf-8") as file:
                file.write(text + "\n")
