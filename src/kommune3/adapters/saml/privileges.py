# SPDX-License-Identifier: MPL-2.0
"""The list of privileges in an assertion: OIO Basic Privilege Profile, versions 1.0 to 1.2, in base64.

::

    <bpp:PrivilegeList xmlns:bpp="http://digst.dk/oiosaml/basic_privilege_profile">
      <PrivilegeGroup Scope="urn:dk:gov:saml:cvrNumberIdentifier:29189986">
        <Privilege>https://example.dk/roles/usersystemrole/planner/1</Privilege>
        <Constraint Name="http://sts.kombit.dk/constraints/orgenhed/1">UUID,UUID</Constraint>
        <Constraint Name="http://sts.kombit.dk/constraints/KLE/1">27.36.*</Constraint>
      </PrivilegeGroup>
    </bpp:PrivilegeList>
"""

from collections.abc import Collection

from lxml import etree

from kommune3.adapters.saml import wire
from kommune3.adapters.saml.errors import Reason, Refused
from kommune3.adapters.saml.party import Party
from kommune3.adapters.saml.wire import Element
from kommune3.kernel.access.from_provider import Claim

_NAMESPACES = ("http://digst.dk/oiosaml/basic_privilege_profile", "http://itst.dk/oiosaml/basic_privilege_profile")
_CVR_SCOPE = "urn:dk:gov:saml:cvrNumberIdentifier:"
OTHER_SCOPE = "Scope"  # a CPR, production unit or SE number: its value is not passed on


def claims_of(text: str, *, party: Party) -> list[Claim]:
    """The claims in the attribute's value; none where it is empty. Raises :class:`Refused`."""
    if not text:
        return []
    try:
        root = _parsed(wire.decoded(text))
    except Refused as error:
        raise Refused(Reason.PRIVILEGES, error.reason) from error
    if etree.QName(root).namespace not in _NAMESPACES or etree.QName(root).localname != "PrivilegeList":
        raise Refused(Reason.PRIVILEGES, "no list of privileges")
    return [claim for group in _children(root, "PrivilegeGroup") for claim in _claims_of_group(group, party)]


def _parsed(xml: bytes) -> Element:
    body = wire.refuse_markup(xml)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(Reason.NOT_XML) from error


def _children(parent: Element, name: str) -> list[Element]:
    """The children called ``name``, which providers write with and without the namespace."""
    found = []
    for child in parent:
        tag = etree.QName(child)
        if tag.namespace not in (None, *_NAMESPACES):
            raise Refused(Reason.PRIVILEGES, "an unknown element")
        if tag.localname == name:
            found.append(child)
    return found


def _claims_of_group(group: Element, party: Party) -> list[Claim]:
    known = {"Privilege", "Constraint"}
    if any(etree.QName(child).localname not in known or len(child) for child in group):
        raise Refused(Reason.PRIVILEGES, "an unknown element")  # it might narrow what follows
    scope = group.get("Scope") or ""
    limits = [(limit.get("Name") or "", _values(limit)) for limit in _children(group, "Constraint")]
    other = [name for name, _values_of in limits if name not in (*party.unit_limits, *party.kle_limits)]
    if not scope.startswith(_CVR_SCOPE):
        other.append(OTHER_SCOPE)
    empty = [name for name, values in limits if not values]  # narrowed, and to nothing
    names = [name for name, _values_of in limits]
    twice = sorted({name for name in names if names.count(name) > 1})  # do both hold, or either?
    return [
        Claim(
            privilege="".join((privilege.text or "").split()),
            units=_of(limits, party.unit_limits),
            kle=_of(limits, party.kle_limits),
            cvr=scope.removeprefix(_CVR_SCOPE) if scope.startswith(_CVR_SCOPE) else None,
            other_limits=(*other, *empty, *twice),
        )
        for privilege in _children(group, "Privilege")
    ]


def _values(limit: Element) -> tuple[str, ...]:
    """The values of a data delimitation, which are separated by commas."""
    return tuple(part.strip() for part in (limit.text or "").split(",") if part.strip())


def _of(limits: list[tuple[str, tuple[str, ...]]], names: Collection[str]) -> tuple[str, ...]:
    return tuple(value for name, values in limits if name in names for value in values)
