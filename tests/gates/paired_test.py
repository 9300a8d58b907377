"""The verdict on samples of time: on recorded ones, where it is known, and on those of a known distribution.

samples.json has the ratios of `eqlib gate time` on two shared cores, by pass: of a function with 20 layers and itself,
and of the function with 23 layers in place of 20, which does 15% more.
"""

import itertools
import json
import math
from pathlib import Path

import numpy as np
import pytest

from eqlib.gates.paired import CONFIDENCE, MOST_ROUNDS, ROUNDS, Comparison, Sampler, Verdict, compare

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text())
SAME, MORE = (SAMPLES[name].values() for name in ("the same program", "23 layers after 20"))


@pytest.mark.parametrize("ratios", SAME)
def test_the_same_program_passes(ratios: list[float]) -> None:
    assert Comparison(tuple(ratios)).verdict is Verdict.PASSED


@pytest.mark.parametrize("ratios", MORE)
def test_a_program_with_more_work_does_not(ratios: list[float]) -> None:
    assert Comparison(tuple(ratios)).verdict is Verdict.SLOWER


def test_half_of_the_samples_may_be_anything() -> None:
    ratios = (1.0,) * 8 + (9.0,) * 7
    assert Comparison(ratios).median == 1.0
    assert Comparison(ratios).verdict is Verdict.PASSED


def test_what_chance_explains_is_undecided() -> None:
    few = Comparison((0.9, 1.1, 1.2))
    assert few.interval == (0.0, math.inf)
    assert few.verdict is Verdict.UNDECIDED


def test_the_interval_has_the_median_as_often_as_it_says() -> None:
    """Of a skewed distribution, as times are; with at most three standard errors of 2000 draws below."""
    draws = np.random.default_rng(0).exponential(size=(2000, ROUNDS))
    intervals = [Comparison(tuple(row)).interval for row in draws]
    covered = np.mean([low <= math.log(2) <= high for low, high in intervals])
    assert covered > CONFIDENCE - 3 * math.sqrt(CONFIDENCE * (1 - CONFIDENCE) / 2000)
    assert covered < 1


def test_samples_are_taken_in_turns_until_the_verdict_is_decided() -> None:
    order: list[str] = []

    def side(name: str, seconds: float) -> Sampler:
        def sample() -> float:
            order.append(name)
            return seconds

        return sample

    assert compare(side("base", 1.0), side("head", 1.2)).median == pytest.approx(1.2)
    assert order[:4] == ["base", "head", "head", "base"]
    assert len(order) == 2 * ROUNDS


def test_more_samples_are_taken_while_it_is_undecided() -> None:
    noise = itertools.cycle([0.5, 1.2, 1.2, 0.5, 1.2])
    comparison = compare(lambda: 1.0, lambda: next(noise))
    assert comparison.verdict is Verdict.UNDECIDED
    assert len(comparison.ratios) == MOST_ROUNDS
