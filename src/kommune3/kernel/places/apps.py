# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kommune3.kernel.places"
    label = "places"
