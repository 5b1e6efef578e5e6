# SPDX-License-Identifier: MPL-2.0
"""People at work: each a thread that writes over HTTP, asks again where no answer came, and notes what was answered."""

import http.client
import json
import random
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

CONTENT = b"an uploaded line of text\n" * 400


class Client(threading.Thread):
    """Writes until ``over`` is set. ``acknowledged``: labels of changes answered with 201; ``booked``: of bookings."""

    def __init__(self, *, number: int, port: int, key: str, bases: list[int], seed: int) -> None:
        super().__init__(name=f"client-{number}", daemon=True)
        self.number, self.port, self.key, self.bases = number, port, key, bases
        self.chance = random.Random(seed * 100 + number)
        self.over = threading.Event()
        self.acknowledged: list[str] = []
        self.booked: list[str] = []
        self.unanswered = 0
        self.answers: Counter[int] = Counter()
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        written = 0
        while not self.over.is_set():
            label = f"c{self.number}-{written}"
            is_booking = bool(self.bases) and self.chance.random() < 0.1
            request = self._booking(label) if is_booking else self._wish(label)
            while not self.over.is_set():
                status = self._ask(*request)
                if status == 201:
                    (self.booked if is_booking else self.acknowledged).append(label)
                    written += 1
                    break
                self.over.wait(0.05)
            self.over.wait(0.01)
        self._hang_up()

    def _wish(self, label: str) -> tuple[str, bytes]:
        long = "&long" if self.chance.random() < 0.1 else ""
        content = label.encode() + b"\n" + CONTENT if self.chance.random() < 0.3 else b""
        return f"/api/killdrill/wishes?label={label}{long}", content

    def _booking(self, label: str) -> tuple[str, bytes]:
        start = datetime.now(UTC) + timedelta(days=self.chance.randrange(1, 20), hours=self.chance.randrange(0, 20))
        wish = {
            "base": self.chance.choice(self.bases), "start_at": start.isoformat(), "km": 10, "request_key": label,
            "end_at": (start + timedelta(minutes=30)).isoformat(), "may_wait": True,
        }  # fmt: skip
        return "/api/v1/fleet/bookings", json.dumps(wish).encode()

    def _ask(self, path: str, body: bytes) -> int:
        """The status of the answer; 0 where none came."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
            self._connection.request("POST", path, body=body, headers=headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            self.unanswered += 1
            return 0
        self.answers[answer.status] += 1
        return answer.status

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
