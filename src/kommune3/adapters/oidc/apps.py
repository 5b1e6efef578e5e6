# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class OidcConfig(AppConfig):
    name = "kommune3.adapters.oidc"
    label = "oidc"
