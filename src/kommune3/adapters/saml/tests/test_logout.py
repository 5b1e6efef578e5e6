# SPDX-License-Identifier: MPL-2.0
"""Single logout: begun at the provider, and begun here."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import saml_provider as idp
from django.test import Client
from persons import Persons

from kommune3.adapters.saml.models import LinkedIdentity, ProviderSession
from kommune3.adapters.saml.names import SUCCESS
from kommune3.kernel import clock
from kommune3.kernel.audit.models import Entry
from kommune3.kernel.organisation.models import Municipality

SLO = "https://k3.prove.dk/account/saml/slo/"


@pytest.fixture(autouse=True)
def linked(persons: Persons) -> None:
    Municipality.objects.update(cvr="29189986")
    LinkedIdentity.objects.create(
        account=persons.employee, issuer=idp.ENTITY_ID, subject=idp.SUBJECT, linked_at=clock.now()
    )


@pytest.fixture
def inside(visitor):
    """A visitor who is logged in."""
    assert visitor.log_in().status_code == 302
    return visitor


def is_inside(visitor) -> bool:
    return visitor.client.get("/account/").status_code == 200


def requested(query: str) -> object:
    """What the provider's request gets: it may come in a frame or from another site, without the session's cookie."""
    return Client().get(f"/account/saml/slo/?{query}")


def refusal() -> str:
    return Entry.objects.filter(action="saml.logout.refused").latest("number").detail["reason"]


def test_a_logout_at_the_provider_ends_the_session_here_and_is_answered_signed(inside):
    query = idp.signed_query(idp.logout_request(SLO, clock.now(), id="_out"), kind="SAMLRequest", relay="kept & back")
    answer = requested(query)
    assert answer["Location"].startswith("https://idp.prove.dk/slo?")
    kind, root, sent = idp.read_redirect(answer["Location"], idp.pair("sp")[1])
    assert (kind, root.get("InResponseTo"), sent["RelayState"]) == ("SAMLResponse", "_out", ["kept & back"])
    assert root.find("samlp:Status/samlp:StatusCode", idp.NS).get("Value") == SUCCESS
    assert not is_inside(inside)
    assert Entry.objects.filter(action="saml.logout.by_provider").count() == 1
    assert requested(query).status_code == 403
    assert refusal() == "REPLAYED"


def test_a_logout_of_another_session_or_of_somebody_else_leaves_this_one(inside):
    for changes in ({"index": "session-2"}, {"name_id": "somebody-else"}):
        answer = requested(idp.signed_query(idp.logout_request(SLO, clock.now(), **changes), kind="SAMLRequest"))
        assert answer.status_code == 302
        assert is_inside(inside)
    requested(idp.signed_query(idp.logout_request(SLO, clock.now(), index=""), kind="SAMLRequest"))
    assert not is_inside(inside)


def bad_requests() -> dict[str, tuple[str, str]]:
    now = clock.now()
    right = idp.logout_request(SLO, now)
    signed = idp.signed_query(right, kind="SAMLRequest")
    old = idp.logout_request(SLO, now - timedelta(minutes=7))
    early = idp.logout_request(SLO, now + timedelta(minutes=3))
    ended = idp.logout_request(SLO, now, more=' NotOnOrAfter="2014-01-01T00:00:00Z"')
    return {
        "not signed": (signed.partition("&SigAlg")[0], "NOT_SIGNED"),
        "signed by somebody else": (idp.signed_query(right, kind="SAMLRequest", signer="x"), "BAD_SIGNATURE"),
        "signed with SHA-1": (idp.signed_query(right, kind="SAMLRequest",
                                               algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"),
                              "WEAK_ALGORITHM"),
        "a parameter twice": (f"SAMLRequest=x&{signed}", "SIGNATURE_SHAPE"),
        "relay state added": (f"{signed}&RelayState=x", "BAD_SIGNATURE"),
        "of long ago": (idp.signed_query(old, kind="SAMLRequest"), "EXPIRED"),
        "of the future": (idp.signed_query(early, kind="SAMLRequest"), "TOO_EARLY"),
        "that has ended": (idp.signed_query(ended, kind="SAMLRequest"), "EXPIRED"),
        "of another issuer": (idp.signed_query(idp.logout_request(SLO, now, issuer="https://x.dk"), kind="SAMLRequest"),
                              "ISSUER"),
        "for another service": (idp.signed_query(idp.logout_request("https://x.dk/", now), kind="SAMLRequest"),
                                "DESTINATION"),
        "with a document type": (idp.signed_query("<!DOCTYPE x>" + right, kind="SAMLRequest"), "MARKUP"),
        "that is a response": (idp.signed_query(idp.logout_response(SLO, now, "x"), kind="SAMLRequest"), "NOT_SAML"),
        "nothing": ("", "NOT_SIGNED"),
    }  # fmt: skip


@pytest.mark.parametrize("case", bad_requests())
def test_a_logout_request_that_is_not_right_is_refused_and_ends_nothing(inside, case):
    query, reason = bad_requests()[case]
    assert requested(query).status_code == 403
    assert refusal() == reason
    assert is_inside(inside)


def test_logging_out_here_goes_on_to_the_provider_and_back(inside):
    answer = inside.client.post("/account/logout/")
    assert answer["Location"].startswith("/account/saml/logout/")
    page = inside.client.get(answer["Location"])
    assert not is_inside(inside)
    address = page["Refresh"].partition("url=")[2]
    assert address.startswith("https://idp.prove.dk/slo?")
    kind, root, _query = idp.read_redirect(address, idp.pair("sp")[1])
    assert (kind, root.findtext("saml:NameID", "", idp.NS)) == ("SAMLRequest", idp.SUBJECT)
    assert root.findtext("samlp:SessionIndex", "", idp.NS) == "session-1"
    back = idp.signed_query(idp.logout_response(SLO, clock.now(), root.get("ID")), kind="SAMLResponse")
    done = inside.client.get(f"/account/saml/slo/?{back}", follow=True)
    assert "Du er logget ud både her og af kommunens login" in done.content.decode()
    assert inside.client.get(f"/account/saml/slo/?{back}").status_code == 403  # nobody waits for it any more
    assert inside.client.get(answer["Location"])["Location"] == "/"  # nor does the page work twice
    assert not ProviderSession.objects.exists()


def test_an_answer_to_a_logout_that_is_not_right_is_refused(inside):
    page = inside.client.get(inside.client.post("/account/logout/")["Location"])
    _kind, root, _query = idp.read_redirect(page["Refresh"].partition("url=")[2], idp.pair("sp")[1])
    for xml, reason in (
        (idp.logout_response(SLO, clock.now(), "_other"), "UNKNOWN_REQUEST"),
        (
            idp.logout_response(SLO, clock.now(), root.get("ID"), status=SUCCESS.replace("Success", "Responder")),
            "STATUS",
        ),
        (idp.logout_response(SLO, clock.now(), root.get("ID"), issuer="https://x.dk"), "ISSUER"),
    ):
        session = inside.client.session
        session["saml_logout"] = root.get("ID")
        session.save()
        assert inside.client.get(f"/account/saml/slo/?{idp.signed_query(xml, kind='SAMLResponse')}").status_code == 403
        assert refusal() == reason


def test_somebody_who_logged_in_otherwise_is_not_sent_to_the_provider(visitor, persons, browser_of):
    answer = browser_of(persons.employee).post("/account/logout/")
    assert urlsplit(answer["Location"]).path == "/"


def test_the_name_that_the_provider_uses_is_sealed_at_rest(inside):
    row = ProviderSession.objects.get()
    assert idp.SUBJECT.encode() not in bytes(row.sealed) + bytes(row.subject_index)
