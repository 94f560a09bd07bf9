import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.layers import GaussianEmbedding
from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.losses import GaussianDivergence
from keras_groupdir.models import FeatureSmoothingRegressor
from keras_groupdir.models import VariationalRegressor
from keras_groupdir.models import retrain_head
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import start_again

X, Y = skewed_data()
BINS = LabelGroups.equal_width(0, 8, num_groups=8)
RATE = 0.002
HEADS = {"linear": False, "evidential": True}


def compiled(model):
    """Trained on what it has, with a divergence on its embedding."""
    if "evidential" in model.output:
        loss = {"evidential": EvidentialRegression()}
    else:
        loss = {"prediction": "mse"}
    model.compile(
        keras.optimizers.SGD(RATE),
        loss={**loss, "embedding": GaussianDivergence()},
        loss_weights={**dict.fromkeys(loss, 1.0), "embedding": 1e-2},
    )
    return model


def fit(model, epochs=1, size=24, **settings):
    return model.fit(
        X[:size],
        Y[:size],
        batch_size=24,
        epochs=epochs,
        verbose=0,
        **settings,
    ).history["loss"]


def predict(model, x=X):
    return model.predict(x, batch_size=24, verbose=0)


@pytest.fixture(scope="module", params=HEADS.values(), ids=HEADS)
def trained(request):
    """A compiled model and its weights before training."""
    keras.utils.set_random_seed(2)
    model = VariationalRegressor(
        small_encoder(), 0, 8, units=5, evidential=request.param
    )
    return compiled(model), model.get_weights()


@pytest.fixture
def model(trained):
    return start_again(*trained, learning_rate=RATE)


@pytest.mark.one_backend
def test_it_learns_from_plain_labels(model):
    before = np.mean(np.abs(predict(model)[:, 0] - Y))
    losses = fit(model, epochs=60)
    assert np.isfinite(losses).all()
    assert np.mean(np.abs(predict(model)[:, 0] - Y)) < 0.9 * before


def test_outputs_have_their_shapes_and_agree(model):
    outputs = model.predict_outputs(X, batch_size=24, verbose=0)
    assert outputs["prediction"].shape == (24, 1)
    assert outputs["prediction"].dtype == "float32"
    assert outputs["embedding"].shape == (24, 2 * 5)
    if "evidential" in outputs:
        assert outputs["evidential"].shape == (24, 4)
        np.testing.assert_array_equal(
            outputs["prediction"], outputs["evidential"][:, :1]
        )
    assert sorted(outputs) == sorted(model.output)


def test_it_starts_near_certain_and_in_the_middle_of_the_range(model):
    embedding = model.predict_outputs(X, batch_size=24, verbose=0)["embedding"]
    np.testing.assert_allclose(embedding[:, 5:], 0.1**2, rtol=1e-4)
    zeros = np.zeros((24, 4), "float32")
    np.testing.assert_allclose(predict(model, zeros), 4.0, rtol=1e-6)


def test_predictions_are_of_the_mean_and_training_draws(model):
    np.testing.assert_array_equal(predict(model), predict(model))
    outputs = [model(X, training=True) for _ in range(2)]
    first, second = (
        ops.convert_to_numpy(output["prediction"]) for output in outputs
    )
    assert (first != second).all()
    # Only the draw is random: what it is drawn from is not.
    for output in outputs:
        np.testing.assert_allclose(
            ops.convert_to_numpy(output["embedding"]),
            ops.convert_to_numpy(model(X)["embedding"]),
            rtol=1e-5,
        )


def test_draws_in_training_are_of_the_width_of_the_embedding():
    model = VariationalRegressor(small_encoder(), 0, 8, units=5)
    kernel = next(w for w in model.weights if tuple(w.shape) == (5, 1))
    kernel = 8 * ops.convert_to_numpy(kernel)[:, 0]
    same = np.repeat(X[:1], 5_000, axis=0)
    drawn = ops.convert_to_numpy(model(same, training=True)["prediction"])
    # Independent features of variance 0.01, through a linear unit.
    expected = 0.1 * np.linalg.norm(kernel)
    assert drawn.std() == pytest.approx(expected, rel=0.05)
    assert drawn.mean() == pytest.approx(
        predict(model, X[:1])[0, 0], abs=float(expected / 10)
    )


