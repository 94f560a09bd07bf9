"""What every loss, layer and metric must do, as inherited tests.

Subclass one, say how the object is made, write its reference, and give it
settings that differ from every default: a setting that gets lost on the way
into a file then shows.
"""

import inspect
import json

import keras
import numpy as np
import pytest
from keras import ops

from tests.support.autodiff import compiled
from tests.support.autodiff import gradient
from tests.support.eagerly import eagerly
from tests.support.numeric import numeric_gradient

SEEDS = range(5)


def assert_no_setting_is_a_default(instance, ignore):
    """Fails if `get_config` forgets an argument or shows a default."""
    config = instance.get_config()
    parameters = inspect.signature(type(instance).__init__).parameters
    for name, parameter in parameters.items():
        if name == "self" or parameter.kind is parameter.VAR_KEYWORD:
            continue
        assert name in config, f"get_config forgets `{name}`"
        if name not in ignore:
            assert config[name] != parameter.default, f"`{name}` is a default"


class LossContract:
    """Set `loss`; write `reference` and `batch`."""

    loss: keras.losses.Loss
    tolerance = 1e-4

    def reference(self, y_true, y_pred):
        """The loss of each sample, by loops in NumPy float64."""
        raise NotImplementedError

    def batch(self, seed=0, size=6):
        """Float labels and model outputs, `(y_true, y_pred)`."""
        raise NotImplementedError

    def legal(self, y_pred):
        """Outputs of any size, as the loss is documented for."""
        return y_pred

    def total(self, y_true):
        return lambda y_pred: ops.sum(self.loss.call(y_true, y_pred))

    @pytest.mark.parametrize("seed", SEEDS)
    def test_each_sample_has_the_value_of_the_reference(self, seed):
        y_true, y_pred = self.batch(seed)
        actual = ops.convert_to_numpy(self.loss.call(y_true, y_pred))
        assert actual.shape == (len(y_true),)
        np.testing.assert_allclose(
            actual,
            self.reference(y_true, y_pred),
            rtol=self.tolerance,
            atol=self.tolerance,
        )

    def test_weights_and_mean_are_left_to_keras(self):
        y_true, y_pred = self.batch()
        weights = np.arange(len(y_true), dtype="float32")
        np.testing.assert_allclose(
            float(self.loss(y_true, y_pred, sample_weight=weights)),
            np.mean(weights * self.reference(y_true, y_pred)),
            rtol=1e-3,
        )

    def test_gradient_is_that_of_the_reference(self):
        y_true, y_pred = self.batch()
        np.testing.assert_allclose(
            gradient(self.total(y_true), y_pred),
            numeric_gradient(lambda x: self.reference(y_true, x).sum(), y_pred),
            rtol=1e-3,
            atol=1e-3,
        )

    def test_zero_outputs_have_a_finite_value_and_gradient(self):
        y_true, y_pred = self.batch()
        zeros = np.zeros_like(y_pred)
        assert np.isfinite(float(self.total(y_true)(zeros)))
        assert np.isfinite(gradient(self.total(y_true), zeros)).all()

    def test_a_batch_of_one_has_a_finite_value_and_gradient(self):
        y_true, y_pred = self.batch(size=1)
        np.testing.assert_allclose(
            float(self.total(y_true)(y_pred)),
            self.reference(y_true, y_pred).sum(),
            rtol=1e-4,
            atol=1e-6,
        )
        assert np.isfinite(gradient(self.total(y_true), y_pred)).all()

    def test_compiled_it_has_the_value_of_the_reference(self):
        y_true, y_pred = self.batch()
        values = compiled(self.loss.call)(y_true, y_pred)
        np.testing.assert_allclose(
            ops.convert_to_numpy(values),
            self.reference(y_true, y_pred),
            rtol=self.tolerance,
            atol=self.tolerance,
        )

    def test_the_contract_is_on_settings_of_its_own(self):
        assert_no_setting_is_a_default(
            self.loss, ignore={"groups", "reduction", "name", "dtype"}
        )

    def test_the_config_brings_every_setting_back(self):
        config = {
            **self.loss.get_config(),
            "name": "another_name",
            "reduction": "sum",
            "dtype": "float64",
        }
        loss = type(self.loss).from_config(config)
        stored = json.loads(json.dumps(keras.losses.serialize(loss)))
        revived = keras.losses.deserialize(stored)
        assert type(revived) is type(self.loss)
        assert revived.get_config() == config
        assert revived.name == "another_name"
        assert revived.reduction == "sum"
        assert revived.dtype == "float64"
        y_true, y_pred = self.batch()
        np.testing.assert_array_equal(
            ops.convert_to_numpy(revived.call(y_true, y_pred)),
            ops.convert_to_numpy(self.loss.call(y_true, y_pred)),
        )

    def test_a_model_trained_on_it_comes_back_from_a_file(self, tmp_path):
        y_true, y_pred = self.batch()
        width = y_pred.shape[1]
        model = keras.Sequential(
            [keras.Input((width,)), keras.layers.Dense(width)]
        )
        model.compile("sgd", self.loss)
        model.fit(y_pred, y_true, batch_size=len(y_true), verbose=0)
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        assert loaded.loss.get_config() == self.loss.get_config()
        with eagerly():
            np.testing.assert_allclose(
                loaded.evaluate(y_pred, y_true, verbose=0),
                model.evaluate(y_pred, y_true, verbose=0),
                rtol=1e-5,
            )


