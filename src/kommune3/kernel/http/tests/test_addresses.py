# SPDX-License-Identifier: MPL-2.0
import socket
from ipaddress import ip_address

import httpx
import pytest

from kommune3.kernel.http import addresses
from kommune3.kernel.http.addresses import Rules, is_public, may_be_internal
from kommune3.kernel.http.errors import Refused


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "100.64.0.1", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1", "::ffff:169.254.169.254", "2002:0a00:0001::", "2002:c0a8:0101::1", "64:ff9b::a9fe:a9fe",
     "64:ff9b:1::1", "fd00:ec2::254", "fe80::1%eth0", "::ffff:0:127.0.0.1", "::127.0.0.1", "3fff::1", "5f00::1",
     "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1:1:1:1:80ff:fffe", "100::1"],
)  # fmt: skip
def test_an_address_that_is_not_out_on_the_internet_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2a00:1450:4001:813::200e", "::ffff:93.184.216.34"])
def test_an_address_on_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "may"),
    [("10.1.2.3", True), ("127.0.0.1", True), ("::1", True), ("fc00::1", True), ("169.254.169.254", False),
     ("::ffff:169.254.169.254", False), ("fe80::1", False), ("224.0.0.1", False), ("0.0.0.0", False)],
)  # fmt: skip
def test_the_own_network_excludes_link_local_multicast_and_unspecified(address: str, may: bool) -> None:
    assert may_be_internal(ip_address(address)) is may


RULES = Rules.of(public=["api.Example.dk", "other.example.dk:8443"], internal=["esdh.kommune.local:8080"])


@pytest.mark.parametrize(
    ("url", "internal"),
    [
        ("https://api.example.dk/x", False),
        ("https://API.EXAMPLE.DK./x", False),
        ("https://other.example.dk:8443/", False),
        ("http://esdh.kommune.local:8080/", True),
    ],
)
def test_a_listed_host_may_be_called(url: str, internal: bool) -> None:
    assert RULES.is_internal(httpx.URL(url)) is internal


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/",
        "https://api.example.dk.evil.example/",
        "https://api.example.dk@evil.example/",
        "https://sub.api.example.dk/",
        "https://api.example.dk:8443/",
        "https://other.example.dk/",
        "http://api.example.dk/",
        "ftp://api.example.dk/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://user:secret@evil.example/api.example.dk",
        "https://evil.example#@api.example.dk/",
        "https://api.example.dk.:8443/",
        "https://api%2eexample.dk/",
        "https://ａｐｉ.example.dk.evil.example/",
        "file:///etc/passwd",
        "gopher://api.example.dk/",
        "data:text/plain,x",
        "//api.example.dk/",
        "http://esdh.kommune.local/",
    ],
)
def test_any_other_host_port_or_scheme_is_refused(url: str) -> None:
    with pytest.raises((Refused, httpx.InvalidURL)):
        RULES.is_internal(httpx.URL(url))


def test_one_forbidden_address_among_several_refuses_the_host(monkeypatch) -> None:
    both = [ip_address("93.184.216.34"), ip_address("10.0.0.1")]
    monkeypatch.setattr(addresses, "look_up", lambda host, port: both)
    with pytest.raises(Refused, match=r"10\.0\.0\.1"):
        addresses.checked("api.example.dk", 443, internal=False)
    assert addresses.checked("api.example.dk", 443, internal=True) == both


def test_a_name_that_does_not_exist_is_a_connection_error() -> None:
    with pytest.raises(httpx.ConnectError):
        addresses.look_up("no-such-host.invalid", 443)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0", "0x7f.1", "localhost", "::1"])
def test_a_number_that_the_resolver_takes_for_this_machine_is_seen_as_what_it_is(host: str) -> None:
    """Even where somebody lists such a spelling as a host on the internet."""
    with pytest.raises((Refused, httpx.ConnectError)):
        addresses.checked(host, 443, internal=False)


@pytest.mark.parametrize("answer", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fe80::1", "fc00::1",
                                    "::ffff:192.168.1.1", "64:ff9b::c0a8:101", "2002:7f00:1::"])  # fmt: skip
def test_a_name_whose_answer_is_private_is_refused(monkeypatch, answer: str) -> None:
    """As the resolver really hands it over."""
    family = socket.AF_INET6 if ":" in answer else socket.AF_INET
    entry = (family, socket.SOCK_STREAM, 6, "", (answer, 443))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: [entry])
    with pytest.raises(Refused):
        addresses.checked("api.example.dk", 443, internal=False)


def test_a_link_local_answer_with_its_zone_is_refused_for_internal_hosts_too(monkeypatch) -> None:
    entry = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%eth0", 443, 0, 2))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **more: [entry])
    with pytest.raises(Refused):
        addresses.checked("esdh.kommune.local", 8080, internal=True)