def test_training_moves_the_variance_without_a_divergence():
    model = VariationalRegressor(small_encoder(), 0, 8, units=5)
    model.compile(keras.optimizers.SGD(RATE), loss={"prediction": "mse"})
    layer = next(o for o in model.layers if isinstance(o, GaussianEmbedding))
    before = layer.variance.get_weights()
    fit(model)
    for old, new in zip(before, layer.variance.get_weights(), strict=True):
        assert np.all(old != new)


def test_it_comes_back_from_a_file(model, tmp_path):
    fit(model, epochs=2)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    assert sorted(loaded.output) == sorted(model.output)
    np.testing.assert_allclose(predict(loaded), predict(model), rtol=1e-6)
    assert np.isfinite(fit(loaded)).all()


def test_a_batch_of_one_is_finite(model):
    assert np.isfinite(fit(model, epochs=2, size=1)).all()
    assert np.isfinite(predict(model, X[:1])).all()


@pytest.mark.one_backend
@pytest.mark.parametrize("evidential", HEADS.values(), ids=HEADS)
def test_it_trains_on_smoothed_features_that_leave_variances_negative(
    evidential, tmp_path
):
    plain = VariationalRegressor(
        small_encoder(), 0, 8, units=5, evidential=evidential
    )
    model = compiled(FeatureSmoothingRegressor(plain, BINS, kernel_size=3))
    assert sorted(model.output) == sorted(plain.output)
    weights = np.linspace(0.5, 1.5, 24).astype("float32")
    losses = fit(model, epochs=3, sample_weight=weights)
    assert np.isfinite(losses).all()
    # As if smoothing had taken every variance to somewhere below 0.
    shift = np.zeros(model.smoothing.new_mean.shape)
    shift[:, 5:] = -1.0
    model.smoothing.new_mean.assign(shift)
    assert np.isfinite(fit(model)).all()
    assert all(np.isfinite(w).all() for w in model.get_weights())

    np.testing.assert_array_equal(predict(model), predict(model))
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(predict(loaded), predict(model), rtol=1e-6)


@pytest.mark.one_backend
def test_a_new_head_leaves_means_and_variances_alone(model):
    fit(model, epochs=2)
    second = compiled(retrain_head(model))
    assert [w.shape[0] for w in second.trainable_weights] in ([5, 1], [5, 4])
    name = "embedding"
    expected = model.predict_outputs(X, batch_size=24, verbose=0)[name]
    assert np.isfinite(fit(second, epochs=2)).all()
    np.testing.assert_allclose(
        second.predict_outputs(X, batch_size=24, verbose=0)[name],
        expected,
        rtol=1e-5,
    )


def test_the_embedding_is_as_wide_as_the_encoder_unless_told():
    model = VariationalRegressor(small_encoder(), 0, 8)
    assert model.output["embedding"].shape == (None, 2 * 6)


def test_a_mixed_policy_leaves_all_past_the_encoder_in_float32():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = VariationalRegressor(small_encoder(), 0, 8)
    finally:
        keras.config.set_dtype_policy("float32")
    encoder, *rest = model.layers[1:]
    assert encoder.compute_dtype == "bfloat16"
    assert {layer.compute_dtype for layer in rest} == {"float32"}
    assert np.isfinite(fit(compiled(model), epochs=2)).all()


@pytest.mark.parametrize("evidential", HEADS.values(), ids=HEADS)
def test_the_range_must_have_a_width(evidential):
    with pytest.raises(ValueError, match="`low` must be below `high`"):
        VariationalRegressor(small_encoder(), 3, 3, evidential=evidential)


@pytest.mark.slow
def test_the_exported_model_predicts_from_the_mean(model, tmp_path):
    tf = pytest.importorskip("tensorflow")
    fit(model, epochs=2)
    model.export(tmp_path / "served", verbose=False)
    served = tf.saved_model.load(tmp_path / "served")
    for _ in range(2):
        np.testing.assert_allclose(
            served.serve(tf.constant(X[:3])), predict(model)[:3], rtol=1e-4
        )
