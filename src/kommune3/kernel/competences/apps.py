# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class CompetencesConfig(AppConfig):
    name = "kommune3.kernel.competences"
    label = "competences"
