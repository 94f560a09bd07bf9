import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir import VanillaRegressor
from keras_groupdir.models import MultiTargetRegressor
from keras_groupdir.models import retrain_head
from keras_groupdir.models.split_model import encoder_of
from tests.support.models import GROUPS
from tests.support.models import skewed_data

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()
WEIGHTS = np.linspace(0.5, 1.5, 24).astype("float32")


def normalized_encoder():
    """With batch normalization, whose averages training would move."""
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(6)(inputs)
    normalized = keras.layers.BatchNormalization()(hidden)
    return keras.Model(inputs, keras.layers.Activation("tanh")(normalized))


def built(kind):
    if kind == "vanilla":
        return VanillaRegressor(normalized_encoder(), low=0, high=8)
    return GroupRegressor(normalized_encoder(), GROUPS, "soft", 0.5, 3)


def compiled(model):
    if isinstance(model, GroupRegressor):
        model.compile(keras.optimizers.SGD())
    else:
        model.compile(keras.optimizers.SGD(), loss={"prediction": "mse"})
    return model


def embedding(model):
    return model.predict_outputs(X, batch_size=24, verbose=0)["embedding"]


@pytest.fixture(scope="module", params=["vanilla", "groups"])
def stages(request):
    """A model after its first stage, and the start of its second."""
    keras.utils.set_random_seed(3)
    model = compiled(built(request.param))
    model.fit(X, Y, batch_size=24, epochs=2, verbose=0)
    return model, retrain_head(model)


def test_the_second_stage_is_the_same_model_with_another_head(stages):
    first, second = stages
    assert type(second) is type(first)
    assert second.output_names == first.output_names
    np.testing.assert_allclose(embedding(second), embedding(first), rtol=1e-6)
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    assert any(np.any(old != new) for old, new in pairs)
    # Another test may have compiled this one.
    assert not retrain_head(first).compiled


def test_only_the_head_is_trained_and_everything_comes_back(stages, tmp_path):
    first, second = stages
    kept = [w.copy() for w in first.get_weights()]
    encoder = encoder_of(second).get_weights()
    head = [np.array(w) for w in second.trainable_weights]
    compiled(second)
    second.fit(X, Y, sample_weight=WEIGHTS, batch_size=24, epochs=2, verbose=0)
    # Moving averages of batch normalization are among these.
    for old, new in zip(encoder, encoder_of(second).get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    for old, new in zip(head, second.trainable_weights, strict=True):
        assert np.any(old != keras.ops.convert_to_numpy(new))
    for old, new in zip(kept, first.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    second.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert [w.path for w in loaded.trainable_weights] == [
        w.path for w in second.trainable_weights
    ]
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), second.predict(X, verbose=0), rtol=1e-6
    )


def test_the_head_starts_from_its_initializers():
    model = GroupRegressor(normalized_encoder(), GROUPS)
    model.head.expert_bias.assign([9.0, 9.0, 9.0, 9.0])
    second = retrain_head(model)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(second.head.expert_bias),
        # Centers 1, 3, 5 and 7, in widths of 2.
        [0.5, 1.5, 2.5, 3.5],
    )


def test_a_model_of_another_kind_is_refused():
    inputs = keras.Input((4,))
    plain = LabelModel(inputs, {"prediction": keras.layers.Dense(1)(inputs)})
    with pytest.raises(ValueError, match=r"named 'embedding'.*'prediction'"):
        retrain_head(plain)
    with pytest.raises(ValueError, match=r"must be a LabelModel.* Functional"):
        retrain_head(normalized_encoder())


def test_a_model_of_several_targets_is_refused():
    labels = np.random.default_rng(0).normal(size=(20, 2))
    encoder = normalized_encoder()
    model = MultiTargetRegressor.from_labels(encoder, labels)
    with pytest.raises(ValueError, match=r"of one target.*'target_0_embed"):
        retrain_head(model)
    retrain_head(model.target(0))


def test_a_model_without_a_head_is_refused():
    inputs = keras.Input((4,))
    unit = keras.layers.Dense(1)(inputs)
    model = LabelModel(inputs, {"prediction": unit, "embedding": unit})
    with pytest.raises(ValueError, match="`model` must have a head"):
        retrain_head(model)


class Doubled(keras.layers.Layer):
    def call(self, inputs):
        return 2 * inputs


class Times(keras.layers.Layer):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs


def through(layer):
    """A regressor whose encoder ends, one model further in, in a layer."""
    hidden = keras.Input((6,))
    inner = keras.Model(hidden, layer(hidden))
    inputs = keras.Input((4,))
    encoder = keras.Model(inputs, inner(keras.layers.Dense(6)(inputs)))
    return VanillaRegressor(encoder, low=0, high=8)


@pytest.mark.parametrize(
    "layer", [Doubled(), keras.layers.Lambda(lambda x: 2 * x)], ids=repr
)
def test_layers_of_the_user_s_own_are_copied(layer):
    first = through(layer)
    second = retrain_head(first)
    np.testing.assert_allclose(embedding(second), embedding(first), rtol=1e-6)


def test_layers_that_cannot_be_copied_are_named():
    with pytest.raises(ValueError, match=r"save and load again.*get_config"):
        retrain_head(through(Times(3)))
