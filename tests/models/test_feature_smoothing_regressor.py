import keras
import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import VanillaRegressor
from keras_groupdir.callbacks import FeatureStatistics
from keras_groupdir.models import FeatureSmoothingRegressor
from tests.callbacks.test_feature_statistics import Batches
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_label_model
from tests.support.models import small_regressor
from tests.support.models import start_again
from tests.support.numeric import groups_of
from tests.support.numeric import numeric_gradient

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()
BINS = LabelGroups.equal_width(0, 8, num_groups=8)
RATE = 0.05


@pytest.fixture(scope="module")
def trained():
    """A compiled model and its weights before training."""
    keras.utils.set_random_seed(2)
    model = FeatureSmoothingRegressor(
        small_label_model(), BINS, kernel_size=3, clip=(0.5, 2.0)
    )
    model.compile(
        keras.optimizers.SGD(RATE),
        loss={"prediction": "mse"},
        metrics={"prediction": ["mae"]},
    )
    return model, model.get_weights()


@pytest.fixture
def model(trained):
    return start_again(*trained, learning_rate=RATE)


def fit(model, *data, **settings):
    data = data or (X, Y)
    settings = {"batch_size": 24, "verbose": 0, **settings}
    return model.fit(*data, **settings).history


def parts(model):
    """Weights of the encoder and of the head, in float64."""
    return [
        np.asarray(weight, "float64")
        for weight in model.encoder.get_weights() + model.head.get_weights()
    ]


def smooth_map(model):
    """The layer's map for each sample: old mean, scale and new mean."""
    bins = groups_of(Y, BINS.edges)
    smoothing = model.smoothing
    return [
        keras.ops.convert_to_numpy(weight).astype("float64")[bins]
        for weight in (smoothing.old_mean, smoothing.scale, smoothing.new_mean)
    ]


def prediction(weights, smoothing=None):
    """Prediction of the model, of smoothed features if there is a map."""
    kernel, bias, head_kernel, head_bias = weights
    features = np.tanh(X.astype("float64") @ kernel + bias)
    if smoothing is not None:
        old_mean, scale, new_mean = smoothing
        features = (features - old_mean) * scale + new_mean
    return (features @ head_kernel + head_bias)[:, 0]


def mse(weights, smoothing=None):
    return np.mean((prediction(weights, smoothing) - Y) ** 2)


def test_before_smoothing_starts_it_trains_like_any_model(model):
    start = model.get_weights()
    plain = LabelModel(model.input, model.output)
    plain.compile(keras.optimizers.SGD(RATE), loss={"prediction": "mse"})
    fit(plain)
    ends = parts(model)
    model.set_weights(start)
    fit(model)
    for plain_end, end in zip(ends, parts(model), strict=True):
        np.testing.assert_allclose(end, plain_end, rtol=1e-5)


def test_the_head_learns_from_smoothed_features_and_the_encoder_through_them(
    model,
):
    fit(model)
    before, smoothing = parts(model), smooth_map(model)
    assert mse(before, smoothing) != pytest.approx(mse(before), rel=1e-3)
    history = fit(model)
    assert history["loss"] == pytest.approx([mse(before, smoothing)], rel=1e-4)
    for place, (old, new) in enumerate(zip(before, parts(model), strict=True)):

        def loss(weight, place=place):
            weights = [*before[:place], weight, *before[place + 1 :]]
            return mse(weights, smoothing)

        np.testing.assert_allclose(
            new, old - RATE * numeric_gradient(loss, old), rtol=1e-4, atol=1e-6
        )


def test_metrics_and_evaluation_are_of_plain_features(model):
    fit(model)
    before = parts(model)
    history = fit(model, validation_data=(X, Y))
    mae = np.mean(np.abs(prediction(before) - Y))
    assert history["prediction_mae"] == pytest.approx([mae], rel=1e-4)
    assert history["val_loss"] == pytest.approx([mse(parts(model))], rel=1e-4)
    np.testing.assert_allclose(
        model.predict(X, verbose=0)[:, 0], prediction(parts(model)), rtol=1e-4
    )


def test_weights_count_in_the_smoothed_loss(model):
    fit(model)
    expected = (prediction(parts(model), smooth_map(model)) - Y) ** 2
    weights = np.linspace(0, 2, 24).astype("float32")
    history = fit(model, sample_weight=weights)
    assert history["loss"] == pytest.approx(
        [np.mean(weights * expected)], rel=1e-4
    )


def seen(model):
    return keras.ops.convert_to_numpy(model.smoothing.most_seen).tolist()


def test_what_is_set_aside_for_validation_is_not_counted(model):
    fit(
        model,
        X[[*range(24), *range(8)]],
        Y[[*range(24), *range(8)]],
        validation_split=0.25,
    )
    assert seen(model) == BINS.counts(Y).tolist()


def test_a_callback_of_ones_own_is_the_only_one(model):
    fit(model, callbacks=FeatureStatistics(X[:7], Y[:7]), epochs=2)
    assert seen(model) == BINS.counts(Y[:7]).tolist()
    assert int(model.smoothing.epoch) == 2


