# SPDX-License-Identifier: MPL-2.0
"""Ports for servers that tests start as processes of their own."""

import random
import socket
from pathlib import Path

_OUTGOING = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST = 15_000


def free_port() -> int:
    """A port of this machine that nobody uses, and that nobody is given while the server is starting.

    A port the system picks may be taken by the next outgoing connection of anybody. So it is one that the system does
    not pick from, and at random, so that tests in other processes do not meet at it.
    """
    end = int(_OUTGOING.read_text().split()[0]) if _OUTGOING.exists() else 32_768
    chance = random.SystemRandom()
    while True:
        port = chance.randrange(_FIRST, end) if end > _FIRST + 1000 else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
