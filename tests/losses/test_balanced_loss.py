"""What the three forms of balanced MSE must do alike.

A test file of one of them inherits `BalancedContract` beside `LossContract`.
"""

import numpy as np
import pytest
from keras import ops

from keras_groupdir.losses import BatchMonteCarlo
from tests.support.autodiff import gradient
from tests.support.numeric import numeric_gradient


class BalancedContract:
    """Set `loss`, with a noise of 1.5; write `log_loss`."""

    def log_loss(self, labels, predictions, noises):
        """The loss of each sample over `2 s**2`, in NumPy float64."""
        raise NotImplementedError

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        # Whole labels, so that some come twice.
        labels = rng.integers(0, 9, size).astype("float32")
        return labels, rng.normal(4, 3, (size, 1)).astype("float32")

    def reference(self, y_true, y_pred):
        return self.reference_with_noise(
            y_true, y_pred, np.full(len(y_true), 1.5)
        )

    def reference_with_noise(self, y_true, y_pred, noises):
        arrays = [np.asarray(a, "float64") for a in (y_true, y_pred, noises)]
        return 2 * arrays[2] ** 2 * self.log_loss(*map(np.ravel, arrays))

    def noisy_batch(self):
        labels, predictions = self.batch()
        noises = np.linspace(0.4, 3.0, 6, dtype="float32")[:, None]
        return labels, np.concatenate([predictions, noises], axis=1)

    def test_the_noise_of_the_output_takes_the_place_of_the_setting(self):
        labels, outputs = self.noisy_batch()
        np.testing.assert_allclose(
            ops.convert_to_numpy(self.loss.call(labels, outputs)),
            self.reference_with_noise(labels, outputs[:, 0], outputs[:, 1]),
            rtol=1e-4,
            atol=1e-4,
        )

    def test_the_factor_in_front_is_not_differentiated(self):
        labels, outputs = self.noisy_batch()
        factor = 2 * outputs[:, 1].astype("float64") ** 2
        expected = numeric_gradient(
            lambda x: (factor * self.log_loss(labels, x[:, 0], x[:, 1])).sum(),
            outputs,
        )
        np.testing.assert_allclose(
            gradient(self.total(labels), outputs),
            expected,
            rtol=1e-3,
            atol=1e-3,
        )
        assert (np.abs(expected[:, 1]) > 1e-3).any()

    @pytest.mark.parametrize("noise", [0.0, 1e-20, 1e-5, -2.0, 1e4])
    @pytest.mark.parametrize("distance", [0.0, 1e5])
    def test_extremes_have_a_finite_value_and_gradient(self, noise, distance):
        labels, predictions = self.batch()
        outputs = np.concatenate(
            [predictions + distance, np.full_like(predictions, noise)], axis=1
        ).astype("float32")
        values = ops.convert_to_numpy(self.loss.call(labels, outputs))
        assert np.isfinite(values).all()
        assert np.isfinite(gradient(self.total(labels), outputs)).all()

    def test_one_label_in_the_batch_has_a_finite_value_and_gradient(self):
        _, predictions = self.batch()
        labels = np.full(6, 3.0, "float32")
        np.testing.assert_allclose(
            ops.convert_to_numpy(self.loss.call(labels, predictions)),
            self.reference(labels, predictions),
            rtol=1e-4,
            atol=1e-4,
        )
        assert np.isfinite(gradient(self.total(labels), predictions)).all()


def test_predictions_may_come_flat():
    labels = np.arange(6, dtype="float32")
    flat = np.linspace(2, 4, 6, dtype="float32")
    loss = BatchMonteCarlo()
    np.testing.assert_array_equal(
        ops.convert_to_numpy(loss.call(labels, flat)),
        ops.convert_to_numpy(loss.call(labels, flat[:, None])),
    )
