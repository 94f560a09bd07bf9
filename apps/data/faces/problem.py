"""Ages of faces with a small ResNet, as a problem of `experiments`."""

from functools import partial

import keras

from apps.data.faces.backbone import build_encoder
from apps.data.faces.data import load_splits
from apps.data.faces.resnet import RESNETS
from apps.data.faces.task import face_task
from apps.data.faces.training_batches import AugmentedFaces
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem

# All epochs: at the end of a short schedule is where the best one is.
BUDGET = Budget(epochs=12, patience=12, batch_size=64, learning_rate=2e-3)
# What runs without a GPU.
BACKBONE, WIDTH, IMAGE_SIZE = "resnet18", 0.5, 64
TITLES = {
    "utkface_dir": "UTKFace-DIR",
    "agedb_dir": "AgeDB-DIR",
    "imdb_wiki_dir": "IMDB-WIKI-DIR",
}
# In the paper's tables.
PRINTED = ("agedb_dir", "imdb_wiki_dir")


def face_problem(
    dataset: str,
    data_dir: str | None = None,
    backbone: str = BACKBONE,
    width: float = WIDTH,
    image_size: int = IMAGE_SIZE,
) -> Problem:
    """Reads and decodes faces.

    Args:
        dataset: One of `TITLES`.
        data_dir: Folder with files of the data set. Defaults to what
            tensorflow-datasets has, or can download.
        backbone: See `build_encoder`.
        width: See `build_encoder`.
        image_size: Height and width of the images.

    Raises:
        ValueError: If an argument is wrong, or a file does not parse.
        SystemExit: If files are missing; says what to get, and from where.
    """
    # A typing error is said before faces are decoded.
    build_encoder(backbone, image_size, width)
    faces = load_splits(dataset, data_dir, image_size)
    train, val, test = ((part.images, part.ages) for part in faces.values())
    encoder = backbone, width, image_size
    name = TITLES[dataset]
    if encoder != (BACKBONE, WIDTH, IMAGE_SIZE):
        # Runs of two encoders are no comparison.
        size = f" of width {width:g}" if backbone in RESNETS else ""
        name += f", {backbone}{size}, {image_size} pixels"

    def make_encoder() -> keras.Model:
        return build_encoder(backbone, image_size, width)

    return Problem(
        make_encoder,
        partial(AugmentedFaces, faces["train"], BUDGET.batch_size),
        val,
        test,
        task=face_task(faces["train"].ages),
        budget=BUDGET,
        name=name,
        still=train,
        unit="years",
        printed=TITLES[dataset] if dataset in PRINTED else None,
    )
