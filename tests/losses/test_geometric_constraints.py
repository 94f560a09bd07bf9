import math
from itertools import pairwise

import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.losses import GeometricConstraints
from keras_groupdir.losses import geometric_constraints
from tests.support.autodiff import gradient
from tests.support.contracts import LossContract
from tests.support.numeric import group_of
from tests.support.numeric import log_sum_exp
from tests.support.numeric import numeric_gradient

BINS = LabelGroups.equal_width(0, 10, width=2)
SETTINGS = {
    "envelope_weight": 0.7,
    "homogeneity_weight": 0.05,
    "temperature": 0.4,
    "num_points": 30,
}


def unit(vector):
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def points(number, width):
    rng = np.random.default_rng(0)
    return [unit(one) for one in rng.normal(size=(number, width))]


def centroids_of(labels, rows):
    """By bin, of the bins that are there, in their order."""
    found = {}
    for label, row in zip(np.ravel(labels), rows, strict=True):
        group = group_of(label, BINS.edges)
        found[group] = found.get(group, 0) + unit(row)
    return {group: unit(found[group]) for group in sorted(found)}


def reference(labels, rows, fixed=None):
    """`fixed` are the rows whose centroids the contrast is with."""
    rows = np.asarray(rows, "float64")
    fixed = rows if fixed is None else np.asarray(fixed, "float64")
    path, still = centroids_of(labels, rows), centroids_of(labels, fixed)
    nearest = [
        max(point @ center for center in path.values())
        for point in points(30, rows.shape[1])
    ]
    steps, groups = 0.0, list(path)
    for a, b in pairwise(groups):
        gap = (b - a) * 2 / 10
        steps += np.sum((path[b] - path[a]) ** 2) / gap
    losses = []
    for label, row in zip(np.ravel(labels), rows, strict=True):
        logits = {g: unit(row) @ c / 0.4 for g, c in still.items()}
        own = logits[group_of(label, BINS.edges)]
        contrast = log_sum_exp(list(logits.values())) - own
        losses.append(contrast + 0.7 * (1 - np.mean(nearest)) + 0.05 * steps)
    return np.array(losses)


class TestGeometricConstraints(LossContract):
    loss = GeometricConstraints(BINS, **SETTINGS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        labels = rng.uniform(0, 10, size).astype("float32")
        return labels, rng.normal(size=(size, 3)).astype("float32")

    def reference(self, y_true, y_pred):
        return reference(y_true, y_pred)

    @pytest.mark.parametrize("seed", range(3))
    def test_gradient_is_that_of_the_reference(self, seed):
        # Centroids stand still for the contrast.
        labels, rows = self.batch(seed)
        expected = numeric_gradient(
            lambda x: reference(labels, x, rows).sum(), rows
        )
        np.testing.assert_allclose(
            gradient(self.total(labels), rows), expected, rtol=1e-3, atol=1e-3
        )


def path_of(angles):
    return np.array([[math.cos(a), math.sin(a)] for a in angles], "float32")


def total(labels, rows, **settings):
    values = geometric_constraints(labels, rows, BINS, **settings)
    return float(ops.mean(values))


LABELS = [1.0, 3.0, 5.0, 7.0, 9.0]


def test_even_steps_cost_less_than_uneven_ones_of_the_same_path():
    alone = {"envelope_weight": 0.0, "homogeneity_weight": 10.0}
    even = total(LABELS, path_of([0, 0.5, 1, 1.5, 2]), **alone)
    uneven = total(LABELS, path_of([0, 0.1, 0.2, 1.5, 2]), **alone)
    assert even < uneven


def test_a_long_path_envelops_more_of_the_sphere_than_a_short_one():
    alone = {"envelope_weight": 10.0, "homogeneity_weight": 0.0}
    long = total(LABELS, path_of([0, 1.2, 2.4, 3.6, 4.8]), **alone)
    short = total(LABELS, path_of([0, 0.1, 0.2, 0.3, 0.4]), **alone)
    assert long < short - 3


def test_a_batch_of_one_bin_has_no_contrast_and_no_steps():
    rows = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    found = total([1.0] * 5, rows, envelope_weight=0.0)
    assert found == pytest.approx(0, abs=1e-6)
