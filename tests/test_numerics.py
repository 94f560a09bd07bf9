import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir._numerics import LOG_ZERO
from keras_groupdir._numerics import first_max_one_hot
from keras_groupdir._numerics import log_add_exp
from keras_groupdir._numerics import mean_and_variance
from keras_groupdir._numerics import reverse_cumulative_logsumexp
from keras_groupdir._numerics import unit_norm
from tests.support.autodiff import gradient
from tests.support.numeric import log_sum_exp


def test_rows_get_a_length_of_one_at_any_scale():
    rows = ops.convert_to_tensor([[3.0, 4.0], [3e-5, 4e-5], [-3e5, 4e5]])
    np.testing.assert_allclose(
        ops.convert_to_numpy(unit_norm(rows)),
        [[0.6, 0.8], [0.6, 0.8], [-0.6, 0.8]],
        rtol=1e-5,
    )


def test_a_zero_row_stays_zero_without_a_gradient():
    rows = [[0.0, 0.0], [3.0, 4.0]]
    normed = unit_norm(ops.convert_to_tensor(rows))
    assert ops.convert_to_numpy(normed)[0].tolist() == [0.0, 0.0]
    found = gradient(lambda x: ops.sum(unit_norm(x)), rows)
    assert found[0].tolist() == [0.0, 0.0]
    # (1 - z z^T) 1 / |x| at z = (0.6, 0.8), |x| = 5
    np.testing.assert_allclose(found[1], [0.032, -0.024], rtol=1e-4)


@pytest.mark.parametrize("a", [-200.0, 0.0, 3.0, 200.0])
@pytest.mark.parametrize("b", [-200.0, 0.0, 3.0, 200.0])
def test_two_logs_add_up_with_the_gradient_of_a_softmax(a, b):
    expected = np.logaddexp(a, b)
    np.testing.assert_allclose(
        float(log_add_exp(ops.convert_to_tensor(a), ops.convert_to_tensor(b))),
        expected,
        rtol=1e-6,
        atol=1e-6,
    )
    found = gradient(lambda x: log_add_exp(x[0], x[1]), [a, b])
    np.testing.assert_allclose(
        found, [np.exp(a - expected), np.exp(b - expected)], atol=1e-6
    )


@pytest.mark.parametrize("size", [1, 5, 8])
def test_suffix_sums_are_those_of_a_loop(size):
    logs = np.random.default_rng(size).normal(size=(3, size), scale=40)
    expected = [
        [log_sum_exp(list(row[k:])) for k in range(size)] for row in logs
    ]
    np.testing.assert_allclose(
        ops.convert_to_numpy(
            reverse_cumulative_logsumexp(
                ops.convert_to_tensor(logs, dtype="float32"), size
            )
        ),
        expected,
        rtol=1e-5,
        atol=1e-4,
    )


def test_suffix_sums_pass_over_what_is_missing():
    logs = ops.convert_to_tensor([[LOG_ZERO, 1.0, LOG_ZERO, LOG_ZERO]])
    sums = ops.convert_to_numpy(reverse_cumulative_logsumexp(logs, 4))
    assert sums[0, :2].tolist() == [1.0, 1.0]
    assert sums[0, 2:].max() < -1e29


@given(
    logits=hnp.arrays("float32", (5, 4), elements=st.integers(-2, 2)),
)
def test_the_first_largest_is_marked_also_among_equals(logits):
    np.testing.assert_array_equal(
        ops.convert_to_numpy(first_max_one_hot(logits)),
        np.eye(4)[np.argmax(logits, axis=1)],
    )


def test_gaussians_come_apart_with_variances_that_are_positive():
    rows = np.array([[1.0, -2.0, 3.0, 1e-9], [4.0, 5.0, -6.0, 0.0]], "float32")
    mean, variance = mean_and_variance(ops.convert_to_tensor(rows), 1e-6)
    assert ops.convert_to_numpy(mean).tolist() == [[1.0, -2.0], [4.0, 5.0]]
    np.testing.assert_allclose(
        ops.convert_to_numpy(variance), [[3.0, 1e-6], [1e-6, 1e-6]]
    )


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 4, 1), (2, 0)])
def test_gaussians_of_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"shape \(batch, 2 \* units\).*Rece"):
        mean_and_variance(np.zeros(shape), 1e-6)
