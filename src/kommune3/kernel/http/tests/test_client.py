# SPDX-License-Identifier: MPL-2.0
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kommune3.kernel import http
from kommune3.kernel.http import addresses, transport
from kommune3.kernel.http.tests.conftest import say

HERE = ip_address("127.0.0.1")


@pytest.fixture
def names(monkeypatch):
    """``names["api.example.dk"] = [address, …]``: what the resolver answers; ``names.asked`` is what was asked."""

    class Names(dict):
        asked: list[str] = []

    table = Names()
    table.asked = []

    def look_up(host, port):
        table.asked.append(host)
        return table[host]

    monkeypatch.setattr(addresses, "look_up", look_up)
    return table


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def allow(settings):
    """``allow(internal=[server], public=[host])``: lists servers and hosts in the settings."""
    settings.OUTGOING_HOSTS = []
    settings.OUTGOING_INTERNAL_HOSTS = []

    def add(*servers, host="127.0.0.1", public=()):
        settings.OUTGOING_INTERNAL_HOSTS = [f"{host}:{server.port}" for server in servers]
        settings.OUTGOING_HOSTS = list(public)

    return add


def test_an_internal_host_that_is_listed_answers(serve, allow) -> None:
    server = serve(say(body=b"hej"))
    allow(server)
    with http.client() as client:
        assert client.get(server.url("/a?b=1")).text == "hej"
    assert server.seen[0][1] == "/a?b=1"


def test_a_host_that_is_not_listed_is_never_called(serve, allow) -> None:
    server = serve(say())
    allow()
    with http.client() as client, pytest.raises(http.Refused, match="KOMMUNE3_OUTGOING_HOSTS"):
        client.get(server.url())
    assert server.seen == []


def test_a_public_host_with_a_private_address_is_never_called(serve, allow, names) -> None:
    server = serve(say())
    allow(public=[f"api.example.dk:{server.port}"])
    names["api.example.dk"] = [HERE]
    with http.client() as client, pytest.raises(http.Refused, match=r"127\.0\.0\.1"):
        client.get(f"https://api.example.dk:{server.port}/")
    assert server.seen == []


def test_a_resolver_that_changes_its_answer_fools_nobody(serve, allow, names, monkeypatch) -> None:
    server = serve(say())
    allow(server, host="esdh.kommune.local")
    names["esdh.kommune.local"] = [HERE]
    real = socket.getaddrinfo

    def only_addresses(host, *rest, **more):
        ip_address(host)  # connecting must not look the name up again
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", only_addresses)
    with http.client() as client:
        assert client.get(server.url("/", host="esdh.kommune.local")).status_code == 200
    assert names.asked == ["esdh.kommune.local"]
    assert server.seen[0][2]["Host"] == f"esdh.kommune.local:{server.port}"


def test_the_next_address_is_tried_where_one_does_not_answer(serve, allow, names) -> None:
    server = serve(say())
    allow(server, host="esdh.kommune.local")
    names["esdh.kommune.local"] = [ip_address("127.0.0.99"), HERE]
    with http.client() as client:
        assert client.get(server.url("/", host="esdh.kommune.local")).status_code == 200


def test_a_redirect_to_a_host_that_is_not_listed_is_refused(serve, allow) -> None:
    secret = serve(say(body=b"secret"))
    server = serve(say(302, Location=secret.url()))
    allow(server)
    with http.client() as client, pytest.raises(http.Refused):
        client.get(server.url())
    assert secret.seen == []


def test_a_redirect_to_a_listed_host_is_followed_without_the_password(serve, allow) -> None:
    target = serve(say(body=b"there"))
    server = serve(say(302, Location=target.url("/there")))
    allow(server, target)
    with http.client(headers={"Authorization": "Bearer secret"}) as client:
        assert client.get(server.url()).text == "there"
    assert "Authorization" in server.seen[0][2] and "Authorization" not in target.seen[0][2]


def test_redirects_in_a_circle_end(serve, allow) -> None:
    server = serve(say(302, Location="/again"))
    allow(server)
    with http.client() as client, pytest.raises(httpx.TooManyRedirects):
        client.get(server.url())


def test_an_answer_announced_as_too_large_is_not_read(serve, allow) -> None:
    server = serve(say(body=b"x" * 2000))
    allow(server)
    with http.client(size_limit_mb=0.001) as client, pytest.raises(http.AnswerTooLarge):
        client.get(server.url())


