# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    name = "kommune3.kernel.jobs"
    label = "jobs"

    def ready(self) -> None:
        autodiscover_modules("tasks")
