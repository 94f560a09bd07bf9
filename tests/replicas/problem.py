"""One problem for one device and for several: losses, gradients, training.

The modules of `scripts` solve it on several replicas, each in a process
of its own, and `test_replicas.py` compares them with one device.
"""

import keras
import numpy as np

from keras_groupdir.losses import ContrastiveRegularizer
from keras_groupdir.losses import OrdinalEntropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import RankNContrast
from keras_groupdir.losses import RankSimilarity
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_regressor

LOSSES = {
    "default": OrdinalGroupContrastive(GROUPS),
    "kept": OrdinalGroupContrastive(GROUPS, tile_rows=None),
    "tiled": OrdinalGroupContrastive(GROUPS, tile_rows=3),
    "cold": OrdinalGroupContrastive(GROUPS, temperature=0.01),
    "l2": OrdinalGroupContrastive(GROUPS, similarity="l2", temperature=2.0),
    "ranked": RankNContrast(),
    "entropy": OrdinalEntropy(),
    "similar": RankSimilarity(),
    "confused": ContrastiveRegularizer(window=2.0),
}
FITTED = ("ranked", "default")
RATE = 0.05
STEPS = 2
BATCH = 8


def embeddings(size):
    """Labels, rows, and the gradients that arrive at each anchor's loss."""
    rng = np.random.default_rng(5)
    labels = skewed_data(size)[1]
    rows = rng.normal(size=(size, 3)).astype("float32")
    return labels, rows, rng.uniform(1, 2, size).astype("float32")


def compiled(embedding_loss):
    """A regressor in its state before training, the same every time."""
    keras.utils.set_random_seed(3)
    model = small_regressor()
    parts = {**model.default_losses(), "embedding": LOSSES[embedding_loss]}
    model.compile(
        keras.optimizers.SGD(RATE),
        loss=parts,
        loss_weights=model.default_loss_weights(),
    )
    return model


def training_data():
    return skewed_data(STEPS * BATCH)


def trained(model, history):
    """What is compared after an epoch: weights and logs."""
    arrays = {f"w{i}": w for i, w in enumerate(model.get_weights())}
    logs = {name: np.array(values[0]) for name, values in history.items()}
    return {**arrays, **logs}
