"""The program finds what is broken, and shows it with simple numbers."""

import numpy as np

from tests.fuzz.__main__ import fuzz
from tests.fuzz.batches import SIZE
from tests.fuzz.batches import nasty_labels
from tests.fuzz.batches import nasty_outputs
from tests.fuzz.targets import Target
from tests.fuzz.targets import targets

PLACES = np.array([0.0, 8.0], "float32")


def draw(rng):
    base = rng.normal(size=(SIZE, 3)).astype("float32")
    labels = rng.uniform(0, 8, SIZE).astype("float32")
    return [nasty_outputs(rng, base), nasty_labels(rng, labels, PLACES)]


def root(outputs, labels):
    """Breaks where two rows are the same."""
    apart = np.linalg.norm(outputs[0] - outputs[1])
    with np.errstate(divide="ignore"):
        return [1 / apart * np.ones(1)]


def test_what_is_broken_is_found_and_shown():
    found = fuzz([Target("root", draw, root)], 20, seed=1)
    assert found.startswith("root is not finite (seed 1):\n[[0.0, 0.0, 0.0], [")
    assert found.endswith("-> [inf]")


def test_what_is_whole_is_not(capsys):
    whole = Target("whole", draw, lambda outputs, labels: [outputs])
    assert fuzz([whole], 0.2, seed=1) is None
    assert "1 losses, layers and models" in capsys.readouterr().out


def test_batches_are_legal():
    for seed in range(300):
        outputs, labels = draw(np.random.default_rng(seed))
        assert outputs.shape == (SIZE, 3)
        assert np.isfinite(outputs).all()
        assert (labels >= 0).all()
        assert (labels <= 8).all()


def test_every_loss_layer_and_regressor_is_tried():
    names = {target.name.partition("(")[0] for target in targets()}
    assert {"BatchMonteCarlo", "RoutedExperts", "GroupRegressor"} <= names
    assert len(names) > 25
