"""What holds for every method, whatever it learns."""

import keras
import numpy as np
import pytest

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import make_recipe
from tests.recipes.problem import BINS
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.problem import fitted
from tests.recipes.problem import weights_of


@pytest.fixture(autouse=True)
def _eagerly():
    """What holds here does not depend on a graph, which takes long to trace.

    (`test_every_recipe` trains each recipe in one.)
    """
    if keras.config.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


EVERY = pytest.mark.parametrize("name", RECIPES)


@EVERY
def test_units_of_the_label_do_not_matter(name):
    """Prices in cents train as prices in dollars do."""
    optimizer = keras.optimizers.SGD(0.05)
    dollars, _ = fitted(name, LabelTask(Y, BINS), optimizer=optimizer)
    cents, _ = fitted(
        name,
        LabelTask(100 * Y, LabelGroups.equal_width(0, 800, width=100)),
        y=100 * Y,
        optimizer=optimizer,
    )
    dollars, cents = (model.predict(X, verbose=0) for model in (dollars, cents))
    spread = dollars.std()
    assert spread > 1e-3
    np.testing.assert_allclose(cents / 100, dollars, atol=0.02 * spread)


@EVERY
def test_degenerate_batches_are_finite(name):
    """One label or one sample in a batch, ties, and bins without labels."""
    bins = LabelGroups.equal_width(0, 8, width=0.25)
    repeats = [32, 8, 4, 5]
    y = np.repeat([0.0, 0.1, 2.0, 8.0], repeats).astype("float32")
    # All inputs of a label are the same, and the last batch holds one of them.
    model, histories = fitted(
        name,
        LabelTask(y, bins, error="squared", reweight="inverse"),
        np.repeat(X[:4], repeats, axis=0),
        y,
        batch_size=8,
        shuffle=False,
    )
    assert np.isfinite(model.predict(X, verbose=0)).all()
    for history in histories:
        assert np.isfinite(history["loss"]).all()
    for weight in weights_of(model):
        assert np.isfinite(weight).all()


@EVERY
def test_labels_that_training_never_saw_have_finite_weights(name):
    bins = LabelGroups.equal_width(0, 8, width=0.25)
    task = LabelTask(Y, bins)
    for stage in make_recipe(name).stages:
        if stage.weigh is not None:
            weights = stage.weigh(bins.centers, task=task)
            assert np.isfinite(weights).all()
            assert (weights > 0).all()
            assert stage.weigh(Y, task=task).mean() == pytest.approx(1, 1e-5)


@pytest.mark.parametrize("name", ["vanilla", "smogn", "vae", "groupdir"])
def test_seeds_decide(name):
    def trained():
        return weights_of(fitted(name).model)

    for one, other in zip(trained(), trained(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
