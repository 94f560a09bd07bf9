"""Files and examples of tensorflow-datasets: a user's folder, or the web."""

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import requests
import tensorflow_datasets as tfds

REACH_SECONDS = 10
# The benchmarks' name of each split, and that of tensorflow-datasets.
SPLIT_NAMES = {"train": "train", "val": "validation", "test": "test"}
# Where the benchmarks' splits are.
REPOSITORY = "YyzHarry/imbalanced-regression"
COMMIT = "c37d6f46d35e5a0b37277d8d925ad112ed8ef487"
RAW_FILES = f"https://raw.githubusercontent.com/{REPOSITORY}/{COMMIT}"


class FilesUnavailable(Exception):
    """Files of a dataset are missing, and cannot be downloaded."""


def manual_folder(dl_manager: tfds.download.DownloadManager) -> Path | None:
    """The folder that the user gave, or `None` if there is none."""
    try:
        return Path(dl_manager.manual_dir)
    except AssertionError:
        return None  # Not given, or empty.


def fetch(
    dl_manager: tfds.download.DownloadManager,
    url: str,
    by_hand: str,
    extract: bool = False,
) -> Path:
    """Downloads a file, and unpacks it on request.

    Args:
        dl_manager: Of the builder that asks.
        url: Address of the file.
        by_hand: What the user can do instead, for the error.
        extract: Whether to unpack it. Defaults to `False`.

    Returns:
        The file, or the folder it was unpacked to.

    Raises:
        FilesUnavailable: If it cannot be had, or its checksum is another.
    """
    get = dl_manager.download_and_extract if extract else dl_manager.download
    try:
        # Without a network, tensorflow-datasets tries for minutes.
        requests.head(url, timeout=REACH_SECONDS)
        return Path(get(url))
    except Exception as error:
        raise FilesUnavailable(
            f"Could not download {url}: {error}\n{by_hand}"
        ) from error


def read_examples(
    builder: tfds.core.DatasetBuilder,
    split: str,
    decoders: Mapping[str, Any] | None = None,
) -> Sequence[dict[str, Any]]:
    """Examples of a prepared split, in the order of its file.

    Args:
        builder: Of the dataset.
        split: As tensorflow-datasets calls it.
        decoders: By feature, in place of its own. Defaults to `None`.
    """
    try:
        return builder.as_data_source(split, decoders=decoders)
    except NotImplementedError:
        # Somebody prepared it before, for TensorFlow.
        return tfds.as_numpy(builder.as_dataset(split, decoders=decoders))
