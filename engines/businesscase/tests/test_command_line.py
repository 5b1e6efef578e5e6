# SPDX-License-Identifier: MPL-2.0
import json
from pathlib import Path

import pytest
from businesscase.__main__ import main

CASE = {
    "case": {
        "id": "faxe", "title": "Digitalisering 3.0", "base_year": 2019, "decision_date": "2018-06-01",
        "lines": [
            {
                "id": "investment", "title": "Investering",
                "amounts": {"2019": {"pessimistic": 100000000, "likely": 100000000, "optimistic": 90000000}},
            }
        ],
    },
    "rates": [
        {
            "decided_from": "2013-05-31", "decided_to": "2021-01-07", "years_0_35": "0.04", "years_36_70": "0.03",
            "years_over_70": "0.02", "source": "Finansministeriet 2013-05-31",
        }
    ],
}  # fmt: skip
FUND = {"fund": {"limits": {"2026": 10}, "initiatives": [{"id": "a", "gain": 3, "costs": {"2026": 4}}]}}


def asked(folder: Path, content: object) -> str:
    path = folder / "question.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_case_is_told_in_three_scenarios(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", asked(tmp_path, CASE)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["outcomes"]["likely"]["net_present_value"] == "-100000000"
    assert told["outcomes"]["optimistic"]["net_present_value"] == "-90000000"
    assert told["rate"]["source"] == "Finansministeriet 2013-05-31"


def test_a_simulation_is_repeatable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert main(["simulate", asked(tmp_path, CASE), "--draws", "1000", "--seed", "3"]) == 0
    first, second = capsys.readouterr().out.split("}\n{")
    assert first.strip("{}\n") == second.strip("{}\n")


def test_a_fund_is_chosen_from_and_its_choice_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, answer = asked(tmp_path, FUND), str(tmp_path / "answer.json")
    assert main(["solve", file, "--out", answer]) == 0
    assert json.loads(Path(answer).read_text())["chosen"] == ["a"]
    assert main(["check", file, "--answer", answer]) == 0
    Path(answer).write_text(Path(answer).read_text().replace('"gain": 3', '"gain": 4'))
    assert main(["check", file, "--answer", answer]) == 1
    assert "gain" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("{", "question.json: file: "),
        ({}, "either a case or a fund"),
        ({"fund": {"limits": {}, "initiatives": [{"id": "a", "gain": "3", "costs": {}}]}}, "fund.initiatives[0].gain"),
        ({"fund": {"limits": {}, "initiatives": [{"id": "a", "gain": 3, "costs": {}, "cost": 1}]}}, "unknown field"),
        (
            {"fund": {"limits": {}, "initiatives": [{"id": "a", "gain": 3, "costs": {"2026": -1}}]}},
            "costs.2026: a fund is",
        ),
        ({**CASE, "rates": []}, "no discount rate is known for a decision on 2018-06-01"),
    ],
)
def test_wrong_input_names_file_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: object, told: str
) -> None:
    assert main(["solve", asked(tmp_path, content)]) == 2
    assert told in capsys.readouterr().err
