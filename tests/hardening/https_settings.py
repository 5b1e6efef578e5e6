# SPDX-License-Identifier: MPL-2.0
"""The platform's settings as they are behind a proxy that speaks HTTPS, taken from the settings file itself."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import kommune3.settings

HOST = "k3.example.dk"
# What differs where HTTPS is switched on, and can be changed while the tests run.
_PREFIXES = ("SECURE_", "SESSION_", "CSRF_", "LANGUAGE_COOKIE_", "CONTENT_SECURITY_POLICY", "CROSS_ORIGIN_")


def load(**environment: str) -> ModuleType:
    """The settings file, run anew with these environment variables."""
    path = Path(kommune3.settings.__file__)
    spec = importlib.util.spec_from_file_location("settings_of_a_test", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        spec.loader.exec_module(module)
    return module


def switch_on(settings: object) -> None:
    """Put the HTTPS values of the settings file into ``settings`` (pytest-django's)."""
    served = load(KOMMUNE3_HTTPS="1", KOMMUNE3_ALLOWED_HOSTS=HOST)
    for name in filter(str.isupper, dir(served)):
        if name.startswith(_PREFIXES) or name == "ALLOWED_HOSTS":
            setattr(settings, name, getattr(served, name))
