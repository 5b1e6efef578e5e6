# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class SamlConfig(AppConfig):
    name = "kommune3.adapters.saml"
    label = "saml"
