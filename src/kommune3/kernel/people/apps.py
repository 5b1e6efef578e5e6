# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "kommune3.kernel.people"
    label = "people"
