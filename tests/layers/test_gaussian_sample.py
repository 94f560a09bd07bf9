import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import GaussianSample
from tests.layers.test_noise_scale import OneOutput
from tests.support.autodiff import gradient
from tests.support.contracts import LayerContract

SETTINGS = {"seed": 7}


class TestGaussianSample(OneOutput, LayerContract):
    layer = GaussianSample
    settings = SETTINGS
    num_weights = 0

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        mean, variance = rng.normal(size=(size, 3)), rng.uniform(size=(size, 3))
        return np.concatenate([mean, variance], axis=1).astype("float32")

    def output_reference(self, weights, x):
        return np.array([row[:3] for row in x])

    def test_training_moves_every_weight_and_the_file_keeps_them(
        self, tmp_path
    ):
        # It has none; the file keeps the seed, and with it the noise.
        inputs = keras.Input((6,))
        model = keras.Model(inputs, self.built()(inputs))
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        np.testing.assert_array_equal(
            *[
                ops.convert_to_numpy(m(self.inputs(), training=True))
                for m in (model, loaded)
            ]
        )


def draw(rows, seed=7, **settings):
    rows = np.asarray(rows, "float32")
    layer = GaussianSample(seed, **settings)
    return ops.convert_to_numpy(ops.cast(layer(rows, training=True), "float32"))


def test_draws_have_the_mean_and_variance_they_are_given():
    draws = draw([[3.0, -1.0, 4.0, 0.25]] * 20_000)
    # Five standard errors, of the mean and of the variance.
    np.testing.assert_allclose(
        draws.mean(axis=0), [3.0, -1.0], atol=5 * 2 / 20_000**0.5
    )
    np.testing.assert_allclose(
        draws.var(axis=0), [4.0, 0.25], rtol=5 * (2 / 20_000) ** 0.5
    )
    assert abs(np.corrcoef(draws.T)[0, 1]) < 0.05


def test_every_draw_of_a_layer_is_another_and_the_seed_brings_them_back():
    rows = TestGaussianSample().inputs()
    layer = GaussianSample(seed=7)
    first, second = (
        ops.convert_to_numpy(layer(rows, training=True)) for _ in range(2)
    )
    assert (first != second).all()
    np.testing.assert_array_equal(first, draw(rows, seed=7))
    assert (first != draw(rows, seed=8)).all()


def test_gradients_are_those_of_the_drawn_formula():
    rows = TestGaussianSample().inputs()
    variance = rows[:, 3:].astype("float64")
    noise = (draw(rows) - rows[:, :3]) / np.sqrt(variance)
    found = gradient(
        lambda x: ops.sum(GaussianSample(seed=7)(x, training=True)), rows
    )
    np.testing.assert_allclose(found[:, :3], 1.0)
    np.testing.assert_allclose(
        found[:, 3:], noise / (2 * np.sqrt(variance)), rtol=1e-3, atol=1e-4
    )


@pytest.mark.parametrize("dtype", ["float32", "mixed_float16"])
@pytest.mark.parametrize("variance", [0.0, 1e-30, 1e-6, 2e-6, -1e-8, -5.0])
def test_a_variance_next_to_zero_has_a_finite_draw_and_gradient(
    variance, dtype
):
    rows = np.full((4, 6), variance, dtype="float32")
    assert np.isfinite(draw(rows, dtype=dtype)).all()

    def total(x):
        sample = GaussianSample(seed=7, dtype=dtype)(x, training=True)
        return ops.sum(ops.cast(sample, "float32"))

    found = gradient(total, rows)
    assert np.isfinite(found).all()
    # Half the inverse of the smallest deviation, by some normal noise.
    assert np.abs(found).max() < 500 * 5


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(batch, 2 \* units\)"):
        GaussianSample()(np.zeros((2, 3), "float32"))
