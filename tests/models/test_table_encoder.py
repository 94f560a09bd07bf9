"""The encoder that keeps the statistics of its columns."""

import warnings

import keras
import numpy as np
import pytest

from keras_groupdir.models import table_encoder


def test_columns_are_standardised_inside_of_the_model():
    x = np.float32([[1, 5, 7], [2, 9, 7], [6, 1, 7]])
    encoder = table_encoder(x, [3])
    (scale,) = (
        layer
        for layer in encoder.layers
        if isinstance(layer, keras.layers.Normalization)
    )
    values = keras.ops.convert_to_numpy(scale(x + np.float32([0, 0, 2])))
    spread = x.std(axis=0)
    expected = (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1)
    # A constant column is only shifted.
    expected[:, 2] = 2
    np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("unit", [1e-7, 1e-9, 1e-17])
def test_columns_in_a_small_unit_are_standardised_too(unit):
    x = np.float32([[1, 5, 7], [2, 9, 7], [6, 1, 7]])
    scales = np.float32([unit, 1, unit])
    encoders = [table_encoder(x * scale, [4]) for scale in (scales, 1)]
    encoders[0].set_weights(encoders[1].get_weights())
    given = [keras.ops.convert_to_tensor(x * scale) for scale in (scales, 1)]
    small, plain = (
        keras.ops.convert_to_numpy(encoder(rows))
        for encoder, rows in zip(encoders, given, strict=True)
    )
    # The constant column stays in its unit, but is 0 here.
    np.testing.assert_allclose(small, plain, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [0.3, 1e-3, 1e-20])
def test_rounding_of_a_constant_column_stays_small(size):
    column = np.full(40, size)
    column[::2] = np.nextafter(column[::2], 1)
    x = np.stack([column, np.arange(40.0)], axis=1)
    encoder = table_encoder(x, [3])
    hidden = keras.Model(encoder.input, encoder.layers[-2].output)
    values = keras.ops.convert_to_numpy(hidden(np.float32(x)))
    assert np.abs(values[:, 0]).max() < 1
    np.testing.assert_allclose(values[:, 1].std(), 1, rtol=1e-5)


def test_a_column_that_hardly_varies_needs_another_unit():
    with pytest.raises(ValueError, match=r"`x` must .* another unit.* 5e-20"):
        table_encoder(np.float32([[0], [1e-19]]))


def test_a_column_that_varies_too_much_needs_another_unit():
    with pytest.raises(ValueError, match=r"`x` must .* another unit.* 5e\+19"):
        table_encoder(np.float64([[0], [1e20]]))
    table_encoder(np.float64([[0], [1e18]]))


def test_values_that_float32_does_not_tell_apart_are_warned_of():
    seconds = 1.7e9 + np.arange(60.0)
    x = np.stack([np.arange(60.0), seconds], axis=1)
    with pytest.warns(UserWarning, match=r"Column 1 of `x`.* 1.7e\+09") as said:
        table_encoder(x)
    # Shown at the user's line.
    assert said[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table_encoder(x - [0, 1.7e9])
        # As rounding of one number it is no loss.
        table_encoder(np.where(np.arange(60)[:, None] % 2, x[:1], x[1:2]))


def test_layers_are_of_the_units_asked_for():
    encoder = table_encoder(np.eye(3), (5, 4, 2))
    dense = [x for x in encoder.layers if isinstance(x, keras.layers.Dense)]
    assert [layer.units for layer in dense] == [5, 4, 2]
    assert table_encoder(np.eye(3)).output.shape == (None, 128)
    assert table_encoder(np.eye(3), 7).output.shape == (None, 7)


@pytest.mark.parametrize(
    "x", [np.ones(3), np.ones((0, 2)), [[1.0, np.nan]], [["a"]], [[1], [1, 2]]]
)
def test_what_is_no_table_of_numbers_is_refused(x):
    with pytest.raises(ValueError, match="`x`"):
        table_encoder(x)


@pytest.mark.parametrize("units", [[], 0, [3, -1], 2.5, "8"])
def test_units_are_whole_numbers(units):
    with pytest.raises(ValueError, match="`hidden_units`"):
        table_encoder(np.eye(3), units)
