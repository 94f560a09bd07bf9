"""What is not trained stays so in files, configs and copies."""

import warnings

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import models
from keras_groupdir.models import EncoderRegressor
from keras_groupdir.models import MultiTargetRegressor
from tests.models.test_every_regressor import BUILDERS
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

X, Y = skewed_data()


def own_layers(model):
    return [
        layer
        for layer in model.layers
        if layer is not model.encoder and layer.weights
    ]


def trained_shapes(model):
    """By the places of weights, as their names may be others."""
    trained = {id(weight) for weight in model.trainable_weights}
    return [
        (tuple(weight.shape), id(weight) in trained) for weight in model.weights
    ]


def again(model, folder):
    """From a file and from a config; nothing is said on the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        model.save(folder / "model.keras")
        loaded = keras.saving.load_model(folder / "model.keras")
        return loaded, type(model).from_config(model.get_config())


@pytest.mark.one_backend
@pytest.mark.parametrize("name", BUILDERS)
def test_a_config_of_what_is_trained_says_nothing_of_it(name):
    assert "not_trained" not in BUILDERS[name]().get_config()


@pytest.mark.one_backend
@pytest.mark.parametrize("name", BUILDERS)
def test_each_layer_beside_the_encoder_stays_frozen(name, tmp_path):
    for place in range(len(own_layers(BUILDERS[name]()))):
        model = BUILDERS[name]()
        before = trained_shapes(model)
        layer = own_layers(model)[place]
        trains = bool(layer.trainable_weights)
        layer.trainable = False
        expected = trained_shapes(model)
        assert (expected != before) == trains
        for same in again(model, tmp_path):
            assert trained_shapes(same) == expected
            assert not own_layers(same)[place].trainable
            assert same.encoder.trainable


@pytest.mark.one_backend
@pytest.mark.parametrize("name", BUILDERS)
def test_a_model_stays_frozen_as_a_whole(name, tmp_path):
    model = BUILDERS[name]()
    model.trainable = False
    for same in again(model, tmp_path):
        assert not same.trainable
        assert same.trainable_weights == []
        same.trainable = True
        assert len(same.trainable_weights) == len(
            BUILDERS[name]().trainable_weights
        )


@pytest.mark.usefixtures("eager")
def test_a_frozen_head_comes_back_with_the_state_of_its_optimizer(tmp_path):
    model = small_regressor()
    model.head.trainable = False
    model.compile("adam")
    model.fit(X, Y, verbose=0)
    head = model.head.get_weights()
    loaded, _ = again(model, tmp_path)
    assert len(loaded.trainable_weights) == 2
    states = zip(
        loaded.optimizer.variables, model.optimizer.variables, strict=True
    )
    for found, expected in states:
        np.testing.assert_array_equal(
            *map(keras.ops.convert_to_numpy, (found, expected))
        )
    loaded.fit(X, Y, verbose=0)
    for found, expected in zip(loaded.head.get_weights(), head, strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.one_backend
def test_the_head_of_a_target_stays_frozen_and_the_others_do_not(tmp_path):
    encoder = small_encoder()
    heads = [GroupRegressor(encoder, GROUPS) for _ in range(2)]
    model = MultiTargetRegressor(heads)
    model.target(0).head.trainable = False
    for same in again(model, tmp_path):
        assert len(same.trainable_weights) == 6
        assert not same.target(0).head.trainable
        assert same.target(1).head.trainable


@pytest.mark.one_backend
def test_an_encoder_that_is_trained_beside_a_frozen_model_is_left_so(tmp_path):
    encoder = small_encoder()
    heads = [GroupRegressor(encoder, GROUPS) for _ in range(2)]
    model = MultiTargetRegressor(heads)
    model.target(0).trainable = False
    encoder.trainable = True
    assert len(model.trainable_weights) == 6
    for same in again(model, tmp_path):
        assert len(same.trainable_weights) == 6
        assert not same.target(0).trainable
        assert same.encoder.trainable


@pytest.mark.one_backend
def test_another_routing_leaves_a_frozen_head_frozen():
    model = small_regressor()
    model.head.trainable = False
    other = model.with_routing("soft")
    assert not other.head.trainable
    assert len(other.trainable_weights) == 2
    assert model.encoder.trainable


@pytest.mark.one_backend
def test_another_routing_of_a_frozen_model_leaves_the_encoder_to_others():
    model = small_regressor()
    model.trainable = False
    model.encoder.trainable = True
    other = model.with_routing("soft")
    assert (model.trainable, other.trainable) == (False, False)
    assert model.encoder.trainable
    assert len(model.encoder.trainable_weights) == 2


@pytest.mark.one_backend
@pytest.mark.parametrize("part", ["head", "model"])
def test_a_new_head_of_a_frozen_one_is_trained(part):
    model = small_regressor()
    frozen = model if part == "model" else model.head
    frozen.trainable = False
    second = models.retrain_head(model)
    assert len(second.trainable_weights) == 4
    assert not second.encoder.trainable
    assert not frozen.trainable


@pytest.mark.one_backend
def test_a_new_head_of_a_frozen_one_in_a_model_is_trained():
    inner = small_regressor()
    inner.head.trainable = False
    second = models.retrain_head(
        models.FeatureSmoothingRegressor(inner, GROUPS)
    )
    assert len(second.trainable_weights) == 4


@pytest.mark.one_backend
def test_what_is_trained_in_a_frozen_head_is_trained_again(tmp_path):
    model = models.FeatureSmoothingRegressor(small_regressor(), GROUPS)
    model.head.trainable = False
    model.model.head.trainable = True
    expected = trained_shapes(model)
    for same in again(model, tmp_path):
        assert trained_shapes(same) == expected


class Unnamed(EncoderRegressor):
    def __init__(self, encoder, low, high, error="absolute", name=None):
        unit = keras.layers.Dense(1)
        super().__init__(
            encoder, lambda one: {"prediction": unit(one)}, low, high, error
        )


@pytest.mark.one_backend
def test_a_frozen_layer_that_has_another_name_is_told_of():
    model = Unnamed(small_encoder(), 0, 8)
    own_layers(model)[0].trainable = False
    with pytest.warns(UserWarning, match=r"frozen and are trained again"):
        Unnamed.from_config(model.get_config())