def test_labels_may_be_a_list_or_come_from_a_loader(model):
    fit(model, X, Y.tolist())
    assert seen(model) == BINS.counts(Y).tolist()
    model.smoothing.most_seen.assign(np.zeros(8))
    model.fit(Batches(), verbose=0)
    assert seen(model) == BINS.counts(Y).tolist()


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_epochs_of_a_few_steps_take_statistics_of_all(model, steps):
    model.fit(Halves(), steps_per_epoch=steps, verbose=0)
    assert seen(model) == BINS.counts(Y).tolist()


class Halves(keras.utils.PyDataset):
    """Two batches, and an error beyond them."""

    @property
    def num_batches(self):
        return 2

    def __getitem__(self, index):
        rows = [slice(12), slice(12, None)][index]
        return X[rows], Y[rows]


def test_labels_may_go_by_the_name_of_the_prediction(model):
    fit(model)
    start = model.get_weights()
    plain = fit(model)
    model.set_weights(start)
    named = fit(model, X, {"prediction": Y})
    assert named["loss"] == pytest.approx(plain["loss"], rel=1e-6)
    with pytest.raises(ValueError, match=r"plain labels.*'embedding'"):
        fit(model, X, {"prediction": Y, "embedding": Y})


def test_a_generator_is_refused_before_training(model):
    with pytest.raises(ValueError, match=r"not a generator"):
        model.fit(iter([(X, Y)]), verbose=0)


def test_it_comes_back_from_a_file_and_smooths_on(model, tmp_path):
    fit(model, epochs=2)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is FeatureSmoothingRegressor
    smoothing = loaded.smoothing
    assert smoothing.get_config() == model.smoothing.get_config()
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-6
    )
    for kept, state in zip(
        smoothing.get_weights(), model.smoothing.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(kept, state)
    assert fit(loaded)["loss"] == pytest.approx(fit(model)["loss"], rel=1e-5)


@pytest.mark.slow
@pytest.mark.skipif(
    keras.config.backend() != "tensorflow",
    reason="The graph has no labels, whatever the backend; test_export.py "
    "exports from each.",
)
def test_the_exported_model_needs_no_labels(model, tmp_path):
    import tensorflow as tf

    fit(model, epochs=2)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    np.testing.assert_allclose(
        served.serve(X[:3]), prediction(parts(model))[:3, None], rtol=1e-4
    )


@pytest.mark.one_backend
def test_any_model_with_an_embedding_can_be_smoothed():
    regressor = small_regressor()
    model = FeatureSmoothingRegressor(
        regressor, BINS, kernel_size=3, momentum=0.5
    )
    assert model.smoothing.momentum == 0.5
    expected = regressor.predict_outputs(X, batch_size=24, verbose=0)
    outputs = model.predict_outputs(X, batch_size=24, verbose=0)
    assert sorted(outputs) == sorted(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(outputs[name], value, rtol=1e-5)
    model.compile(
        keras.optimizers.SGD(RATE / 20),
        loss=regressor.default_losses(),
        loss_weights=regressor.default_loss_weights(),
    )
    history = fit(model, epochs=8)
    assert history["loss"][-1] < history["loss"][0]
    # The layers are those of the regressor itself.
    np.testing.assert_allclose(
        regressor.predict(X, batch_size=24, verbose=0),
        model.predict(X, batch_size=24, verbose=0),
        rtol=1e-5,
    )
    revived = FeatureSmoothingRegressor.from_config(model.get_config())
    revived.set_weights(model.get_weights())
    for name, value in model.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(
            revived.predict_outputs(X, verbose=0)[name], value, rtol=1e-5
        )


def test_a_vanilla_model_keeps_its_scale():
    vanilla = VanillaRegressor(small_encoder(), low=0, high=8)
    model = FeatureSmoothingRegressor(vanilla, BINS)
    assert sorted(model.output) == ["embedding", "prediction"]
    # The unit starts in the middle, and its kernel is not 0.
    zeros = np.zeros((24, 4), "float32")
    np.testing.assert_allclose(
        model.predict(zeros, batch_size=24, verbose=0), 4.0
    )


def test_a_model_without_an_embedding_is_refused():
    inputs = keras.Input((4,))
    plain = LabelModel(inputs, {"prediction": keras.layers.Dense(1)(inputs)})
    with pytest.raises(ValueError, match=r"named 'embedding'.*'prediction'"):
        FeatureSmoothingRegressor(plain, BINS)
    with pytest.raises(ValueError, match=r"must be a LabelModel.* Functional"):
        FeatureSmoothingRegressor(keras.Model(inputs, plain(inputs)), BINS)


def test_outputs_past_the_embedding_are_refused():
    inputs = keras.Input((4,))
    embedding = keras.layers.Dense(6)(inputs)
    both = keras.layers.Concatenate()([inputs, embedding])
    model = LabelModel(
        inputs,
        {"prediction": keras.layers.Dense(1)(both), "embedding": embedding},
    )
    with pytest.raises(ValueError, match="outputs from its embedding alone"):
        FeatureSmoothingRegressor(model, BINS)


def test_bins_must_be_label_groups():
    with pytest.raises(ValueError, match="must be a LabelGroups"):
        FeatureSmoothingRegressor(small_label_model(), BINS.edges)
