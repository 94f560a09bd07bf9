"""What holds for every public loss and metric, whatever it computes.

A new one is found by its name in the room, and tried once it is known which
of the arguments below it takes: all are of one batch, whose label range is one
unit, and whose settings are in that unit.
"""

import inspect

import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir import losses
from keras_groupdir import metrics
from tests.support.autodiff import gradient

RNG = np.random.default_rng(3)
SIZE = 8
LABELS = RNG.uniform(0, 1, SIZE).astype("float32")
LABELS[1] = LABELS[0]  # a label that comes twice
ERRORS = RNG.normal(0, 0.1, SIZE).astype("float32")
ROWS = RNG.normal(size=(SIZE, 4)).astype("float32")
EVIDENCE = [1.0, 0.5, 1.5, 0.02]
VALUES = RNG.uniform(0, 1, (SIZE, 4)).astype("float32")


def arguments(unit):
    """All arguments of losses, for labels whose range is one `unit`."""
    groups = LabelGroups.equal_width(0, unit, num_groups=4)
    labels, predictions = LABELS * unit, (LABELS + ERRORS) * unit
    evidential = np.tile(np.float32(EVIDENCE), (SIZE, 1)) * [1, 1, 1, unit**2]
    evidential[:, 0] = predictions
    laplace = np.stack([predictions, VALUES[:, 0] + np.log(unit)], axis=1)
    return {
        "labels": labels,
        "predictions": predictions,
        "embeddings": ROWS,
        "gaussians": np.abs(ROWS),
        "evidential": evidential.astype("float32"),
        "laplace": laplace.astype("float32"),
        "quantiles": [0.05, 0.5, 0.8, 0.95],
        "predicted_quantiles": np.sort(VALUES) * unit,
        "label_quantiles": np.array([0.0, 0.1, 0.5, 1.0]) * unit,
        "bin_weights": [1.0, 1.0, 1.0, 1.0],
        "group_ids": groups.assign(labels),
        "num_groups": 4,
        "groups": groups,
        "bins": groups,
        "centers": groups.centers,
        "counts": groups.counts(labels) + 1,
        "means": np.array([0.2, 0.7]) * unit,
        "variances": np.array([0.01, 0.04]) * unit**2,
        "weights": [2, 1],
        "noise": 0.2 * unit,
        "window": 0.3 * unit,
        "push": 1 / unit,
        "scale": unit,
        "evidence_weight": 0.01 / unit,
        "expert_values": VALUES * unit,
        "levels": [
            LabelGroups.from_edges(groups.edges[[0, 1, 4]]),
            groups,
        ],
        "edge_logits": ROWS[:, :3],
        "level_logits": np.concatenate([ROWS[:, 2:], ROWS], 1),
        "prediction": predictions[:, None],
        "both": np.concatenate([ROWS, predictions[:, None]], 1),
    }


# The output of a model that each class is for, where it is no embedding.
OUTPUTS = {
    "BatchMonteCarlo": "prediction",
    "BinnedNumericalIntegration": "prediction",
    "ConditionalCrossentropy": "edge_logits",
    "ContrastiveRegularizer": "both",
    "CumulativeCrossentropy": "edge_logits",
    "CorrelatedError": "prediction",
    "DistributionError": "prediction",
    "EvidentialRegression": "evidential",
    "FocalRegression": "prediction",
    "GaussianDivergence": "gaussians",
    "GaussianMixtureIntegration": "prediction",
    "HierarchicalCrossentropy": "level_logits",
    "LaplaceLikelihood": "laplace",
    "OracleMeanAbsoluteError": "expert_values",
    "Pinball": "predicted_quantiles",
    "RoutedError": "expert_values",
    "ScaledError": "prediction",
}
# A loss grows with the unit to this power; else it stays as it is.
POWERS = {
    "batch_monte_carlo": 2,
    "binned_numerical_integration": 2,
    "gaussian_mixture_integration": 2,
    "oracle_mean_absolute_error": 1,
}
# A density falls as its unit grows: the log of the unit is added.
DENSITIES = {"evidential_regression", "laplace_likelihood"}
WITHOUT_LABELS = {"gaussian_divergence"}
SEVERAL_TARGETS = {"rank_n_contrast"}


def snake(name):
    return "".join("_" * c.isupper() + c.lower() for c in name).lstrip("_")


class Case:
    """A loss, its function, or a metric, and a batch of its arguments."""

    def __init__(self, room, name):
        self.name, self.kind = name, getattr(room, name)
        self.is_class = inspect.isclass(self.kind)
        self.formula = snake(name) if self.is_class else name
        self.is_metric = room is metrics

    def made(self, unit=1.0):
        """From labels and outputs to values, and the batch."""
        given, settings = arguments(unit), self.settings(unit)
        if self.is_class:
            output = OUTPUTS.get(self.name, "embeddings")
            one = self.kind(**settings)
            return self._called(one), given["labels"], given[output]
        first, *others = [settings.pop(name) for name in list(settings)[:2]]
        if not others:  # no labels
            return lambda _, x: self.kind(x), given["labels"], first
        return lambda y, x: self.kind(y, x, **settings), first, *others

    def settings(self, unit):
        """What it takes of the arguments, in the order of its own."""
        given = arguments(unit)
        known = inspect.signature(self.kind).parameters
        return {name: given[name] for name in known if name in given}

    def _called(self, one):
        if not self.is_metric:
            return one.call

        def value(y_true, y_pred):
            one.reset_state()
            return one(y_true, y_pred)

        return value

    def values(self, unit=1.0, rows=slice(None), reshape=lambda y: y):
        call, labels, outputs = self.made(unit)
        return ops.convert_to_numpy(call(reshape(labels[rows]), outputs[rows]))