def test_an_answer_that_turns_out_too_large_is_cut_off(serve, allow) -> None:
    def answer(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(b"x" * 5000)

    server = serve(answer)
    allow(server)
    with http.client(size_limit_mb=0.001) as client, pytest.raises(http.AnswerTooLarge):
        client.get(server.url())


def test_an_answer_that_is_compressed_anyway_is_refused(serve, allow) -> None:
    server = serve(say(body=b"\x1f\x8b", Content_Encoding="gzip"))
    allow(server)
    with http.client() as client, pytest.raises(http.Refused):
        client.get(server.url())
    assert server.seen[0][2]["Accept-Encoding"] == "identity"


def test_a_server_that_says_nothing_is_given_up(serve, allow, pauses) -> None:
    server = serve(lambda handler: server.over.wait())
    allow(server)
    with http.client(timeout_seconds=0.3, sleep=pauses.append) as client, pytest.raises(httpx.ReadTimeout):
        client.get(server.url())
    assert pauses == [0.5, 1.0]
    until = time.monotonic() + 240
    while len(server.seen) < 3 and time.monotonic() < until:  # it may be slower to listen than the client to give up
        time.sleep(0.01)
    assert len(server.seen) == 3


def test_a_server_that_drips_is_given_up(serve, allow) -> None:
    def answer(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not server.over.wait(0.05):  # until the other side hangs up
            handler.wfile.write(b"x")
            handler.wfile.flush()

    server = serve(answer)
    allow(server)
    with http.client(total_seconds=0.2, attempts=1) as client, pytest.raises(http.TookTooLong):
        client.get(server.url())


def test_a_passing_fault_is_tried_again(serve, allow, pauses) -> None:
    answers = [say(503, Retry_After="3"), say(502), say(body=b"now")]
    server = serve(lambda handler: answers.pop(0)(handler))
    allow(server)
    with http.client(sleep=pauses.append) as client:
        assert client.get(server.url()).text == "now"
    assert pauses == [3.0, 1.0]


def test_a_fault_that_does_not_pass_is_handed_back(serve, allow, pauses) -> None:
    server = serve(say(503))
    allow(server)
    with http.client(sleep=pauses.append) as client:
        assert client.get(server.url()).status_code == 503
    assert len(server.seen) == 3


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_fault_that_will_not_pass_is_not_tried_again(serve, allow, status) -> None:
    server = serve(say(status))
    allow(server)
    with http.client() as client:
        assert client.get(server.url()).status_code == status
    assert len(server.seen) == 1


def test_what_may_not_be_done_twice_is_not_tried_again(serve, allow) -> None:
    server = serve(say(503))
    allow(server)
    with http.client() as client:
        assert client.post(server.url(), json={"pay": 1}).status_code == 503
    assert len(server.seen) == 1


def test_the_log_has_neither_path_nor_query_string_nor_password(serve, allow, monkeypatch) -> None:
    server = serve(say())
    allow(server)
    monkeypatch.setattr(transport, "log", structlog.get_logger("http"))  # one that has said something keeps its way out
    with structlog.testing.capture_logs() as lines, http.client() as client:
        client.get(f"http://user:hemmelig@127.0.0.1:{server.port}/people?cpr=0101010101")
    assert lines[0]["event"] == "http.answered" and lines[0]["status"] == 200
    assert lines[0]["host"] == "127.0.0.1"
    assert "0101010101" not in str(lines) and "hemmelig" not in str(lines) and "people" not in str(lines)


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch) -> ssl.SSLContext:
    """A certificate for esdh.kommune.local that this machine trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "esdh.kommune.local")])
    made = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made - timedelta(days=1))
        .not_valid_after(made + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("esdh.kommune.local")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "certificate.pem"
    pem.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_certificate_is_checked_for_the_name_and_not_for_the_address(serve, allow, names, certificate) -> None:
    server = serve(say(body=b"safe"), certificate)
    allow(server, host="esdh.kommune.local")
    names["esdh.kommune.local"] = [HERE]
    with http.client() as client:
        assert client.get(f"https://esdh.kommune.local:{server.port}/").text == "safe"


def test_a_certificate_for_another_name_is_refused_also_on_a_known_address(serve, settings, names, certificate) -> None:
    server = serve(say(), certificate)
    settings.OUTGOING_INTERNAL_HOSTS = [f"esdh.kommune.local:{server.port}", f"other.kommune.local:{server.port}"]
    names["esdh.kommune.local"] = names["other.kommune.local"] = [HERE]
    with http.client(attempts=1) as client:
        client.get(f"https://esdh.kommune.local:{server.port}/")
        with pytest.raises(httpx.ConnectError, match=r"(?i)hostname|certificate"):
            client.get(f"https://other.kommune.local:{server.port}/")
    assert len(server.seen) == 1