class LayerContract:
    """Set `layer` and `settings`; write `reference` and `inputs`.

    Outputs are a dict, and the one named `trained_output` is trained.
    """

    layer: type[keras.layers.Layer]
    settings: dict
    trained_output: str
    num_weights: int

    def reference(self, weights, x):
        """Outputs by name, from weights by name, in NumPy float64."""
        raise NotImplementedError

    def inputs(self, seed=0, size=4):
        """A batch for the layer, float32."""
        raise NotImplementedError

    def legal(self, x):
        """Inputs of any size, as the layer is documented for."""
        return x

    def built(self, seed=0, **more):
        """The layer with random weights, so that none is 0."""
        layer = self.layer(**{**self.settings, **more})
        layer.build((None, *self.inputs().shape[1:]))
        rng = np.random.default_rng(seed)
        layer.set_weights([rng.normal(size=w.shape) for w in layer.weights])
        return layer

    def outputs(self, layer, x):
        return {k: ops.convert_to_numpy(v) for k, v in layer(x).items()}

    def weights(self, layer):
        # The path starts with the name of the layer itself.
        return {
            w.path.partition("/")[2]: ops.convert_to_numpy(w).astype("float64")
            for w in layer.weights
        }

    @pytest.mark.parametrize("seed", SEEDS)
    def test_outputs_are_those_of_the_reference(self, seed):
        layer, x = self.built(seed), self.inputs(seed)
        expected = self.reference(self.weights(layer), x.astype("float64"))
        actual = self.outputs(layer, x)
        assert sorted(actual) == sorted(expected)
        for name, value in actual.items():
            np.testing.assert_allclose(
                value, expected[name], rtol=1e-4, atol=1e-4, err_msg=name
            )

    def test_gradient_is_that_of_the_reference(self):
        layer, x = self.built(), self.inputs()
        weights = self.weights(layer)
        np.testing.assert_allclose(
            gradient(lambda x: ops.sum(layer(x)[self.trained_output]), x),
            numeric_gradient(
                lambda x: self.reference(weights, x)[self.trained_output].sum(),
                x,
            ),
            rtol=1e-3,
            atol=1e-3,
        )

    def test_symbolic_shapes_are_the_real_ones(self):
        layer, x = self.built(), self.inputs()
        symbolic = layer(keras.Input(x.shape[1:]))
        for name, value in self.outputs(layer, x).items():
            assert symbolic[name].shape == (None, *value.shape[1:])

    def test_zero_inputs_have_a_finite_value_and_gradient(self):
        layer, zeros = self.built(), np.zeros_like(self.inputs())
        found = gradient(
            lambda x: ops.sum(layer(x)[self.trained_output]), zeros
        )
        assert np.isfinite(found).all()
        for value in self.outputs(layer, zeros).values():
            assert np.isfinite(value).all()

    def test_it_has_as_many_weights_as_it_should(self):
        assert self.built().count_params() == self.num_weights

    def test_the_contract_is_on_settings_of_its_own(self):
        assert_no_setting_is_a_default(self.built(), ignore={"groups"})

    def test_the_config_brings_every_setting_back(self):
        layer = self.built(name="another_name", dtype="mixed_bfloat16")
        stored = keras.saving.serialize_keras_object(layer)
        revived = keras.saving.deserialize_keras_object(
            json.loads(json.dumps(stored))
        )
        assert type(revived) is self.layer
        assert revived.get_config() == layer.get_config()
        assert revived.name == "another_name"
        assert revived.dtype_policy.name == "mixed_bfloat16"

    def test_a_layer_made_from_the_config_computes_the_same(self):
        layer, x = self.built(), self.inputs()
        revived = self.layer.from_config(layer.get_config())
        revived.build((None, *x.shape[1:]))
        revived.set_weights(layer.get_weights())
        outputs = self.outputs(revived, x)
        for name, value in self.outputs(layer, x).items():
            np.testing.assert_array_equal(outputs[name], value, err_msg=name)

    def test_half_precision_stays_finite(self):
        layer = self.built(dtype="mixed_bfloat16")
        for value in layer(self.inputs()).values():
            assert keras.backend.standardize_dtype(value.dtype) == "bfloat16"
            value = ops.convert_to_numpy(ops.cast(value, "float32"))
            assert np.isfinite(value).all()

    def test_training_moves_every_weight_and_the_file_keeps_them(
        self, tmp_path
    ):
        x = self.inputs(size=8)
        layer = self.built()
        inputs = keras.Input(x.shape[1:])
        model = keras.Model(inputs, layer(inputs)[self.trained_output])
        before = layer.get_weights()
        model.compile("sgd", "mse")
        model.fit(x, np.zeros(len(x)), batch_size=len(x), verbose=0)
        for old, new in zip(before, layer.weights, strict=True):
            assert np.any(old != ops.convert_to_numpy(new)), new.path
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        with eagerly():
            np.testing.assert_allclose(
                loaded.predict(x, verbose=0),
                model.predict(x, verbose=0),
                rtol=1e-5,
            )


