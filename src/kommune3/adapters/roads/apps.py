# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class RoadsConfig(AppConfig):
    name = "kommune3.adapters.roads"
    label = "roads"
