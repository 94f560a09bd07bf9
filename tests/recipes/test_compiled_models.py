"""A recipe trained again by models that are compiled gives fresh numbers."""

import keras
import numpy as np
import pytest

from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import CompiledModels
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from tests.recipes.problem import BINS
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.support.models import small_encoder

TASK = LabelTask(Y, BINS, error="squared")


def random_encoder():
    """Draws in training, and has moving averages."""
    inputs = keras.Input((4,), name="features")
    hidden = keras.layers.Dense(6, "tanh")(inputs)
    hidden = keras.layers.BatchNormalization()(hidden)
    # Not dropout, which on torch draws from a generator of torch's own: the
    # first `fit` of a model takes some draws to build it.
    return keras.Model(inputs, keras.layers.GaussianNoise(0.3)(hidden))


def run(name, seed, compiled=None, encoder=small_encoder, **arguments):
    """Model, its predictions as they are now, and histories."""
    keras.utils.set_random_seed(seed)
    model, histories = fit_recipe(
        name,
        encoder,
        TASK,
        X,
        Y,
        **{
            "validation_data": (X[:9], Y[:9]),
            "epochs": 2,
            "batch_size": 20,
            "seed": seed,
            "compiled": compiled,
            "verbose": 0,
            **arguments,
        },
    )
    outputs = model.predict_outputs(X, verbose=0)
    return model, outputs, histories


def assert_same(found, expected):
    """Bit by bit or nearly: outputs and logs of two runs."""
    _, outputs, histories = found
    _, others, other_histories = expected
    assert outputs.keys() == others.keys()
    for name, values in outputs.items():
        np.testing.assert_allclose(
            values, others[name], rtol=1e-6, atol=1e-6, err_msg=name
        )
    assert len(histories) == len(other_histories)
    for history, other in zip(histories, other_histories, strict=True):
        assert history.keys() == other.keys()
        # A reason, in words: so few samples correct nothing.
        assert history.pop("not_fitted", None) == other.pop("not_fitted", None)
        for key, values in history.items():
            np.testing.assert_allclose(
                values,
                other[key],
                rtol=1e-6,
                atol=1e-7,
                equal_nan=False,
                err_msg=key,
            )


@pytest.fixture
def built(monkeypatch):
    """Training steps that Keras makes, which it then traces and compiles."""
    steps = []
    make = keras.Model.make_train_function

    def spy(self, force=False):
        before = self.train_function
        make(self, force)
        if self.train_function is not before:
            steps.append(self)

    monkeypatch.setattr(keras.Model, "make_train_function", spy)
    return steps


# Where nothing is traced every one is quick; elsewhere, as graphs, one that
# draws and smooths, and one of two models. (A frozen encoder is below.)
NAMES = (
    tuple(RECIPES)
    if keras.config.backend() == "torch"
    else ("groupdir_two_stage",)
)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_are_those_of_fresh_builds(name, built):
    expected = run(name, 1)
    stages = len(expected[2])
    assert len(built) == stages
    built.clear()
    compiled = CompiledModels()
    first = run(name, 0, compiled)
    found = run(name, 1, compiled)
    assert_same(found, expected)
    # What validation corrects is a model of its own, on the same encoder.
    assert make_recipe(name).finish or found[0] is first[0]
    # Made and compiled in the first run alone, once a stage.
    assert len(built) == stages
    one, other = (outputs["prediction"] for _, outputs, _ in (first, found))
    assert not np.allclose(one, other, rtol=1e-3)
    assert_same(run(name, 0, compiled), first)


@pytest.mark.usefixtures("eager_here")
@pytest.mark.parametrize(
    "name",
    [pytest.param("vanilla", marks=pytest.mark.one_backend), "rrt_lds"],
)
def test_random_layers_and_averages_start_anew(name):
    compiled = CompiledModels()
    run(name, 0, compiled, random_encoder)
    found = run(name, 1, compiled, random_encoder)
    assert_same(found, run(name, 1, encoder=random_encoder))


@pytest.mark.parametrize(
    "name",
    [
        "vanilla",
        *(
            pytest.param(name, marks=pytest.mark.one_backend)
            for name in ("rrt", "cisir")
        ),
    ],
)
def test_the_optimizer_starts_anew(name):
    def arguments():
        plateau = keras.callbacks.ReduceLROnPlateau(
            "loss", factor=0.5, patience=0, min_delta=1e9
        )
        return {
            "optimizer": keras.optimizers.Adam(0.03),
            "callbacks": [plateau],
            "epochs": 4,
        }

    expected = run(name, 1, **arguments())
    assert expected[2][-1]["learning_rate"][-1] < 0.03
    compiled = CompiledModels()
    for seed in (0, 1):
        found = run(name, seed, compiled, epoch_at_once=True, **arguments())
    assert_same(found, expected)
    if name == "vanilla":
        on_torch = keras.config.backend() == "torch"
        assert found[0].steps_per_execution == (1 if on_torch else 3)


@pytest.mark.one_backend
@pytest.mark.usefixtures("eager_here")
def test_other_settings_get_models_of_their_own():
    compiled = CompiledModels()
    kept = run("vanilla", 0, compiled)[0]
    faster = {"optimizer": keras.optimizers.SGD(0.1)}
    other = run("vanilla", 0, compiled, **faster)
    assert other[0] is not kept
    assert_same(other, run("vanilla", 0, **faster))
    wide = run("vanilla", 0, compiled, random_encoder)
    assert wide[0] is not kept
    assert run("vanilla", 1, compiled)[0] is kept


@pytest.mark.one_backend
@pytest.mark.usefixtures("eager_here")
def test_one_serves_several_recipes():
    compiled = CompiledModels()
    for name in ("vanilla", "sqinv_lds", "rrt", "groupdir"):
        assert_same(run(name, 0, compiled), run(name, 0))


def adapted(shift):
    """An encoder that has been shown other data."""

    def encoder():
        scale = keras.layers.Normalization()
        scale.adapt((1 + shift) * X + shift)
        inputs = keras.Input((4,), name="features")
        hidden = keras.layers.Dense(6, "tanh")(scale(inputs))
        return keras.Model(inputs, hidden)

    return encoder


def test_an_encoder_that_has_seen_other_data_is_compiled_anew(built):
    compiled = CompiledModels()
    first = run("vanilla", 0, compiled, adapted(0))
    again = run("vanilla", 1, compiled, adapted(5))
    assert first[0] is not again[0]
    assert_same(again, run("vanilla", 1, None, adapted(5)))
    steps = len(built)
    run("vanilla", 2, compiled, adapted(5))
    assert len(built) == steps
