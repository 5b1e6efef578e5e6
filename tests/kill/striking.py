# SPDX-License-Identifier: MPL-2.0
"""``kill -9`` again and again: at any time, in the middle of transactions, while starting, while a copy is taken."""

import json
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
from kill.clients import Client
from kill.processes import POSTGRES, Drill, Process

WORKERS = 2
CLIENTS = 4
AIMS = 200
STARTING, COPYING, WRITING = "while it started", "while a copy was taken", "in the middle of a transaction"
CIRCUMSTANCES = [STARTING, COPYING, WRITING]
_WAL_WRITE_LOCK = "120"  # where SQLite's write-ahead log locks the one writer, in the file -shm


class Siege:
    """A platform under load whose server, workers and copies are killed, and started again, one after the other."""

    def __init__(self, drill: Drill, *, port: int, seed: int, key_file: Path) -> None:
        self.drill, self.port, self.key_file = drill, port, key_file
        self.chance = random.Random(seed)
        self.kills: Counter[str] = Counter()
        self.circumstances: Counter[str] = Counter()
        town = _town(drill)
        self.clients = [
            Client(number=number, port=port, key=key, bases=town["bases"], seed=seed)
            for number, key in enumerate(town["keys"])
        ]
        self.running = {"server": drill.start("web", str(port))}
        self.running |= {f"worker {number}": drill.start("worker") for number in range(WORKERS)}
        self.copying: Process | None = None
        self.copies: list[tuple[Path, set[str]]] = []
        """Copies that were taken whole, with what was acknowledged before each was begun."""
        self._copy: tuple[Path, set[str]] | None = None

    # --- The load -----------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        for client in self.clients:
            client.start()
        self.wait_for_writes(CLIENTS)

    def writes(self) -> int:
        return sum(len(client.acknowledged) + len(client.booked) for client in self.clients)

    def acknowledged(self) -> set[str]:
        return {label for client in self.clients for label in list(client.acknowledged)}

    def booked(self) -> set[str]:
        return {label for client in self.clients for label in list(client.booked)}

    def wait_for_writes(self, more: int) -> None:
        """Wait until so many more writes have been acknowledged."""
        wanted = self.writes() + more
        self.drill.wait_for(lambda: self.writes() >= wanted)

    def end(self) -> None:
        """Let everybody finish: the clients first, then the copy, then the jobs."""
        for client in self.clients:
            client.over.set()
        for client in self.clients:
            client.join()
        self._look_after_the_copy(wait=True)
        self.drill.wait_for(lambda: set(self.drill.states()) <= {"SUCCEEDED", "FAILED"})

    # --- The blows ----------------------------------------------------------------------------------------------------

    def strike(self) -> None:
        """Kill something once or twice, start it again, and wait until work goes on."""
        before = self.writes()
        how = self.chance.choices(["any time", "transaction", "start", "copy"], [40, 30, 15, 15])[0]
        victim = self.chance.choices(list(self.running), [3, *[2] * WORKERS])[0]
        if how == "transaction":
            self._aim(self.running[victim])
        else:
            time.sleep(self.chance.uniform(0.0, 0.2))
        if how == "copy":
            self._begin_copy()
            time.sleep(self.chance.uniform(0.0, 0.5))
            if self.chance.random() < 0.5:
                victim = "copy"
        self._kill(victim)
        if how == "start":
            time.sleep(self.chance.uniform(0.0, 0.1))
            self.circumstances[STARTING] += self._kill(victim)
        self._look_after_the_copy()
        self.drill.wait_for(lambda: self.writes() > before + 1)

    def _kill(self, victim: str) -> int:
        """Kill it and start it again; returns 1, or 0 where it had just ended by itself, as copies do."""
        process = self.copying if victim == "copy" else self.running[victim]
        if process is None or process.poll() is not None:
            return 0
        self.circumstances[COPYING] += self.copying is not None and self.copying.poll() is None
        process.kill()
        if victim == "copy":
            if process.returncode == -signal.SIGKILL:
                self.kills["copy"] += 1
                return 1
            return 0
        assert process.returncode == -signal.SIGKILL, f"{victim} had ended:\n{process.complained()[-3000:]}"
        self.kills[victim.split()[0]] += 1
        again = ("web", str(self.port)) if victim == "server" else ("worker",)
        self.running[victim] = self.drill.start(*again)
        return 1

    def _aim(self, process: Process) -> None:
        """Stop the process in the middle of a transaction that writes, where one is met within a few tries."""
        for _ in range(AIMS):
            process.send_signal(signal.SIGSTOP)
            if self._is_writing(process):
                self.circumstances[WRITING] += 1
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(self.chance.uniform(0.0, 0.01))

    def _is_writing(self, process: Process) -> bool:
        if not POSTGRES:
            locks = Path("/proc/locks")
            lines = locks.read_text().splitlines() if locks.exists() else []
            own = [words for words in map(str.split, lines) if words[3:5] == ["WRITE", str(process.pid)]]
            return any(words[6] == _WAL_WRITE_LOCK for words in own)
        ports = {one.laddr.port for one in psutil.Process(process.pid).net_connections("tcp") if one.laddr}
        listed = ", ".join(str(port) for port in sorted(ports)) or "0"
        return bool(
            self.drill.value(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                f" AND client_port IN ({listed}) AND xact_start IS NOT NULL AND backend_xid IS NOT NULL"
            )
        )

    # --- Copies -------------------------------------------------------------------------------------------------------

    def _begin_copy(self) -> None:
        self._look_after_the_copy()
        if self.copying is None:
            path = self.drill.folder / f"copy-{self.chance.getrandbits(32):08x}"
            self._copy = (path, self.acknowledged())
            self.copying = self.drill.start("backup", str(path), "--key-file", str(self.key_file), "--skip-checks")

    def _look_after_the_copy(self, *, wait: bool = False) -> None:
        if self.copying is None or self._copy is None or (self.copying.poll() is None and not wait):
            return
        code = self.copying.wait()
        assert code in (0, -signal.SIGKILL), self.copying.complained()
        assert self._copy[0].exists() or code != 0
        if code == 0:
            self.copies.append(self._copy)
        self.copying = None

    def take_one_whole_copy(self) -> tuple[Path, set[str]]:
        """A copy that was taken under load, where none was left alone until now then a last one."""
        if not self.copies:
            self._begin_copy()
            self._look_after_the_copy(wait=True)
        return self.copies[-1]


def _town(drill: Drill) -> dict[str, list[Any]]:
    made: dict[str, list[Any]] = json.loads(drill.run("drill_town", "--people", str(CLIENTS), "--bases", "6"))
    return made
