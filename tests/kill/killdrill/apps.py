# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class KillDrillConfig(AppConfig):
    name = "killdrill"
    label = "killdrill"
