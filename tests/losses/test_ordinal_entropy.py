import numpy as np
import pytest
from keras import ops

from keras_groupdir.losses import OrdinalEntropy
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract


def unit(x):
    length = np.linalg.norm(x)
    return x / length if length else x


def reference(y_true, y_pred):
    """Centers of distinct labels, then every pair of them."""
    labels = np.ravel(y_true).astype("float64")
    z = [unit(np.asarray(row, dtype="float64")) for row in y_pred]
    centers = {
        label: unit(
            np.mean(
                [r for r, y in zip(z, labels, strict=True) if y == label], 0
            )
        )
        for label in labels
    }
    pairs = [(a, b) for a in centers for b in centers if a != b]
    spread = 0.0
    if pairs:
        distances = [abs(a - b) for a, b in pairs]
        least, most = min(distances), max(distances)
        spread = np.mean(
            [
                (abs(a - b) - least)
                / most
                * np.linalg.norm(centers[a] - centers[b])
                for a, b in pairs
            ]
        )
    return np.array(
        [
            np.linalg.norm(row - centers[label]) - spread
            for row, label in zip(z, labels, strict=True)
        ]
    )


class TestOrdinalEntropy(LossContract):
    loss = OrdinalEntropy()

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, 4, size).astype("float32")
        return labels, rng.normal(size=(size, 3)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred)


ROWS = np.random.default_rng(2).normal(size=(5, 3)).astype("float32")


@pytest.mark.parametrize(
    "labels",
    [
        [1.0, 1.0, 1.0, 1.0, 1.0],
        [1.0, 2.0, 1.0, 2.0, 2.0],
        [1.0, 2.0, 4.0, 8.0, 16.0],
    ],
    ids=["one label", "two labels", "all different"],
)
@pytest.mark.parametrize("same_rows", [False, True])
def test_degenerate_batches_are_those_of_the_reference(labels, same_rows):
    rows = np.repeat(ROWS[:1], 5, axis=0) if same_rows else ROWS
    labels = np.asarray(labels, dtype="float32")
    loss = OrdinalEntropy()
    np.testing.assert_allclose(
        ops.convert_to_numpy(loss.call(labels, rows)),
        reference(labels, rows),
        # Distances of equal rows come out as the root of a rounding error.
        atol=1e-3 if same_rows else 1e-5,
    )
    found = gradient(lambda z: ops.sum(loss.call(labels, z)), rows)
    assert np.isfinite(found).all()


def test_parting_far_labels_pays():
    labels = np.array([0.0, 1.0, 5.0], dtype="float32")
    angles = {"together": [0.0, 0.1, 0.2], "apart": [0.0, 0.1, 3.0]}
    loss = {
        name: float(
            OrdinalEntropy()(
                labels, np.stack([np.cos(a), np.sin(a)], 1).astype("float32")
            )
        )
        for name, a in angles.items()
    }
    assert loss["apart"] < loss["together"]
