# SPDX-License-Identifier: MPL-2.0
import pytest
from businesscase import simulate
from businesscase_examples import FROM_2021, MILLION, case, line

DOUBTFUL = case(line("cost", 100 * MILLION), line("saving", 0, (-20 * MILLION, -90 * MILLION, -160 * MILLION)))


def test_the_same_seed_gives_the_same_figures_and_another_does_not() -> None:
    first = simulate(DOUBTFUL, FROM_2021, seed=7, draws=50_000)
    assert first == simulate(DOUBTFUL, FROM_2021, seed=7, draws=50_000)
    assert first != simulate(DOUBTFUL, FROM_2021, seed=8, draws=50_000)


def test_the_mean_is_the_one_of_the_pert_distribution() -> None:
    found = simulate(DOUBTFUL, FROM_2021, seed=1, draws=400_000)
    assert found is not None
    saved = (20 + 4 * 90 + 160) / 6 / 1.035
    assert found.mean == pytest.approx((saved - 100) * MILLION, abs=0.2 * MILLION)
    assert 0.5 < found.share_negative < 1
    assert list(found.quantiles) == sorted(found.quantiles)
    assert sum(found.counts) == found.draws == 400_000
    assert len(found.edges) == len(found.counts) + 1


def test_lines_of_one_driver_move_together_and_spread_further() -> None:
    def spread(driver: str) -> float:
        lines = [line(f"saving {n}", (-1 * MILLION, -5 * MILLION, -9 * MILLION), driver=driver) for n in range(4)]
        found = simulate(case(*lines), FROM_2021, seed=1, draws=100_000)
        assert found is not None
        return found.standard_deviation

    assert spread("use") == pytest.approx(2 * spread(""), rel=0.03)


def test_what_is_certain_does_not_spread_and_what_changes_no_budget_is_left_out() -> None:
    sure = case(line("cost", 5 * MILLION), line("minutes", (-1, -2, -3), is_cashable=False))
    found = simulate(sure, FROM_2021, seed=1, draws=1000)
    assert found is not None
    assert (found.mean, found.standard_deviation, found.share_negative) == (-5 * MILLION, 0, 1)


def test_it_can_be_stopped_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    assert simulate(DOUBTFUL, FROM_2021, seed=1, draws=250_000, on_progress=lambda *at: told.append(at)) is not None
    assert told == [(100_000, 250_000), (200_000, 250_000), (250_000, 250_000)]
    assert simulate(DOUBTFUL, FROM_2021, seed=1, should_cancel=lambda: True) is None
