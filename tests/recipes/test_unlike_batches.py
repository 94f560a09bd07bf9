"""Sentences: batches whose inputs are not of one width."""

import keras
import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.models import calibrate_intervals
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import fit_group_weights
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from keras_groupdir.scores import evaluate_shots

SIZES = 9, 5
Y = np.linspace(0.5, 7.5, sum(SIZES)).astype("float32")
TASK = LabelTask(Y, LabelGroups.equal_width(0, 8, width=1))
# All that do not make samples of the features of a table; where a fit takes
# seconds, one that freezes its encoder and one that corrects its routing.
NAMES = tuple(name for name in RECIPES if not name.startswith("smo"))
if keras.config.backend() != "torch":
    NAMES = ("rrt", "groupdir_balanced")


class Sentences(keras.utils.PyDataset):
    """Two batches, each as wide as its longest sentence."""

    num_batches = len(SIZES)

    def __getitem__(self, index):
        rng = np.random.default_rng(index)
        start = sum(SIZES[:index])
        labels = Y[start : start + SIZES[index]]
        words = rng.integers(1, 9, (SIZES[index], 3 + 2 * index))
        return words.astype("int32"), labels


def encoder():
    words = keras.Input((None,), dtype="int32")
    vectors = keras.layers.Embedding(9, 6)(words)
    return keras.Model(words, keras.layers.GlobalAveragePooling1D()(vectors))


def fitted(name, **arguments):
    keras.utils.set_random_seed(0)
    return fit_recipe(
        make_recipe(name),
        encoder(),
        TASK,
        Sentences(),
        epochs=1,
        verbose=0,
        **arguments,
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_trains_and_validates(name):
    model, histories = fitted(name, validation_data=Sentences())
    assert np.isfinite(histories[-1]["val_prediction_mae"][0])
    assert model.predict(Sentences(), verbose=0).shape == (len(Y), 1)


def test_a_correction_is_of_the_same_samples():
    model = fitted("groupdir").model
    chosen = choose_prior_correction(model, Sentences(), Y, Y, verbose=0)
    by_hand = [
        model.predict(words, verbose=0).reshape(-1)
        for words, _ in map(Sentences().__getitem__, range(len(SIZES)))
    ]
    error = np.abs(np.concatenate(by_hand) - Y).mean()
    assert chosen.errors[0.0, 1.0] == pytest.approx(error, rel=1e-5)
    fitted_weights = fit_group_weights(model, Sentences(), Y, verbose=0)
    assert fitted_weights.error_before == pytest.approx(error, rel=1e-5)


def test_scores_and_intervals():
    model = fitted("groupdir").model
    table = evaluate_shots(model, Sentences(), Y, Y, verbose=0)
    assert table.counts["all"] == len(Y)
    intervals = calibrate_intervals(model, Sentences(), Y, Y, verbose=0)
    low, high = intervals.predict_interval(Sentences(), verbose=0).T
    assert np.shape(low) == (len(Y),)
    assert np.all(low <= high)
