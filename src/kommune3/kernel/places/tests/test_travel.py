# SPDX-License-Identifier: MPL-2.0
import sys
from types import ModuleType

import pytest
from django.core.exceptions import ImproperlyConfigured

from kommune3.kernel.places import travel
from kommune3.kernel.places.geometry import Point
from kommune3.kernel.places.travel import Leg, Mode, Route, Table

GRENAA, AUNING = Point(56.415, 10.876), Point(56.432, 10.378)


def test_the_configured_provider_answers(settings, monkeypatch, now) -> None:
    provider = ModuleType("tests_provider")
    provider.leg = lambda **question: Leg(42.0, 31.5, False, question["mode"])
    provider.table = lambda **question: Table(((0,),), ((0,),), False, question["mode"], "© somebody")
    provider.route = lambda **question: Route((GRENAA, AUNING), 2520, 31500, False, question["mode"])
    monkeypatch.setitem(sys.modules, "tests_provider", provider)
    settings.TRAVEL_PROVIDER = "tests_provider"
    found = travel.minutes_and_km(origin=GRENAA, destination=AUNING, mode=Mode.CAR, now=now)
    assert found == Leg(42.0, 31.5, False, "CAR")
    assert travel.table(points=[GRENAA], mode=Mode.BICYCLE, now=now).attribution == "© somebody"
    assert travel.route(origin=GRENAA, destination=AUNING, mode=Mode.WALK, now=now).line == (GRENAA, AUNING)


@pytest.mark.parametrize("dotted", ["no.such.module", "json"])
def test_a_provider_that_is_none_is_found_at_once(settings, now, dotted) -> None:
    settings.TRAVEL_PROVIDER = dotted
    with pytest.raises(ImproperlyConfigured, match="KOMMUNE3_TRAVEL_PROVIDER"):
        travel.minutes_and_km(origin=GRENAA, destination=AUNING, mode=Mode.CAR, now=now)