class MetricContract:
    """Set `metric`; write `reference` and `batch`."""

    metric: keras.metrics.Metric

    def reference(self, y_true, y_pred):
        """What each sample adds, by loops in NumPy."""
        raise NotImplementedError

    def batch(self, seed=0, size=8):
        """Float labels and model outputs, `(y_true, y_pred)`."""
        raise NotImplementedError

    def fresh(self):
        return type(self.metric).from_config(self.metric.get_config())

    @pytest.mark.parametrize("seed", SEEDS)
    def test_it_is_the_mean_of_the_reference_over_batches(self, seed):
        metric = self.fresh()
        batches = [self.batch(10 * seed + i) for i in range(2)]
        for y_true, y_pred in batches:
            metric.update_state(y_true, y_pred)
        expected = np.mean([self.reference(*batch) for batch in batches])
        np.testing.assert_allclose(float(metric.result()), expected, rtol=1e-6)

    def test_weights_count(self):
        y_true, y_pred = self.batch()
        weights = np.arange(len(y_true), dtype="float32")
        metric = self.fresh()
        metric.update_state(y_true, y_pred, sample_weight=weights)
        np.testing.assert_allclose(
            float(metric.result()),
            np.average(self.reference(y_true, y_pred), weights=weights),
            rtol=1e-6,
        )

    def test_a_reset_forgets_everything(self):
        metric = self.fresh()
        metric.update_state(*self.batch(seed=1))
        metric.reset_state()
        metric.update_state(*self.batch(seed=2))
        np.testing.assert_allclose(
            float(metric.result()),
            np.mean(self.reference(*self.batch(seed=2))),
            rtol=1e-6,
        )

    def test_the_config_brings_every_setting_back(self):
        assert_no_setting_is_a_default(
            self.metric, ignore={"groups", "name", "dtype"}
        )
        config = {
            **self.metric.get_config(),
            "name": "another_name",
            "dtype": "float64",
        }
        metric = type(self.metric).from_config(config)
        stored = json.loads(json.dumps(keras.metrics.serialize(metric)))
        revived = keras.metrics.deserialize(stored)
        assert type(revived) is type(self.metric)
        assert revived.get_config() == config
        assert revived.name == "another_name"
        assert revived.dtype == "float64"

    def test_a_model_measured_by_it_comes_back_from_a_file(self, tmp_path):
        y_true, y_pred = self.batch()
        width = y_pred.shape[1]
        model = keras.Sequential(
            [keras.Input((width,)), keras.layers.Dense(width)]
        )
        model.compile("sgd", "mse", metrics=[self.fresh()])
        batch = y_pred, y_true[:, None]
        evaluated = model.evaluate(*batch, verbose=0, return_dict=True)
        with eagerly():
            outputs = model.predict(y_pred, verbose=0)
            model.save(tmp_path / "model.keras")
            loaded = keras.saving.load_model(tmp_path / "model.keras")
            again = loaded.evaluate(*batch, verbose=0, return_dict=True)
        found = evaluated[self.metric.name]
        expected = np.mean(self.reference(y_true, outputs))
        np.testing.assert_allclose(found, expected, rtol=1e-6)
        assert again[self.metric.name] == pytest.approx(found, rel=1e-6)
