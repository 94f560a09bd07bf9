import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir.layers import NoiseScale
from tests.support.contracts import LayerContract

# `tensor[ALL]` is all of a tensor.
ALL = (...,)


class OneOutput:
    """Shows the contract, which asks for a dict, a layer with one output."""

    trained_output = ALL

    def output_reference(self, weights, x):
        """The output, from weights by name, in NumPy float64."""
        raise NotImplementedError

    def reference(self, weights, x):
        return {ALL: self.output_reference(weights, x)}

    def outputs(self, layer, x):
        return {ALL: ops.convert_to_numpy(layer(x))}

    def test_half_precision_stays_finite(self):
        output = self.built(dtype="mixed_bfloat16")(self.inputs())
        assert keras.backend.standardize_dtype(output.dtype) == "bfloat16"
        output = ops.convert_to_numpy(ops.cast(output, "float32"))
        assert np.isfinite(output).all()

    def test_training_moves_every_weight_and_the_file_keeps_them(
        self, tmp_path
    ):
        x = self.inputs(size=6)
        layer = self.built()
        inputs = keras.Input(x.shape[1:])
        model = keras.Model(inputs, layer(inputs))
        before = layer.get_weights()
        model.compile("sgd", "mse")
        model.fit(x, np.zeros(model(x).shape), batch_size=6, verbose=0)
        for old, new in zip(before, layer.weights, strict=True):
            assert np.any(old != ops.convert_to_numpy(new)), new.path
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        np.testing.assert_allclose(
            loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5
        )


SETTINGS = {"initial_noise": 2.5}


class TestNoiseScale(OneOutput, LayerContract):
    layer = NoiseScale
    settings = SETTINGS
    num_weights = 1

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 1)).astype("float32")

    def output_reference(self, weights, x):
        noise = float(np.exp(weights["log_noise"][0]))
        return np.array([[value, noise] for value in x[:, 0]])


def test_it_starts_at_the_noise_asked_for():
    output = NoiseScale(initial_noise=10.0)(np.zeros((2, 1), "float32"))
    np.testing.assert_allclose(
        ops.convert_to_numpy(output), [[0.0, 10.0]] * 2, rtol=1e-6
    )


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(batch, 1\). Received: sh"):
        NoiseScale()(np.zeros((2, 3), "float32"))
