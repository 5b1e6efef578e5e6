# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class OrganisationConfig(AppConfig):
    name = "kommune3.kernel.organisation"
    label = "organisation"
