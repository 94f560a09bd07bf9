import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir.labels import nested_groups
from keras_groupdir.models import HierarchicalRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = HierarchicalRegressor.from_labels(small_encoder(), Y, 3, 0, 8)
    model.compile(keras.optimizers.Adam(0.02))
    model.fit(*repeated(12, X, Y), epochs=5, verbose=0)
    return model


@pytest.mark.one_backend
def test_levels_are_those_of_the_labels_and_values_their_means(trained):
    assert trained.levels == nested_groups(Y, 3, 0, 8)
    assert [level.num_groups for level in trained.levels] == [2, 4, 8]
    assert trained.label_range == (0.0, 8.0)
    finest = trained.levels[-1].assign(Y)
    means = [Y[finest == g].mean() for g in range(8)]
    np.testing.assert_allclose(trained.values, means, rtol=1e-5)


def test_the_prediction_is_the_mean_of_its_distribution(trained):
    outputs = trained.predict_outputs(X, verbose=0)
    assert outputs["level_logits"].shape == (48, 2 + 4 + 8)
    probs = ops.convert_to_numpy(ops.softmax(outputs["bin_logits"]))
    np.testing.assert_allclose(
        outputs["prediction"][:, 0], probs @ trained.values, rtol=1e-4
    )


def test_it_learns_at_every_level(trained):
    logits = trained.predict_outputs(X, verbose=0)["level_logits"]
    for part, level in zip(
        np.split(logits, [2, 6], axis=1), trained.levels, strict=True
    ):
        hits = np.mean(part.argmax(axis=1) == level.assign(Y))
        assert hits > 2 / level.num_groups or level.num_groups == 2
        assert hits > 0.5
    assert np.corrcoef(trained.predict(X, verbose=0)[:, 0], Y)[0, 1] > 0.9


def test_coarse_levels_correct_the_fine_one():
    model = HierarchicalRegressor(
        small_encoder(), nested_groups([0, 1, 2, 3], depth=2)
    )
    weights = [np.zeros(w.shape) for w in model.weights]
    # The finest knows nothing; the halves say that it is the upper one.
    weights[-1] = np.array([-99.0, 0, 0, 0, 0, 0])
    model.set_weights(weights)
    centers = model.levels[-1].centers
    found = model.predict(X[:2], verbose=0)
    np.testing.assert_allclose(found, centers[2:].mean(), rtol=1e-5)


def test_repeated_labels_have_fewer_groups():
    y = np.repeat([0.0, 1.0, 5.0], [20, 3, 1])
    model = HierarchicalRegressor.from_labels(small_encoder(), y, depth=5)
    assert [level.num_groups for level in model.levels] == [2, 3]
    assert model.values == [0.0, 1.0, 5.0]
    model.compile("adam")
    history = model.fit(X[:24], y, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def test_labels_outside_the_range_count_as_its_ends():
    y = [-5.0, 0.0, 1.0, 2.0, 3.0, 90.0]
    model = HierarchicalRegressor.from_labels(small_encoder(), y, 1, 0, 3)
    assert model.values == [(0 + 0 + 1) / 3, (2 + 3 + 3) / 3]
