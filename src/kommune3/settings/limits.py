# SPDX-License-Identifier: MPL-2.0
"""How much at a time: "calls/seconds"; "0" for no limit. Counted by ``kernel.limits``."""

from kommune3.settings import env

CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "limits_cached"}}
LIMITS = {
    "login": env.text(
        "KOMMUNE3_LIMIT_LOGIN",
        "120/60",
        "Attempts to log in from one address: calls/seconds. 0: no limit. Mind that a town hall may have one address.",
    ),
    "provider": env.text("KOMMUNE3_LIMIT_PROVIDER", "240/60", "Answers of an identity provider through one address."),
    "api": env.text("KOMMUNE3_LIMIT_API", "1200/60", "Calls to the API with one key or login."),
    "api-address": env.text("KOMMUNE3_LIMIT_API_ADDRESS", "6000/60", "Calls to the API from one address."),
    "upload": env.text("KOMMUNE3_LIMIT_UPLOAD", "60/60", "Uploads of one login."),
    "page": env.text("KOMMUNE3_LIMIT_PAGE", "3000/60", "Visits to public pages from one address."),
}
