# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class CeleryConfig(AppConfig):
    name = "kommune3.adapters.celery"
    label = "celery_carrier"
