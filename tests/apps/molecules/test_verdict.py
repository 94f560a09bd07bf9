import math

import numpy as np
import pytest

from apps.molecules.verdict import Difference
from apps.molecules.verdict import by_molecules
from apps.molecules.verdict import by_seeds
from apps.molecules.verdict import sentence

pytestmark = pytest.mark.no_backend


def test_the_bootstrap_is_that_of_loops():
    rng = np.random.default_rng(1)
    theirs = rng.exponential(50, 40)
    errors = {"a": 0.9 * theirs + rng.normal(0, 5, 40), "b": theirs}
    found = by_molecules(errors, "a", "b")
    changes = []
    for _ in range(4000):
        rows = rng.integers(0, 40, 40)
        changes.append(errors["a"][rows].mean() / errors["b"][rows].mean())
    changes = 100 * (np.array(changes) - 1)
    expected = 100 * (errors["a"].mean() / errors["b"].mean() - 1)
    assert found.percent == pytest.approx(expected)
    # Both are draws.
    assert found.low == pytest.approx(np.quantile(changes, 0.025), abs=0.25)
    assert found.high == pytest.approx(np.quantile(changes, 0.975), abs=0.25)


def test_the_bootstrap_is_paired():
    # Far from each other between molecules, alike on each.
    theirs = np.geomspace(1, 1000, 50)
    errors = {"a": 0.99 * theirs, "b": theirs}
    assert by_molecules(errors, "a", "b").is_clear


def test_equal_methods_have_no_winner():
    errors = {"a": np.arange(9.0) + 1, "b": np.arange(9.0)[::-1] + 1}
    assert not by_molecules(errors, "a", "b").is_clear
    same = {"a": {0: 2.0, 1: 3.0}, "b": {0: 2.0, 1: 3.0}}
    assert not by_seeds(same, "a", "b").is_clear


def test_seeds_have_a_paired_t_interval():
    ours, theirs = np.array([60, 63, 58, 61.0]), np.array([80, 78, 85, 79.0])
    errors = {
        "a": dict(enumerate(ours.tolist())),
        "b": dict(enumerate(theirs.tolist())),
    }
    found = by_seeds(errors, "a", "b")
    gap = ours - theirs
    # 3.182446 is the 97.5% quantile of Student's t with 3 degrees of freedom.
    half = 3.182446 * gap.std(ddof=1) / math.sqrt(4)
    assert found.percent == pytest.approx(100 * gap.mean() / theirs.mean())
    assert found.low == pytest.approx(
        100 * (gap.mean() - half) / theirs.mean(), rel=1e-5
    )
    assert found.high == pytest.approx(
        100 * (gap.mean() + half) / theirs.mean(), rel=1e-5
    )
    assert found.is_clear


def test_two_seeds_with_the_same_gap_prove_nothing():
    errors = {"a": {0: 1.0, 1: 2.0}, "b": {0: 2.0, 1: 3.0}}
    assert not by_seeds(errors, "a", "b").is_clear


@pytest.mark.parametrize(
    ("intervals", "start"),
    [
        ([(-9, -1), (-5, -2)], "x won with"),
        ([(-9, -1), (-5, 2)], "no clear winner; x has the least error"),
        ([(-9, 1)], "no clear winner; x has the least error"),
    ],
)
def test_a_winner_is_one_that_beats_all(intervals, start):
    found = [
        Difference("x", f"y{number}", sum(ends) / 2, *ends)
        for number, ends in enumerate(intervals)
    ]
    said = sentence(found, 61.25, "K")
    assert said.startswith(start)
    assert said.count("which is not clear") == sum(h > 0 for _, h in intervals)
    assert all(f"against y{n}" in said for n in range(len(intervals)))
