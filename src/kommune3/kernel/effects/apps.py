# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig
from django.core import checks


class EffectsConfig(AppConfig):
    name = "kommune3.kernel.effects"
    label = "effects"

    def ready(self) -> None:
        from kommune3.kernel.effects.checks import indicators_have_units

        checks.register(indicators_have_units)
