# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class BeelineConfig(AppConfig):
    name = "kommune3.adapters.beeline"
    label = "beeline"
