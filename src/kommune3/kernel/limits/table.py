# SPDX-License-Identifier: MPL-2.0
"""Every public address with its limit, and what the limits are.

Addresses of adapters and solutions stand here by name as well, so that the whole way in can be read in one place.
"""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Limit:
    """At most ``calls`` in each window of ``seconds``."""

    calls: int
    seconds: int

    @classmethod
    def parse(cls, text: str) -> "Limit | None":
        """Read "calls/seconds"; None for "0", which is no limit."""
        calls, _, seconds = text.partition("/")
        if calls.strip() == "0":
            return None
        try:
            limit = cls(int(calls), int(seconds))
        except ValueError as error:
            raise ImproperlyConfigured(f"{text!r} is no limit: write calls/seconds, such as 60/60") from error
        if limit.calls < 1 or limit.seconds < 1:
            raise ImproperlyConfigured(f"{text!r} is no limit: both numbers are at least 1")
        return limit

    @property
    def share(self) -> int:
        """How many calls a process takes from the count at once: a fiftieth, so that wide limits cost little."""
        return max(1, self.calls // 50)


LOGIN, PROVIDER, API, API_ADDRESS, UPLOAD, PAGE = "login", "provider", "api", "api-address", "upload", "page"

LIMITED = {
    "account_login": LOGIN,
    "mfa_authenticate": LOGIN,
    "mfa_login_webauthn": LOGIN,
    "oidc:login": PROVIDER,
    "oidc:callback": PROVIDER,
    "saml:acs": PROVIDER,
    "saml:finish": PROVIDER,
    "saml:login": PROVIDER,
    "saml:logout": PROVIDER,
    "saml:slo": PROVIDER,
    "saml:metadata": PAGE,
    "account_logout": PAGE,
    "account_inactive": PAGE,
    "home": PAGE,
    "health:live": PAGE,
    "health:ready": PAGE,
    "health:work": PAGE,
    "metrics": PAGE,
    "ui:accessibility": PAGE,
    "ui:robots_txt": PAGE,
    "ui:security_txt": PAGE,
    "ui:language": PAGE,
    "fleet:calendar_feed": PAGE,
    "care:calendar_feed": PAGE,
}


def limit_of(group: str) -> Limit | None:
    """The limit of a group as the settings have it; None where there is none."""
    return Limit.parse(settings.LIMITS.get(group, "0"))
