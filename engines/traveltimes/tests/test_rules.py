# SPDX-License-Identifier: MPL-2.0
"""Rules are dated data: a file that cannot be meant is refused, naming the field."""

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import traveltimes
from traveltimes import InvalidRules, read_rules

DENMARK = json.loads((Path(traveltimes.__file__).parent / "denmark.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (["valid_from"], "soon", "valid_from"),
        (["modes"], {}, "modes"),
        (["walking_km_h"], 0, "walking_km_h"),
        (["modes", "car", "km_h", "primary"], "fast", "modes.car.km_h.primary"),
        (["modes", "foot", "closed"], "gate", "modes.foot.closed"),
        (["modes", "car", "wait_s", "barrier=gate"], 3600, "modes.car.wait_s"),
        (["modes", "car", "wings"], True, "modes.car"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(tmp_path: Path, path: list[str], value: Any, field: str) -> None:
    rules = json.loads(json.dumps(DENMARK))
    place = rules
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    file = tmp_path / "rules.json"
    file.write_text(json.dumps(rules), encoding="utf-8")
    with pytest.raises(InvalidRules) as refused:
        read_rules(file)
    assert refused.value.field == field


@pytest.mark.parametrize("mode", ["car", "bicycle", "foot"])
def test_nobody_is_faster_than_the_kind_of_road_and_the_sign_allow(mode: str) -> None:
    rules = traveltimes.denmark().modes[mode]
    signs: list[dict[str, str]] = [{}, {"maxspeed": "50"}, {"maxspeed:type": "DK:urban", "surface": "gravel"}]
    for kind, tracktype, sign in product(rules.km_h, ["", "grade1", "grade5", "unheard of"], signs):
        fastest = max(rules.speeds({"highway": kind, "tracktype": tracktype, **sign}))
        if mode == "car" and sign:
            assert fastest <= 50 * rules.limit_share
        else:
            assert fastest <= max(rules.km_h[kind], rules.tracktype_km_h.get(tracktype, 0)), (kind, tracktype)


def test_the_rules_that_come_along_say_from_when_and_why() -> None:
    assert traveltimes.denmark().valid_from.isoformat() == "2026-01-01"
    assert "færdselsloven" in traveltimes.denmark().explanation
