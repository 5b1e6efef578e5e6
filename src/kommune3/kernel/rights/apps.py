# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "kommune3.kernel.rights"
    label = "rights"
