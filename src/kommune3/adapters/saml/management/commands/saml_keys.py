# SPDX-License-Identifier: MPL-2.0
import os
from argparse import ArgumentParser
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from kommune3.kernel import clock

KEY_BITS = 3072


class Command(BaseCommand):
    help = "Make the key and the self-signed certificate with which the platform speaks SAML to an identity provider."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--years", type=int, default=3, help="How long the certificate is valid. Default: 3.")

    def handle(self, **options: Any) -> None:
        key_file, certificate_file = Path(settings.SAML_KEY_FILE), Path(settings.SAML_CERTIFICATE_FILE)
        for path in (key_file, certificate_file):
            if path.exists():
                raise CommandError(
                    _("%(path)s exists. The identity provider knows it; move it away to make a new one.")
                    % {"path": path}
                )
        key, certificate = make_pair(
            urlsplit(settings.PUBLIC_URL).hostname or "kommune3", options["years"], clock.now()
        )
        key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        certificate_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        certificate_file.write_bytes(certificate)
        self.stdout.write(_("Made %(key)s and %(certificate)s.") % {"key": key_file, "certificate": certificate_file})


def make_pair(host: str, years: int, now: datetime) -> tuple[bytes, bytes]:
    """A private RSA key and its self-signed certificate, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=366 * years))
        .sign(key, hashes.SHA256())
    )
    return (
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
        certificate.public_bytes(serialization.Encoding.PEM),
    )
