# SPDX-License-Identifier: MPL-2.0
"""How a request leaves: checked, at the checked address, with limits, tried again where that is safe."""

import ssl
import time
from collections.abc import Callable, Iterator

import httpx
import structlog
from django.utils.translation import gettext as _

from kommune3.kernel.http.addresses import Address, Rules, checked
from kommune3.kernel.http.errors import AnswerTooLarge, Refused, TookTooLong
from kommune3.kernel.metrics import figures

log = structlog.get_logger("http")

_REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
_WORTH_ANOTHER_TRY = {429, 502, 503, 504}
_LONGEST_WAIT_SECONDS = 10.0


class GuardedTransport(httpx.BaseTransport):
    """Sends to hosts that ``rules`` allow, at an address that was looked at first."""

    def __init__(self, *, rules: Rules, size_limit: int, total_seconds: float) -> None:
        self._rules = rules
        self._size_limit = size_limit
        self._total_seconds = total_seconds
        self._tls = ssl.create_default_context()
        # One pool for each host: hosts that share an address must not share a connection, which is checked for one
        # name.
        self._pools: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            internal = self._rules.is_internal(request.url)
            host = request.url.raw_host.decode("ascii")
            port = request.url.port or (443 if request.url.scheme == "https" else 80)
            addresses = checked(host, port, internal=internal)
        except Refused as refusal:
            refusal.request = request
            log.warning("http.refused", method=request.method, host=request.url.host)
            figures.OUTGOING.labels("refused", "refused").inc()
            raise
        pool = self._pools.setdefault(f"{host}:{port}", httpx.HTTPTransport(verify=self._tls, trust_env=False))
        started = time.monotonic()
        for last, address in _with_last(addresses):
            aimed = httpx.Request(
                request.method,
                request.url.copy_with(host=str(address)),
                headers=request.headers,
                stream=request.stream,
                extensions=request.extensions | {"sni_hostname": host},
            )
            try:
                response = pool.handle_request(aimed)
                break
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if last:
                    raise
        response.stream = self._limited(response, request, until=started + self._total_seconds)
        return response

    def _limited(self, response: httpx.Response, request: httpx.Request, *, until: float) -> "_LimitedStream":
        too_large = _("The answer from %(host)s is larger than %(mb)s MB.") % {
            "host": request.url.host,
            "mb": self._size_limit // 1_000_000,
        }
        assert isinstance(response.stream, httpx.SyncByteStream)
        announced = response.headers.get("Content-Length", "0")
        if announced.isdecimal() and int(announced) > self._size_limit and request.method != "HEAD":
            response.stream.close()
            raise AnswerTooLarge(too_large, request=request)
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            # Asked for uncompressed: what comes compressed anyway could unfold to any size.
            response.stream.close()
            raise Refused(_("%(host)s sent a compressed answer.") % {"host": request.url.host}, request=request)
        too_slow = _("The answer from %(host)s took too long.") % {"host": request.url.host}
        return _LimitedStream(
            response.stream,
            size_limit=self._size_limit,
            until=until,
            too_large=AnswerTooLarge(too_large, request=request),
            too_slow=TookTooLong(too_slow, request=request),
        )

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()


class _LimitedStream(httpx.SyncByteStream):
    """The answer's content, given up when it grows or lasts beyond its limit."""

    def __init__(
        self,
        stream: httpx.SyncByteStream,
        *,
        size_limit: int,
        until: float,
        too_large: AnswerTooLarge,
        too_slow: TookTooLong,
    ) -> None:
        self._stream = stream
        self._size_limit = size_limit
        self._until = until
        self._too_large = too_large
        self._too_slow = too_slow

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > self._size_limit:
                raise self._too_large
            if time.monotonic() > self._until:
                raise self._too_slow
            yield chunk

    def close(self) -> None:
        self._stream.close()


class RetryingTransport(httpx.BaseTransport):
    """Tries again, a little later each time, where a request may be repeated and the fault may pass. Logs each
    attempt."""

    def __init__(self, inner: httpx.BaseTransport, *, attempts: int, sleep: Callable[[float], None]) -> None:
        self._inner = inner
        self._attempts = attempts
        self._sleep = sleep

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_repeatable = request.method in _REPEATABLE and isinstance(request.stream, httpx.ByteStream)
        attempts = self._attempts if is_repeatable else 1
        for attempt in range(1, attempts + 1):
            # Neither path nor query: they may hold an address, a number plate or a person.
            note = log.bind(method=request.method, host=request.url.host, attempt=attempt)
            started = time.monotonic()
            wait = 0.5 * 2 ** (attempt - 1)
            try:
                response = self._inner.handle_request(request)
            except (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError) as error:
                note.warning("http.failed", error=type(error).__name__, ms=_ms_since(started))
                _count(request, type(error).__name__, started)
                if attempt == attempts:
                    raise
            else:
                note.info("http.answered", status=response.status_code, ms=_ms_since(started))
                _count(request, str(response.status_code), started)
                if response.status_code not in _WORTH_ANOTHER_TRY or attempt == attempts:
                    return response
                wait = max(wait, _asked_to_wait(response))
                response.close()
            self._sleep(min(wait, _LONGEST_WAIT_SECONDS))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        self._inner.close()


def _asked_to_wait(response: httpx.Response) -> float:
    seconds = response.headers.get("Retry-After", "")
    return float(seconds) if seconds.isdecimal() else 0.0


def _count(request: httpx.Request, outcome: str, started: float) -> None:
    """Only hosts that the settings list get this far."""
    figures.OUTGOING.labels(request.url.host, outcome).inc()
    figures.OUTGOING_SECONDS.labels(request.url.host).inc(time.monotonic() - started)


def _ms_since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _with_last(items: list[Address]) -> Iterator[tuple[bool, Address]]:
    for number, item in enumerate(items, start=1):
        yield number == len(items), item
