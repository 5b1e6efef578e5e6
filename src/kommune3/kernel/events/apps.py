# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "kommune3.kernel.events"
    label = "events"

    def ready(self) -> None:
        autodiscover_modules("handlers")
