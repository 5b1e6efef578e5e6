# SPDX-License-Identifier: MPL-2.0
"""A disk that is full or cannot be written: said plainly, nothing acknowledged is lost, nothing is left half done."""

import contextlib
import http.client
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from kill.processes import POSTGRES, Drill, Process
from ports import free_port

pytestmark = pytest.mark.parametrize("carrier", ["rows"], indirect=True)

SIZE_MB = 64
TOKEN = "a token for monitoring"


class SmallDisk:
    """A disk of 64 MB: a real one in memory where one may be mounted; else the processes may write no larger files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
        self.is_real = subprocess.run(mount, check=False, capture_output=True).returncode == 0

    def fill(self, *processes: Process) -> None:
        if not self.is_real:
            for process in processes:
                resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
            return
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (1024 * 1024, 4096, 1):
                try:
                    while filler.write(b"x" * size):
                        pass
                except OSError:
                    continue

    def make_room(self, *processes: Process) -> None:
        if self.is_real:
            (self.folder / "filler").unlink()
        for process in processes:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def remount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.folder)], check=True, capture_output=True)

    def take_away(self) -> None:
        if self.is_real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class Platform:
    """The drill served over HTTP, with an employee's key."""

    def __init__(self, drill: Drill) -> None:
        self.drill, self.port = drill, free_port()
        self.town = json.loads(drill.run("drill_town", "--people", "1", "--bases", "1"))

    def start(self) -> tuple[Process, Process]:
        web, worker = self.drill.start("web", str(self.port)), self.drill.start("worker")
        self.drill.wait_for(lambda: self.ask("GET", "/health/live")[0] == 200)
        return web, worker

    def ask(self, method: str, path: str, body: bytes = b"", token: str = "", **headers: str) -> tuple[int, str, str]:
        """Status, content type and text of the answer; 0 where none came."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=240)
        try:
            bearer = {"Authorization": f"Bearer {token or self.town['keys'][0]}"}
            connection.request(method, path, body=body, headers={**bearer, "Accept-Language": "da", **headers})
            answer = connection.getresponse()
            return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, "", ""
        finally:
            connection.close()

    def wish(self, label: str, content: bytes = b"") -> tuple[int, str, str]:
        return self.ask("POST", f"/api/killdrill/wishes?label={label}&long", content)

    def is_ready(self) -> bool:
        return self.ask("GET", "/health/ready")[0] == 200


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk")
    yield disk
    disk.take_away()


@pytest.fixture
def platform(disk: SmallDisk, drill: Drill) -> Platform:
    """A platform whose database (SQLite) and files lie on the small disk."""
    if not POSTGRES:
        moved = disk.folder / "kommune3.sqlite3"
        shutil.move(drill.database, moved)
        drill.database = str(moved)
    on_disk(drill, disk.folder / "data")
    drill.settings["METRICS_TOKEN"] = TOKEN
    return Platform(drill)


def on_disk(drill: Drill, folder: Path) -> None:
    folder.mkdir()
    drill.settings |= {
        "DATA_DIR": str(folder),
        "STORAGES": {
            "default": {
                "BACKEND": "kommune3.kernel.files.storage.FolderStorage",
                "OPTIONS": {"location": str(folder / "files")},
            },
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    }


def kept_files(platform: Platform) -> list[Path]:
    folder = Path(platform.drill.settings["DATA_DIR"]) / "files"
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_full_disk_is_said_plainly_loses_nothing_and_work_goes_on_when_there_is_room_again(
    platform: Platform, disk: SmallDisk
) -> None:
    drill = platform.drill
    web, worker = platform.start()
    assert platform.is_ready()
    assert platform.wish("before", b"kept " * 1000)[0] == 201
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 3})
    drill.pause(worker)
    assert platform.wish("waiting")[0] == 201
    waiting = drill.states()
    if not POSTGRES:  # or small changes would fit into the room that the log of changes has inside
        with contextlib.closing(sqlite3.connect(drill.database)) as connection:
            assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0

    disk.fill(web, worker)
    status, kind, text = drill.wait_for(lambda: refused(platform.wish("uploaded", b"too much " * 100_000)))
    assert (status, kind) == (507, "application/json")
    assert json.loads(text)["code"] == "disk_full"
    assert "Der er ikke mere plads på serveren" in json.loads(text)["detail"]
    assert [len(kept_files(platform)), drill.value("SELECT count(*) FROM files_storedfile")] == [1, 1]
    if not POSTGRES:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        page = platform.ask("POST", "/account/login/", b"login=nobody&password=wrong", **form)
        assert page[0] in (403, 507), "a page that has to write says so, or is refused before it writes"
        worker.send_signal(signal.SIGCONT)
        drill.wait_for(lambda: "jobs.database.away" in worker.complained() or "jobs.disk" in worker.complained())
        assert drill.states() == waiting, "nobody loses an attempt"
    if disk.is_real:
        status, _kind, text = platform.ask("GET", "/health/ready", token=TOKEN)
        assert status == 503
        assert [check["verdict"] for check in json.loads(text)["checks"] if check["name"] == "disk"] == ["failed"]
        copy = disk.folder / "copy"
        copying = drill.start("backup", str(copy), "--skip-checks")
        assert copying.wait() != 0
        assert "There is no room left" in copying.complained()
        assert [path.name for path in disk.folder.iterdir() if "copy" in path.name or "backup" in path.name] == []

    disk.make_room(web, worker)
    worker.send_signal(signal.SIGCONT)
    drill.wait_for(lambda: platform.wish("after", b"kept " * 1000)[0] == 201)
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 9})
    assert drill.rows("SELECT label FROM killdrill_wish ORDER BY label") == [("after",), ("before",), ("waiting",)]
    ends = ("done", "long", "told")
    assert drill.marks() == [f"{label} {end}" for label in ("after", "before", "waiting") for end in ends]
    assert len(kept_files(platform)) == 2
    drill.wait_for(platform.is_ready)
    drill.run("audit_verify")


def refused(answer: tuple[int, str, str]) -> tuple[int, str, str] | None:
    """The answer once it is not 201 any more: small changes may still fit into a file that has room inside."""
    return None if answer[0] == 201 else answer


@pytest.mark.skipif(POSTGRES, reason="the database is on a server of its own")
def test_a_disk_that_cannot_be_written_is_said_plainly_and_nothing_that_was_saved_is_lost(
    platform: Platform, disk: SmallDisk
) -> None:
    if not disk.is_real:
        pytest.skip("a disk that can be made read-only needs the right to mount one")
    drill = platform.drill
    web, worker = platform.start()
    assert platform.wish("before", b"kept " * 1000)[0] == 201
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 3})
    for process in (web, worker):
        process.kill()
    disk.remount("ro")

    platform.start()
    status, kind, text = platform.wish("refused")
    assert (status, kind) == (503, "application/json")
    assert json.loads(text)["code"] == "disk_not_writable"
    assert "Serveren kan ikke gemme noget lige nu" in json.loads(text)["detail"]
    assert platform.ask("GET", "/health/live")[0] == 200
    status, kind, text = platform.ask("GET", "/api/v1/fleet/bookings")  # reading it has to be written down as well
    assert (status, kind) == (503, "application/json")
    status, _kind, text = platform.ask("GET", "/health/ready", token=TOKEN)
    assert status == 503
    assert [check["verdict"] for check in json.loads(text)["checks"] if check["name"] == "disk"] == ["failed"]

    disk.remount("rw")
    drill.wait_for(lambda: platform.wish("after")[0] == 201)
    drill.wait_for(lambda: drill.states() == {"SUCCEEDED": 6})
    assert drill.rows("SELECT label FROM killdrill_wish ORDER BY label") == [("after",), ("before",)]
    drill.wait_for(platform.is_ready)
