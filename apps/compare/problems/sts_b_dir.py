"""STS-B-DIR with a BiLSTM on GloVe vectors."""

from typing import Any

import keras

from apps.compare.problem import Problem
from apps.compare.problem import Training
from apps.sts_b_dir.encoder import build_encoder
from apps.sts_b_dir.settings import Settings
from apps.sts_b_dir.train import BINS
from apps.sts_b_dir.train import FEW_BELOW
from apps.sts_b_dir.train import GM_EPSILON
from apps.sts_b_dir.train import load_data
from keras_groupdir.recipes import Task

UNITS = 128
PAIR_DROPOUT = 0.5
# For scores whose range is 1; what 5 is for scores of 0 to 5, squared.
CLIP_NORM = 0.2
TRAINING = Training(
    epochs=8,
    patience=4,
    batch_size=128,
    learning_rate=3e-3,
    clip_norm=CLIP_NORM,
)


def load(data_dir: str | None = None, glove: str | None = None) -> Problem:
    """Reads the benchmark's pairs.

    Args:
        data_dir: Folder with the three `*_new.tsv`. Defaults to a download.
        glove: GloVe file. Defaults to a download.
    """
    settings = Settings(
        data_dir=data_dir, glove=glove, batch_size=TRAINING.batch_size
    )
    data = load_data(settings)
    task = Task(
        data.train_scores,
        BINS,
        error="squared",
        reweight="inverse",
        smoothing_clip=(0.5, 2.0),
    )

    def make_encoder(seed: int) -> keras.Model:
        return build_encoder(
            data.table,
            UNITS,
            num_layers=1,
            dropout=0.0,
            seed=seed,
            pair_dropout=PAIR_DROPOUT,
        )

    def make_train(seed: int, views: int) -> Any:
        # Sentences have no random versions: one view, whatever the method.
        return data.batches["train"].with_seed(seed)

    return Problem(
        "STS-B-DIR",
        task,
        make_encoder,
        make_train,
        data.batches["dev"],
        data.batches["test"],
        TRAINING,
        few_below=FEW_BELOW,
        epsilon=GM_EPSILON,
        printed="STS-B-DIR",
    )
