"""Where the files of a dataset come from: the user's folder, or the web."""

from pathlib import Path

import requests
import tensorflow_datasets as tfds

REACH_SECONDS = 10


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
