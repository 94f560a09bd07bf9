import keras
import numpy as np
import pytest

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_labels
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole


@pytest.mark.parametrize("value", [1, 0.5, np.float32(2)])
def test_positive_numbers_pass_as_floats(value):
    assert check_positive("x", value) == float(value)


@pytest.mark.parametrize(
    "value", [0, -1, np.nan, np.inf, None, "3", True, [1, 2]]
)
def test_other_numbers_are_named(value):
    with pytest.raises(ValueError, match=r"`x` must be a positive number"):
        check_positive("x", value)


def test_whole_numbers_pass():
    assert check_whole("x", np.int64(3), at_least=3) == 3


@pytest.mark.parametrize("value", [2, 3.0, "3", True, None])
def test_other_than_whole_numbers_are_named(value):
    with pytest.raises(ValueError, match="`x` must be a whole number of at le"):
        check_whole("x", value, at_least=3)


def test_a_choice_is_one_of_the_listed():
    assert check_choice("x", "a", ("a", "b")) == "a"
    with pytest.raises(ValueError, match=r"one of 'a', 'b'. Received: x='c'"):
        check_choice("x", "c", ("a", "b"))


@pytest.mark.parametrize(
    "labels",
    [
        [1, 2, 3],
        (1.0, 2.0, 3.0),
        np.array([1, 2, 3], dtype="float16"),
        np.array([[1], [2], [3]]),
        [[1.0], [2.0], [3.0]],
    ],
)
def test_labels_of_both_shapes_come_out_flat_in_float64(labels):
    checked = check_labels("y", labels)
    assert checked.dtype == "float64"
    assert checked.tolist() == [1.0, 2.0, 3.0]


def test_labels_may_be_a_tensor_of_the_backend():
    labels = keras.ops.convert_to_tensor([1.0, 2.0])
    assert check_labels("y", labels).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("shape", [(), (3, 2), (2, 1, 1)])
def test_other_shapes_are_named(shape):
    with pytest.raises(ValueError, match=r"`y` must have shape \(n,\) or"):
        check_labels("y", np.zeros(shape))


def test_no_labels_are_named():
    with pytest.raises(ValueError, match="`y` must not be empty"):
        check_labels("y", np.zeros(0))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_labels_that_are_not_finite_are_counted_and_the_first_named(bad):
    labels = np.array([1.0, 2.0, bad, 3.0, bad])
    with pytest.raises(ValueError, match=r"`y` must be finite. Received 2 .*2"):
        check_labels("y", labels)


def test_text_is_named():
    with pytest.raises(ValueError, match=r"`y` must hold numbers. Received an"):
        check_labels("y", np.array(["one", "two"]))


def test_lists_with_parts_of_different_lengths_are_named():
    with pytest.raises(ValueError, match="`y` must hold one number per sample"):
        check_labels("y", [[1.0], [2.0, 3.0]])
