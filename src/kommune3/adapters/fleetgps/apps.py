# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class FleetGpsConfig(AppConfig):
    name = "kommune3.adapters.fleetgps"
    label = "fleetgps"
