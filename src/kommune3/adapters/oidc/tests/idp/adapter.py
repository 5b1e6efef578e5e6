# SPDX-License-Identifier: MPL-2.0
import json
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from django.conf import settings


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth has no types
    """Adds what the test wants said: acr, amr, privileges."""

    def populate_id_token(self, id_token: dict[str, Any], client: Any, scopes: Any, **kwargs: Any) -> None:
        file = settings.FOLDER / "claims.json"
        if file.exists():
            id_token.update(json.loads(file.read_text(encoding="utf-8")))
