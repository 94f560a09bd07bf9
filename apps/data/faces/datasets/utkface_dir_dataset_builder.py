"""UTKFace, split in the DIR manner, as a dataset of tensorflow-datasets.

Importing this file makes `tfds.load("utkface_dir")` known. UTKFace may be used
for non-commercial research only.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import tensorflow_datasets as tfds

from apps.data.faces.datasets.face_builder import FaceBuilder
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.utkface_archive import read_archive
from apps.data.faces.datasets.utkface_files import read_folder
from apps.data.tfds_files import FilesUnavailable
from apps.data.tfds_files import manual_folder

BY_HAND = """\
Ask for UTKFace at https://susanqq.github.io/UTKFace (non-commercial research
only) and unpack the "Aligned & Cropped Faces" into one folder of files named
[age]_[gender]_[race]_[date].jpg.chip.jpg, or take a folder with one .npz that
holds `blob`, `offsets`, `age` and `split`. Give the folder to the app with
--data-dir, or to tensorflow-datasets with
tfds.download.DownloadConfig(manual_dir=...)."""


class Builder(FaceBuilder):
    """Faces with ages from 1 to 116, which are estimates."""

    MANUAL_FILES = ("*.npz", "[0-9]*_*")
    MANUAL_DOWNLOAD_INSTRUCTIONS = BY_HAND
    DESCRIPTION = (
        "Aligned faces with ages. Of every age at most 15 faces, and at most "
        "a third, are in each of validation and test, so that these are "
        "nearly balanced while training is skewed. The ages are estimates."
    )
    HOMEPAGE = "https://susanqq.github.io/UTKFace"
    LICENSE = "Non-commercial research only"
    CITATION = (
        "Zhang, Song, Qi: Age Progression/Regression by Conditional "
        "Adversarial Autoencoder. CVPR 2017. https://arxiv.org/abs/1702.08423"
    )

    def _find_photos(
        self, dl_manager: tfds.download.DownloadManager
    ) -> Mapping[str, Sequence[Photo]]:
        folder = manual_folder(dl_manager)
        if folder is None:
            raise FilesUnavailable(f"UTKFace is not there.\n{BY_HAND}")
        archives = sorted(folder.glob("*.npz"))
        if len(archives) > 1:
            names = ", ".join(path.name for path in archives)
            raise FilesUnavailable(
                f"{folder} must hold one .npz. Received: {names}\n{BY_HAND}"
            )
        return read_archive(archives[0]) if archives else _read(folder)


def _read(folder: Path) -> Mapping[str, Sequence[Photo]]:
    photos = read_folder(folder)
    if not photos["test"]:
        raise FilesUnavailable(
            f"{folder} holds too few images named [age]_... to split: an age "
            f"needs at least 3.\n{BY_HAND}"
        )
    return photos
