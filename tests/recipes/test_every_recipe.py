"""What holds for every method, on every backend."""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir.density import label_bins
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import Task
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
TASK = Task(Y, label_bins(0, 8, bin_width=1))
EVERY = pytest.mark.parametrize("name", RECIPES)

# Recipes whose models are unlike each other; the rest differ in losses and
# weights alone, which are no part of what is exported.
FORMS = (
    "vanilla",
    "rrt",
    "lds_fds",
    "bmc",
    "vae",
    "lds_fds_der",
    "con_r",
    "vir",
    "group_ce_hard",
    "groupdir_balanced",
)
# From torch, each is exported in a process of its own.
EXPORTED = {
    "jax": FORMS,
    "torch": ("con_r", "vir", "groupdir_balanced"),
}.get(keras.config.backend(), tuple(RECIPES))


def fitted(name, task=TASK, y=Y, x=X, **arguments):
    keras.utils.set_random_seed(0)
    settings = {"epochs": 2, "batch_size": 16, "verbose": 0, **arguments}
    return fit_recipe(
        make_recipe(name), small_encoder(), task, x, y, **settings
    )


def weights_of(model):
    return [np.array(weight) for weight in model.get_weights()]


@EVERY
@pytest.mark.parametrize("error", ["absolute", "squared"])
def test_trains_on_plain_labels_and_loads(name, error, tmp_path):
    task = Task(Y, TASK.bins, error=error)
    model, histories = fitted(name, task, validation_data=(X, Y))
    predictions = model.predict(X, verbose=0)

    assert isinstance(model, LabelModel)
    assert predictions.shape == (48, 1)
    assert len(histories) == len(
        make_recipe(name).stages[: 1 if "smo" in name else None]
    )
    assert np.isfinite(predictions).all()
    assert all(np.isfinite(histories[-1]["loss"]))
    assert {"val_prediction_mae", "val_prediction_mse"} <= histories[-1].keys()

    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), predictions, rtol=1e-5, atol=1e-5
    )
    before = model.evaluate(X, Y, batch_size=48, verbose=0, return_dict=True)
    after = loaded.evaluate(X, Y, batch_size=48, verbose=0, return_dict=True)
    assert before.keys() == after.keys()
    for key, value in before.items():
        assert after[key] == pytest.approx(value, rel=1e-4, abs=1e-5), key


@EVERY
def test_learns_something(name):
    model, _ = fitted(
        name,
        Task(Y, TASK.bins, error="squared"),
        optimizer=keras.optimizers.Adam(0.02),
        epochs=40,
    )
    prediction = model.predict(X, verbose=0).reshape(-1)
    assert np.corrcoef(prediction, Y)[0, 1] > 0.8
    # With 8 bins for a window of 5, smoothed features are far from plain ones.
    if "fds" not in name and name != "vir":
        assert np.mean((prediction - Y) ** 2) < 0.8 * np.var(Y)


@EVERY
@pytest.mark.parametrize("error", ["absolute", "squared"])
def test_units_of_the_label_do_not_matter(name, error):
    """Prices in cents train as prices in dollars do."""
    optimizer = keras.optimizers.SGD(0.05)
    one, _ = fitted(name, Task(Y, TASK.bins, error=error), optimizer=optimizer)
    hundred, _ = fitted(
        name,
        Task(100 * Y, label_bins(0, 800, bin_width=100), error=error),
        100 * Y,
        optimizer=optimizer,
    )
    start = fitted(name, Task(Y, TASK.bins, error=error), epochs=0).model
    one, hundred, start = (
        model.predict(X, verbose=0) for model in (one, hundred, start)
    )
    moved = np.abs(one - start).max()
    assert moved > 1e-4
    np.testing.assert_allclose(hundred / 100, one, atol=0.05 * moved)


@pytest.mark.parametrize("name", EXPORTED)
def test_exports_the_prediction_alone(name, tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    model, _ = fitted(name, epochs=1)
    model.export(tmp_path / "saved", verbose=False)
    served = tensorflow.saved_model.load(str(tmp_path / "saved"))
    np.testing.assert_allclose(
        np.array(served.serve(X[:5])),
        model.predict(X[:5], verbose=0),
        rtol=1e-4,
        atol=1e-4,
    )


@EVERY
@pytest.mark.parametrize("batch_size", [1, 8])
def test_degenerate_batches_are_finite(name, batch_size):
    """One sample or one label in a batch, ties, and bins without labels."""
    bins = label_bins(0, 8, bin_width=0.25)
    y = np.repeat([0.0, 0.1, 2.0, 8.0], [32, 8, 4, 4]).astype("float32")
    x = np.repeat(X[:4], [32, 8, 4, 4], axis=0)
    model, histories = fitted(
        name,
        Task(y, bins, error="squared", reweight="inverse"),
        y,
        x,
        batch_size=batch_size,
        shuffle=False,
        epochs=2,
    )
    assert np.isfinite(model.predict(X, verbose=0)).all()
    for history in histories:
        assert np.isfinite(history["loss"]).all()
    for weight in weights_of(model):
        assert np.isfinite(weight).all()


@EVERY
def test_labels_that_training_never_saw_have_finite_weights(name):
    bins = label_bins(0, 8, bin_width=0.25)
    for stage in make_recipe(name).stages:
        if stage.weigh is not None:
            weights = stage.weigh(bins.centers, Task(Y, bins))
            assert np.isfinite(weights).all()
            assert (weights > 0).all()
            mean = stage.weigh(Y, Task(Y, bins)).mean()
            assert mean == pytest.approx(1, rel=1e-5)


@EVERY
def test_seeds_decide(name):
    def trained():
        return weights_of(fitted(name).model)

    for one, other in zip(trained(), trained(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_group_recipes_have_the_routing_of_their_name():
    for name, routing in {
        "groupdir": "mixture",
        "groupdir_soft": "soft",
        "groupdir_hard": "hard",
        "group_la_hard": "hard",
        "group_ce": "soft",
    }.items():
        model = fitted(name, epochs=0).model
        assert isinstance(model, GroupRegressor)
        assert model.head.routing == routing
        assert (model.head.beta is None) == name.startswith("group_")
