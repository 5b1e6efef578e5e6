# SPDX-License-Identifier: MPL-2.0
"""Every environment variable the platform reads."""

from pathlib import Path

from django.conf import settings as configured

from kommune3.settings import env
from scripts.reference.markdown import Page, code, table

ROOT = Path(__file__).resolve().parent.parent.parent


def page() -> Page:
    rows = [
        (code(setting.name), setting.kind, code(_portable(setting.default)), setting.help)
        for setting in sorted(env.DECLARED.values(), key=lambda setting: setting.name)
    ]
    return Page(
        "settings.md",
        "Settings",
        "Every environment variable the platform reads. A value that its setting cannot take stops the start with a "
        "message that names the setting, the value and what was expected.",
        table(("Variable", "Kind", "Default", "What it does"), rows),
    )


def _portable(default: str) -> str:
    """A default without the paths of the machine the page is made on."""
    return default.replace(str(configured.DATA_DIR), "<data folder>").replace(str(ROOT), "<checkout>")
