# SPDX-License-Identifier: MPL-2.0
"""Which hosts may be called, and at which addresses."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpx
from django.utils.translation import gettext as _

from kommune3.kernel.http.errors import Refused

Address = IPv4Address | IPv6Address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_UNROUTED_V6 = (
    IPv6Network("fec0::/10"),  # RFC 3879 site-local
    IPv6Network("100::/64"),  # RFC 6666 discard
    IPv6Network("3fff::/20"),  # RFC 9637 documentation
    IPv6Network("5f00::/16"),  # RFC 9602 segment routing
)


@dataclass(frozen=True)
class Rules:
    """``public`` hosts must be out on the internet; ``internal`` ones may be on the municipality's own network.

    An entry is "host" (ports 80 and 443) or "host:port".
    """

    public: frozenset[str]
    internal: frozenset[str]

    @classmethod
    def of(cls, *, public: Iterable[str], internal: Iterable[str]) -> "Rules":
        return cls(frozenset(map(str.lower, public)), frozenset(map(str.lower, internal)))

    def is_internal(self, url: httpx.URL) -> bool:
        """Whether the host is listed as internal; raises :class:`Refused` where it is not listed at all."""
        if url.scheme not in _DEFAULT_PORTS:
            raise Refused(_("“%(scheme)s” is not a way to call others: use https.") % {"scheme": url.scheme})
        names = self._names(url)
        if names & self.internal:
            return True
        if not names & self.public:
            raise Refused(
                _("The platform may not call %(host)s. An administrator can allow it in KOMMUNE3_OUTGOING_HOSTS.")
                % {"host": url.host}
            )
        if url.scheme != "https":
            raise Refused(_("%(host)s is called over HTTPS only.") % {"host": url.host})
        return False

    @staticmethod
    def _names(url: httpx.URL) -> set[str]:
        host = url.raw_host.decode("ascii").lower().rstrip(".")
        port = url.port or _DEFAULT_PORTS[url.scheme]
        return {f"{host}:{port}"} | ({host} if port in _DEFAULT_PORTS.values() else set())


def look_up(host: str, port: int) -> list[Address]:
    """The addresses of a host name, in the order of the resolver; raises :class:`httpx.ConnectError`."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise httpx.ConnectError(f"{host}: {error}") from error
    return [ip_address(str(entry[4][0]).split("%")[0]) for entry in found]


def checked(host: str, port: int, *, internal: bool) -> list[Address]:
    """The addresses of a host, all of which may be called; raises :class:`Refused` where one may not."""
    addresses = look_up(host, port)
    for address in addresses:
        if not (may_be_internal(address) if internal else is_public(address)):
            raise Refused(
                _("%(host)s is at %(address)s, which the platform does not call.") % {"host": host, "address": address}
            )
    return addresses


def is_public(address: Address) -> bool:
    """Out on the internet, also where an IPv6 address carries an IPv4 one inside."""
    return all(
        each.is_global and not each.is_multicast and not each.is_reserved and not _is_unrouted(each)
        for each in _with_embedded(address)
    )


def may_be_internal(address: Address) -> bool:
    """Public, private or this machine; not link-local (where clouds keep their keys), multicast or unspecified."""
    return not any(each.is_link_local or each.is_multicast or each.is_unspecified for each in _with_embedded(address))


def _is_unrouted(address: Address) -> bool:
    return isinstance(address, IPv6Address) and any(address in network for network in _UNROUTED_V6)


def _with_embedded(address: Address) -> Iterator[Address]:
    embedded: list[IPv4Address] = []
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            embedded.append(IPv4Address(int(address) & 0xFFFF_FFFF))
        embedded += [each for each in (address.ipv4_mapped, address.sixtofour) if each is not None]
        embedded += list(address.teredo or ())
    if not (isinstance(address, IPv6Address) and address.ipv4_mapped):
        yield address
    yield from embedded
