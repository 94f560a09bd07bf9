"""Ages of faces with a small ResNet."""

from typing import Any

import keras

from apps.age.backbone import build_encoder
from apps.age.data import load_splits
from apps.age.settings import Settings
from apps.age.weights import BINS
from apps.age.weights import CLIP
from apps.compare.problem import Problem
from apps.compare.problem import Training
from apps.compare.problems.augmented_faces import AugmentedFaces
from keras_groupdir.recipes import Task

# What runs without a GPU.
PRESET = Settings()
# All epochs: at the end of a short schedule is where the best one is.
TRAINING = Training(
    epochs=PRESET.epochs,
    patience=PRESET.epochs,
    batch_size=PRESET.batch_size,
    learning_rate=PRESET.learning_rate,
)
TITLES = {
    "utkface_dir": "UTKFace-DIR",
    "agedb_dir": "AgeDB-DIR",
    "imdb_wiki_dir": "IMDB-WIKI-DIR",
}
# In the paper's tables.
PRINTED = ("agedb_dir", "imdb_wiki_dir")


def load(dataset: str, data_dir: str | None = None) -> Problem:
    """Reads and decodes faces.

    Args:
        dataset: One of `TITLES`.
        data_dir: Folder with files of the data set. Defaults to what
            tensorflow-datasets has, or can download.

    Raises:
        ValueError: If an argument is wrong, or a file does not parse.
        SystemExit: If files are missing; says what to get, and from where.
    """
    faces = load_splits(dataset, data_dir, PRESET.image_size)
    train = faces["train"]
    task = Task(
        train.ages,
        BINS,
        error="absolute",
        reweight="sqrt_inverse",
        clip=CLIP,
    )

    def make_encoder(seed: int) -> keras.Model:
        keras.utils.set_random_seed(seed)
        return build_encoder(PRESET.backbone, PRESET.image_size, PRESET.width)

    def make_train(seed: int, views: int) -> Any:
        return AugmentedFaces(train, TRAINING.batch_size, seed, views)

    return Problem(
        TITLES[dataset],
        task,
        make_encoder,
        make_train,
        (faces["val"].images, faces["val"].ages),
        (faces["test"].images, faces["test"].ages),
        TRAINING,
        unit="years",
        printed=TITLES[dataset] if dataset in PRINTED else None,
    )