ALL = [Case(room, n) for room in (losses, metrics) for n in room.__all__]
CLASSES = [c for c in ALL if c.is_class and not c.is_metric]
BY_LABELS = [c for c in ALL if c.formula not in WITHOUT_LABELS]


def every(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda c: c.name)


@every([c for c in ALL if c.name != "ordinal_group_contrastive"])
def test_a_column_of_labels_counts_the_same(case):
    np.testing.assert_array_equal(
        case.values(reshape=lambda y: y[:, None]), case.values()
    )


@every([c for c in BY_LABELS if c.formula not in SEVERAL_TARGETS])
@pytest.mark.parametrize("size", [SIZE, 1])
def test_two_targets_are_refused_by_the_name_of_the_argument(case, size):
    with pytest.raises(ValueError, match=r"`(labels|y_true|group_ids)`"):
        case.values(
            rows=slice(size), reshape=lambda y: np.stack([y, y], axis=1)
        )


@every(ALL)
@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_of_labels_does_not_matter(case, unit):
    power = POWERS.get(case.formula, 0)
    expected = case.values() * unit**power
    if case.formula in DENSITIES:
        expected = expected + np.log(unit)
    found = case.values(unit)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(
        found, expected, rtol=1e-3, atol=1e-4 * np.abs(expected).max()
    )


@every(CLASSES)
@pytest.mark.parametrize("size", [SIZE, 1])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_half_precision_outputs_are_computed_in_float32(case, dtype, size):
    call, labels, outputs = case.made()
    half = ops.cast(ops.convert_to_tensor(outputs[:size]), dtype)
    same = ops.convert_to_numpy(ops.cast(half, "float32"))
    np.testing.assert_allclose(
        ops.convert_to_numpy(ops.cast(call(labels[:size], half), "float32")),
        ops.convert_to_numpy(call(labels[:size], same)),
        rtol=1e-5,
        atol=1e-6,
    )
    # Of embeddings and logits near the ends of float16, too.
    largest = same if case.name in OUTPUTS else np.sign(same) * 6e4
    found = gradient(
        lambda x: ops.sum(call(labels[:size], ops.cast(x, dtype))), largest
    )
    assert np.isfinite(found).all()


@every([c for c in ALL if c.is_class])
@pytest.mark.parametrize("place", ["labels", "outputs"])
def test_nan_is_not_lost(case, place):
    if place == "labels" and case.formula in WITHOUT_LABELS:
        return
    call, labels, outputs = case.made()
    batch = {"labels": labels.copy(), "outputs": outputs.copy()}
    batch[place][2] = np.nan
    values = ops.convert_to_numpy(call(*batch.values()))
    assert np.isnan(values).any()


# A batch is compared with itself: a row counts for others whatever it weighs.
BATCHWISE = {
    "batch_monte_carlo",
    "contrastive_regularizer",
    "correlated_error",
    "distribution_error",
    "geometric_constraints",
    "ordinal_entropy",
    "ordinal_group_contrastive",
    "rank_n_contrast",
    "rank_similarity",
}


@every(CLASSES)
def test_a_row_without_weight_has_no_influence(case):
    _, labels, outputs = case.made()
    loss = case.kind(**case.settings(1.0))
    assert float(loss(labels, outputs, sample_weight=np.zeros(SIZE))) == 0
    weights = np.where(np.arange(SIZE) == 2, 0.0, 1.0)
    before = float(loss(labels, outputs, sample_weight=weights))
    assert np.isfinite(before)
    if case.formula not in BATCHWISE:
        other = np.where(weights[:, None] > 0, outputs, 3 * outputs + 1)
        after = float(loss(labels, other, sample_weight=weights))
        assert after == pytest.approx(before, rel=1e-6)


@every([c for c in ALL if c.is_class])
@pytest.mark.parametrize("shape", [(SIZE - 1,), (SIZE, 2), (1,)])
def test_weights_that_are_not_one_a_row_are_refused(case, shape):
    _, labels, outputs = case.made()
    one = case.kind(**case.settings(1.0))
    for weights in (np.ones(shape), np.ones(shape).tolist()):
        with pytest.raises(ValueError, match="`sample_weight`"):
            one(labels, outputs, sample_weight=weights)
    one(labels, outputs, sample_weight=2.0)
    one(labels, outputs, sample_weight=np.ones((SIZE, 1)))
