"""Faces as arrays: images decoded once and kept as bytes, and ages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.common.results import whole_file
from apps.data.faces.datasets.face_builder import FaceBuilder
from apps.data.faces.datasets.fingerprint import fingerprint
from apps.data.faces.datasets.prepare import BUILDERS
from apps.data.faces.datasets.prepare import prepare
from apps.data.faces.datasets.prepare import stored_examples
from apps.data.faces.decode import decode_image
from apps.data.tfds_files import SPLIT_NAMES
from apps.data.tfds_files import FilesUnavailable
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_whole


@dataclass(frozen=True)
class Faces:
    """Square RGB images and ages in years.

    `images` is uint8 of shape `(n, size, size, 3)`; it may lie in a file that
    is read as needed, and cannot be written to. `ages` is float32 of shape
    `(n,)`.
    """

    images: np.ndarray
    ages: np.ndarray


def load_splits(
    dataset: str,
    data_dir: str | None,
    image_size: int,
    cache_dir: str | None = None,
    tfds_dir: str | None = None,
) -> dict[str, Faces]:
    """The "train", "val" and "test" faces of a dataset.

    Args:
        dataset: "agedb_dir", "imdb_wiki_dir" or "utkface_dir".
        data_dir: Folder with files of the dataset; of "utkface_dir" also the
            .npz itself. `None` for what tensorflow-datasets has, or can
            download.
        image_size: Side of the images, in pixels.
        cache_dir: Where to keep decoded images, one file per split, for the
            next time. Without one they are decoded again, into memory.
            Defaults to `None`.
        tfds_dir: Where tensorflow-datasets keeps datasets. Defaults to its
            usual folder.

    Raises:
        ValueError: If an argument is wrong, or a file does not parse.
        SystemExit: If files are missing; says what to get, and from where.
    """
    check_choice("dataset", dataset, BUILDERS)
    check_whole("image_size", image_size, at_least=1)
    source = _check_source(dataset, data_dir)
    try:
        builder = prepare(dataset, source, tfds_dir)
    except FilesUnavailable as error:
        raise SystemExit(str(error)) from error
    return {
        split: _load(builder, name, image_size, cache_dir)
        for split, name in SPLIT_NAMES.items()
    }


def _check_source(dataset: str, data_dir: str | None) -> Path | None:
    if data_dir is None:
        return None
    source = Path(data_dir).expanduser()
    is_archive = dataset == "utkface_dir" and source.suffix == ".npz"
    if source.is_dir() or (is_archive and source.is_file()):
        return source
    expected = "a folder"
    if dataset == "utkface_dir":
        expected += " or an .npz file"
    raise ValueError(
        f"`data_dir` must be {expected}. Received: data_dir={data_dir!r}"
    )


def _load(
    builder: FaceBuilder, split: str, size: int, cache_dir: str | None
) -> Faces:
    if cache_dir is None:
        return _decode(stored_examples(builder, split), size)
    key = fingerprint(Path(builder.data_path))
    # Until images were turned upright the names had no "up".
    stem = f"{builder.name}_{split}_{size}px_up_{key}"
    images = Path(cache_dir).expanduser() / f"{stem}_images.npy"
    ages = images.with_name(f"{stem}_ages.npy")
    if not (images.exists() and ages.exists()):
        images.parent.mkdir(parents=True, exist_ok=True)
        examples = stored_examples(builder, split)
        with whole_file(images) as images_part, whole_file(ages) as ages_part:
            faces = _decode(examples, size, images_part)
            np.save(ages_part, faces.ages)
            del faces  # closes the file of the images
    return Faces(np.load(images, mmap_mode="r"), np.load(ages))


def _decode(
    examples: Sequence[dict[str, Any]], size: int, path: Path | None = None
) -> Faces:
    """Decodes into memory, or into an .npy file that may exceed it."""
    shape = (len(examples), size, size, 3)
    images = (
        np.empty(shape, "uint8")
        if path is None
        else np.lib.format.open_memmap(path, "w+", np.uint8, shape)
    )
    ages = np.empty(len(examples), "float32")
    for row, example in enumerate(examples):
        images[row] = decode_image(example["image"], size)
        ages[row] = example["age"]
    return Faces(images, ages)
