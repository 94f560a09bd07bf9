"""AgeDB-DIR as a dataset of tensorflow-datasets.

Importing this file makes `tfds.load("agedb_dir")` known. Ages and splits are
downloaded; size and checksum of their file are in `checksums.tsv`. The images
are given out by the authors of AgeDB only.
"""

import hashlib
import warnings
from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import tensorflow_datasets as tfds

from apps.data.faces.datasets.face_builder import FaceBuilder
from apps.data.faces.datasets.label_file import read_label_file
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split
from apps.data.tfds_files import RAW_FILES
from apps.data.tfds_files import REPOSITORY
from apps.data.tfds_files import FilesUnavailable
from apps.data.tfds_files import fetch
from apps.data.tfds_files import manual_folder

LABELS_URL = f"{RAW_FILES}/agedb-dir/data/agedb.csv"
BY_HAND = f"""\
Get the images from https://ibug.doc.ic.ac.uk/resources/agedb (ask the authors
for the password) and unpack them, so that one folder holds AgeDB/*.jpg. Give
that folder, not AgeDB itself, to the app with --data-dir, or to
tensorflow-datasets with tfds.download.DownloadConfig(manual_dir=...). Without
a network, also put agedb.csv into it, from
{LABELS_URL}"""


class Builder(FaceBuilder):
    """Faces with ages from 1 to 101, in the order of `agedb.csv`."""

    MANUAL_FILES = ("agedb.csv", "AgeDB/*")
    MANUAL_DOWNLOAD_INSTRUCTIONS = BY_HAND
    DESCRIPTION = (
        "Faces of AgeDB with ages, split for deep imbalanced regression: the "
        "ages of the training faces are skewed, those of the others nearly "
        "balanced. The same person can be in several splits."
    )
    HOMEPAGE = f"https://github.com/{REPOSITORY}"
    LICENSE = "MIT (splits); the images are for non-commercial research only"
    CITATION = (
        "Moschoglou et al.: AgeDB: the first manually collected, in-the-wild "
        "age database. CVPR Workshops 2017. Yang, Zha, Chen, Wang, Katabi: "
        "Delving into Deep Imbalanced Regression. ICML 2021. "
        "https://arxiv.org/abs/2102.09554"
    )

    def _find_photos(
        self, dl_manager: tfds.download.DownloadManager
    ) -> Mapping[str, Sequence[Photo]]:
        folder = manual_folder(dl_manager)
        if folder is None or not (folder / "AgeDB").is_dir():
            raise FilesUnavailable(
                "The images of AgeDB are not there. Expected: "
                f"{folder or '<folder>'}/AgeDB\n{BY_HAND}"
            )
        labels = folder / "agedb.csv"
        if labels.is_file():
            self._compare_with_published(labels)
        else:
            labels = fetch(dl_manager, LABELS_URL, BY_HAND)
        rows = read_label_file(labels)
        return by_split(
            (Photo.of_file(folder, row.path, row.age) for row in rows),
            (row.split for row in rows),
        )

    def _compare_with_published(self, labels: Path) -> None:
        digest = hashlib.sha256(labels.read_bytes()).hexdigest()
        if digest != self.url_infos[LABELS_URL].checksum:
            warnings.warn(
                f"{labels} is not the published file: results on it cannot be "
                "compared with those on AgeDB-DIR.",
                stacklevel=2,
            )
