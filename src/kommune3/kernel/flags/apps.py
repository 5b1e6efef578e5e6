# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class FlagsConfig(AppConfig):
    name = "kommune3.kernel.flags"
    label = "flags"
