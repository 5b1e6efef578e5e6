# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AccessConfig(AppConfig):
    name = "kommune3.kernel.access"
    label = "access"

    def ready(self) -> None:
        autodiscover_modules("access")
