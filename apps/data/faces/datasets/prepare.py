"""Datasets of faces, prepared on disk and read again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import tensorflow_datasets as tfds

from apps.data.faces.datasets import agedb_dir_dataset_builder
from apps.data.faces.datasets import imdb_wiki_dir_dataset_builder
from apps.data.faces.datasets import utkface_dir_dataset_builder
from apps.data.faces.datasets.face_builder import FaceBuilder
from apps.data.faces.datasets.fingerprint import fingerprint
from apps.data.tfds_files import read_examples

BUILDERS: dict[str, type[FaceBuilder]] = {
    "agedb_dir": agedb_dir_dataset_builder.Builder,
    "imdb_wiki_dir": imdb_wiki_dir_dataset_builder.Builder,
    "utkface_dir": utkface_dir_dataset_builder.Builder,
}


def prepare(
    dataset: str, data_dir: Path | None, tfds_dir: str | None = None
) -> FaceBuilder:
    """Prepares a dataset, unless it was prepared from the same files before.

    Each state of a `data_dir` is prepared in a folder of its own, `from_...`,
    which can be deleted when its files have changed.

    Args:
        dataset: One of `BUILDERS`.
        data_dir: Folder with files of the dataset, or one .npz file; or
            `None` for what tensorflow-datasets has, or can download.
        tfds_dir: Where to prepare it. Defaults to the usual folder of
            tensorflow-datasets.

    Raises:
        FilesUnavailable: If files are missing; says what to do.
    """
    make = BUILDERS[dataset]
    builder = make(data_dir=tfds_dir)
    root = Path(builder.data_path).parents[1]
    manual_dir = data_dir
    if data_dir is not None:
        # Prepared data do not say what they were made from, and would be taken
        # for those of any other folder.
        source = fingerprint(data_dir, make.MANUAL_FILES)
        builder = make(data_dir=root / f"from_{source}")
        manual_dir = data_dir.parent if data_dir.is_file() else data_dir
    builder.download_and_prepare(
        download_dir=root / "downloads",
        download_config=tfds.download.DownloadConfig(manual_dir=manual_dir),
        # Random access to this format needs no TensorFlow.
        file_format="array_record",
    )
    return builder


def stored_examples(
    builder: FaceBuilder, split: str
) -> Sequence[dict[str, Any]]:
    """Examples of a prepared split in order; images are bytes of a file."""
    return read_examples(builder, split, {"image": tfds.decode.SkipDecoding()})
