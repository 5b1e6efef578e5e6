# SPDX-License-Identifier: MPL-2.0
from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "kommune3.ui"
    label = "ui"

    def ready(self) -> None:
        from kommune3.ui.cpr_wall import guard_every_form

        guard_every_form()
