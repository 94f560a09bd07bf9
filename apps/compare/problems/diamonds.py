"""Diamond prices with a small network on the table."""

from typing import Any

import keras

from apps.common.table_encoder import build_encoder
from apps.compare.problem import Problem
from apps.compare.problem import Training
from apps.diamonds.data import BINS
from apps.diamonds.data import load_splits
from keras_groupdir.recipes import Task

# As in apps.diamonds.
TRAINING = Training(epochs=25, patience=10, batch_size=512, learning_rate=5e-3)
# Of the split, so that all seeds of a method are judged by the same diamonds.
SPLIT_SEED = 0


def load() -> Problem:
    """Reads the diamonds that ship with plotnine."""
    splits = load_splits(SPLIT_SEED)
    train = splits["train"]

    def make_encoder(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        return build_encoder(train.x)

    def make_train(seed: int, views: int) -> Any:
        # Rows of numbers have no random versions: one view, for every method.
        return train.x, train.y

    return Problem(
        "Diamonds",
        Task(train.y, BINS, error="absolute", reweight="sqrt_inverse"),
        make_encoder,
        make_train,
        (splits["val"].x, splits["val"].y),
        (splits["test"].x, splits["test"].y),
        TRAINING,
        unit="dollars",
    )
