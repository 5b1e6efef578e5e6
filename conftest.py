# SPDX-License-Identifier: MPL-2.0
"""Makes the standing persons of ``tests/persons.py``, and what ``tests/written_once.py`` does, known to every test."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import AsyncClient, Client

pytest_plugins = ["persons", "written_once"]


# The same examples each time and no time limit, so that a property test says the same on any machine. To look further:
# pytest --hypothesis-profile=default --hypothesis-seed=…
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


# Other processes and a browser, on whatever machine there is: what fails is tried once more, and named at the end.
REAL_PARTS = {"page", "browser", "chromium", "drill", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if REAL_PARTS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_configure() -> None:
    """Pages name static files as they are, so that tests need no collected ones."""
    # Counts in memory and no limits, so that no test is refused for what others did before it.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LIMITS = {}
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}


@pytest.fixture(autouse=True, scope="session")
def _forced_logins_are_complete() -> Iterator[None]:
    """``client.force_login`` stands for a login with both steps; ``persons.with_password_only`` for half of one."""
    force_login, aforce_login = Client.force_login, AsyncClient.aforce_login
    noted = {"level": 2, "method": "totp", "at": "2026-03-02T09:00:00+00:00"}

    def with_both_steps(client: Client, *args: Any, **kwargs: Any) -> None:
        force_login(client, *args, **kwargs)
        session = client.session
        session["assurance"] = noted
        session.save()

    async def awith_both_steps(client: AsyncClient, *args: Any, **kwargs: Any) -> None:
        await aforce_login(client, *args, **kwargs)
        session = await client.asession()
        await session.aset("assurance", noted)
        await session.asave()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "force_login", with_both_steps)
        patch.setattr(AsyncClient, "aforce_login", awith_both_steps)
        yield


@pytest.fixture(autouse=True)
def _nobody_has_tried_before() -> None:
    """Attempts to log in are counted in the cache, which outlives a test."""
    cache.clear()
