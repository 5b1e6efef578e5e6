# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "kommune3.kernel.oversight"
    label = "oversight"
