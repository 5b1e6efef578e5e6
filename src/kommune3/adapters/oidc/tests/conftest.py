# SPDX-License-Identifier: MPL-2.0
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from ports import free_port

HERE = Path(__file__).parent
CALLBACK = "http://testserver/account/oidc/callback/"
LONGEST_START_SECONDS = 300  # only a provider that never comes is waited for so long


@dataclass
class Provider:
    """The provider's process: where it is, and what it says besides who somebody is."""

    url: str
    folder: Path

    def says(self, **claims: Any) -> None:
        """From now on ID tokens hold these claims as well."""
        (self.folder / "claims.json").write_text(json.dumps(claims), encoding="utf-8")

    def log_in(self, address: str, username: str) -> str:
        """Log in as somebody's browser would that was sent to ``address``; where the provider sends it then."""
        with httpx.Client(follow_redirects=False) as browser:
            page = browser.get(address)
            while page.is_redirect and not page.headers["location"].startswith(CALLBACK):
                page = browser.get(httpx.URL(page.url).join(page.headers["location"]))
                if page.status_code == 200:
                    page = browser.post(
                        page.url,
                        data={
                            "login": username,
                            "password": "a password at the provider",
                            "csrfmiddlewaretoken": browser.cookies["idpcsrf"],
                        },
                        headers={"referer": str(page.url)},
                    )
            return page.headers["location"]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=60):
            return True
    except (urllib.error.URLError, ConnectionError):
        return False


@pytest.fixture(scope="session")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """django-allauth's provider, served on loopback by a process of its own."""
    folder, port = tmp_path_factory.mktemp("idp"), free_port()
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "OIDC_IDP_FOLDER": str(folder),
        "PYTHONPATH": str(HERE),
    }
    log = folder / "idp.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "idp", str(port), CALLBACK],
            cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            url, deadline = f"http://127.0.0.1:{port}", time.monotonic() + LONGEST_START_SECONDS
            while not _answers(f"{url}/ready"):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"The provider does not answer:\n{log.read_text()[-3000:]}")
                time.sleep(0.2)
            yield Provider(url, folder)
        finally:
            process.terminate()
            process.wait()


@pytest.fixture
def provider(provider_process: Provider, settings: Any, tmp_path: Path) -> Provider:
    """The provider, and the platform set up as its client."""
    secret = tmp_path / "oidc.secret"
    secret.write_text("a secret of the provider\n", encoding="utf-8")
    settings.OIDC_ISSUER = provider_process.url
    settings.OIDC_CLIENT_ID = "kommune3"
    settings.OIDC_SECRET_FILE = str(secret)
    settings.OIDC_RIGHTS_CLAIM = "privileges"
    settings.OIDC_ACR_VALUES = []
    settings.OIDC_CPR_CLAIM = ""
    settings.OIDC_PROVISION = False
    settings.PUBLIC_URL = "http://testserver"
    settings.OUTGOING_INTERNAL_HOSTS = [provider_process.url.removeprefix("http://")]
    provider_process.says()
    return provider_process
