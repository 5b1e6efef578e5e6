# SPDX-License-Identifier: MPL-2.0
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import saml_provider as idp
from django.test import Client

from kommune3.adapters.saml.party import Party, Provider

BASE = "https://k3.prove.dk"


@pytest.fixture
def party() -> Party:
    """This platform as the test's identity provider knows it; assertions need not be encrypted."""
    key, certificate = idp.pair("sp")
    return Party(
        entity_id=f"{BASE}/account/saml/metadata/",
        acs_url=f"{BASE}/account/saml/acs/",
        logout_url=f"{BASE}/account/saml/slo/",
        key=key,
        certificate=certificate,
        provider=Provider(
            idp.ENTITY_ID,
            "https://idp.prove.dk/sso",
            "https://idp.prove.dk/slo",
            "https://idp.prove.dk/slo",
            (idp.pair("idp")[1],),
        ),
        level="Substantial",
        wants_encrypted=False,
        ciphers=("aes128-gcm", "aes256-gcm"),
        provisions=True,
        unit_limits=("http://sts.kombit.dk/constraints/orgenhed/1",),
        kle_limits=("http://sts.kombit.dk/constraints/KLE/1",),
        valid_days=30,
    )


@pytest.fixture
def at() -> datetime:
    """Now, in whole seconds. The real time: python3-saml has a clock of its own."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def says(party: Party, at: datetime) -> idp.Says:
    return idp.Says("_request", party.acs_url, party.entity_id, at)


@dataclass
class Visitor:
    """A browser, and the provider it is sent to. ``says``: what the provider says of who logs in there."""

    client: Client
    settings: Any

    def begin(self, *, goes_to: str = "") -> idp.Says:
        """Follow the link of the login page to the provider; what it would say by default."""
        answer = self.client.get("/account/saml/login/", {"next": goes_to} if goes_to else {})
        assert answer.status_code == 302, answer.content
        kind, request, query = idp.read_redirect(answer["Location"], idp.pair("sp")[1])
        assert kind == "SAMLRequest"
        assert answer["Location"].startswith("https://idp.prove.dk/sso?")
        assert "RelayState" not in query
        return idp.Says(
            request.get("ID"),
            request.get("AssertionConsumerServiceURL"),
            f"{BASE}/account/saml/metadata/",
            datetime.now(UTC).replace(microsecond=0),
        )

    def answered(self, says: idp.Says, **more: str) -> Any:
        """Post the provider's answer as its page does: without the session's cookie."""
        root = idp.document(says)
        idp.sign(idp.assertion_of(root))
        return self.posted(idp.posted(idp.encrypt(root, idp.pair("sp")[1])), **more)

    def posted(self, text: str, **more: str) -> Any:
        from_elsewhere = Client(enforce_csrf_checks=True)
        return from_elsewhere.post("/account/saml/acs/", {"SAMLResponse": text, **more})

    def log_in(
        self, edit: Callable[[idp.Says], idp.Says] = lambda says: says, *, goes_to: str = "", **more: str
    ) -> Any:
        """The whole way; the answer to the last request."""
        answer = self.answered(edit(self.begin(goes_to=goes_to)), **more)
        if answer.status_code != 303:
            return answer
        return self.client.get(answer["Location"])

    @property
    def account_id(self) -> str | None:
        return self.client.session.get("_auth_user_id")


@pytest.fixture
def saml_settings(settings: Any, tmp_path: Path) -> Any:
    """The login through SAML is on."""
    key, certificate = idp.pair("sp")
    (tmp_path / "saml.key").write_bytes(key)
    (tmp_path / "saml.crt").write_bytes(certificate)
    settings.PUBLIC_URL = BASE
    settings.SAML_IDP_METADATA = str(idp.write_metadata(tmp_path))
    settings.SAML_KEY_FILE = str(tmp_path / "saml.key")
    settings.SAML_CERTIFICATE_FILE = str(tmp_path / "saml.crt")
    settings.SAML_PROVISION = True
    return settings


@pytest.fixture
def visitor(saml_settings: Any) -> Visitor:
    return Visitor(Client(headers={"accept-language": "da"}), saml_settings)
