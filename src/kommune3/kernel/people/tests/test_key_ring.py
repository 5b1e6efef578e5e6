# SPDX-License-Identifier: MPL-2.0
"""Keys that are kept in the data folder, and those that an operator gives through the environment."""

import pytest

from kommune3.settings import env
from kommune3.settings.secrets import KeptRing


def test_a_ring_is_made_with_one_key_that_only_its_owner_reads(tmp_path):
    ring = KeptRing(tmp_path, "field_key")
    assert len(ring) == 1 and len(ring[0]) == 64
    assert (tmp_path / "secrets" / "field_key").stat().st_mode & 0o777 == 0o600


def test_a_process_that_runs_already_knows_a_key_that_another_has_added(tmp_path):
    running, other = KeptRing(tmp_path, "field_key"), KeptRing(tmp_path, "field_key")
    old = running[0]
    other.add()
    assert len(running) == 2 and running[1] == old and list(running) == list(other)
    other.keep([running[0]])
    assert list(running) == [other[0]] and old not in running


def test_a_ring_never_loses_its_last_key(tmp_path):
    ring = KeptRing(tmp_path, "field_key")
    with pytest.raises(ValueError, match="needs a key"):
        ring.keep([])
    assert len(ring) == 1


def test_a_key_that_is_not_one_stops_the_start_and_is_not_shown(monkeypatch):
    monkeypatch.setenv("KOMMUNE3_FIELD_KEYS", "ab" * 32 + ",secret-but-not-a-key")
    with pytest.raises(env.InvalidSetting, match="KOMMUNE3_FIELD_KEYS") as error:
        env.keys("KOMMUNE3_FIELD_KEYS", env.DECLARED["KOMMUNE3_FIELD_KEYS"].help)
    assert "secret-but" not in str(error.value) and "abab" not in str(error.value)
