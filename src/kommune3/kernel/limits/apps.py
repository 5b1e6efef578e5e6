# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class LimitsConfig(AppConfig):
    name = "kommune3.kernel.limits"
    label = "limits"
