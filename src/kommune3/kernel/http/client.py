# SPDX-License-Identifier: MPL-2.0
import time
from collections.abc import Callable, Mapping

import httpx
from django.conf import settings

from kommune3.kernel.http.addresses import Rules
from kommune3.kernel.http.transport import GuardedTransport, RetryingTransport


def client(
    *,
    base_url: str = "",
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float = 20,
    total_seconds: float = 120,
    size_limit_mb: float = 20,
    attempts: int = 3,
    sleep: Callable[[float], None] = time.sleep,
) -> httpx.Client:
    """An HTTP client that keeps the house's rules; use it as a context manager.

    ``timeout_seconds`` bounds each wait for the other side, ``total_seconds`` the reading of an answer,
    ``size_limit_mb`` (millions of bytes) its size. Methods that may be repeated are tried ``attempts`` times on
    network faults and on 429, 502, 503 and 504. Redirects are followed, five at most, each checked like a call of its
    own.

    Raises :class:`Refused`, :class:`AnswerTooLarge`, :class:`TookTooLong` and httpx's errors, all of them
    :class:`httpx.RequestError`.
    """
    rules = Rules.of(public=settings.OUTGOING_HOSTS, internal=settings.OUTGOING_INTERNAL_HOSTS)
    guarded = GuardedTransport(rules=rules, size_limit=round(size_limit_mb * 1_000_000), total_seconds=total_seconds)
    return httpx.Client(
        transport=RetryingTransport(guarded, attempts=attempts, sleep=sleep),
        base_url=base_url,
        headers={"User-Agent": "Kommune3", "Accept-Encoding": "identity", **(headers or {})},
        timeout=httpx.Timeout(timeout_seconds, connect=min(timeout_seconds, 5)),
        follow_redirects=True,
        max_redirects=5,
        trust_env=False,
    )
