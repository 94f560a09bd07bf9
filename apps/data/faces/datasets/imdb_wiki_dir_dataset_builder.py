"""IMDB-WIKI-DIR as a dataset of tensorflow-datasets.

Importing this file makes `tfds.load("imdb_wiki_dir")` known. It downloads 8 GB
unless the unpacked archives are in the manual folder. Their checksums are not
known to us: `DownloadConfig(register_checksums=True)` writes those of what it
downloads to `checksums.tsv`, and later downloads are compared with them.
"""

from collections.abc import Mapping
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from apps.data.faces.datasets.face_builder import FaceBuilder
from apps.data.faces.datasets.imdb_wiki_metadata import read_metadata
from apps.data.faces.datasets.label_file import read_label_file
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split
from apps.data.faces.datasets.rule import split_by_age
from apps.data.tfds_files import fetch
from apps.data.tfds_files import manual_folder

URL_ROOT = "https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki/static"
PARTS = ("imdb", "wiki")
MOST_PER_AGE = 150
BY_HAND = f"""\
Download imdb_crop.tar (7 GB) and wiki_crop.tar (1 GB) by hand from
{URL_ROOT}
and unpack both, so that one folder holds imdb_crop/ and wiki_crop/. Give the
folder to the app with --data-dir, or to tensorflow-datasets with
tfds.download.DownloadConfig(manual_dir=...). For the faces of the published
benchmark, also put its imdb_wiki.csv into it; without that, the same rule
draws other faces."""


class Builder(FaceBuilder):
    """Faces with ages from 0 to 186.

    With `imdb_wiki.csv` in the manual folder, its faces and splits are taken,
    as they are. Without it, the metadata are cleaned as for the benchmark, and
    the split is drawn by its rule from faces, not persons: one person can be
    in several splits, as in the benchmark.
    """

    MANUAL_FILES = ("imdb_wiki.csv", "imdb_crop/*", "wiki_crop/*")
    MANUAL_DOWNLOAD_INSTRUCTIONS = BY_HAND
    DESCRIPTION = (
        "Faces of IMDB and Wikipedia with ages, split for deep imbalanced "
        "regression: the ages of the training faces are skewed, those of the "
        "others nearly balanced. The same person can be in several splits. "
        "The ages follow from dates found on the web, and some are wrong."
    )
    HOMEPAGE = "https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki"
    LICENSE = "Academic research only"
    CITATION = (
        "Rothe, Timofte, Van Gool: Deep expectation of real and apparent age "
        "from a single image without facial landmarks. IJCV 2018. Yang, Zha, "
        "Chen, Wang, Katabi: Delving into Deep Imbalanced Regression. ICML "
        "2021. https://arxiv.org/abs/2102.09554"
    )

    def _find_photos(
        self, dl_manager: tfds.download.DownloadManager
    ) -> Mapping[str, Sequence[Photo]]:
        manual = manual_folder(dl_manager)
        crops = {part: _find_crop(part, manual, dl_manager) for part in PARTS}
        labels = manual / "imdb_wiki.csv" if manual else None
        if labels and labels.is_file():
            return _read_labels(labels, crops)
        return _split_by_rule(crops)


def _find_crop(
    part: str,
    manual: Path | None,
    dl_manager: tfds.download.DownloadManager,
) -> Path:
    name = f"{part}_crop"
    if manual and (manual / name).is_dir():
        return manual / name
    url = f"{URL_ROOT}/{name}.tar"
    return fetch(dl_manager, url, BY_HAND, extract=True) / name


def _read_labels(
    path: Path, crops: Mapping[str, Path]
) -> Mapping[str, Sequence[Photo]]:
    rows = read_label_file(path)
    folders = {crop.name: crop.parent for crop in crops.values()}
    photos = []
    for row in rows:
        start = row.path.partition("/")[0]
        if start not in folders:
            raise ValueError(
                f"{path} must hold paths that begin with "
                f"{' or '.join(folders)}. Received: {row.path!r}"
            )
        photos.append(Photo.of_file(folders[start], row.path, row.age))
    return by_split(photos, (row.split for row in rows))


def _split_by_rule(
    crops: Mapping[str, Path],
) -> Mapping[str, Sequence[Photo]]:
    photos = []
    for part, crop in crops.items():
        for path, age in zip(*read_metadata(crop, part), strict=True):
            name = f"{crop.name}/{path}"
            photos.append(Photo.of_file(crop.parent, name, age))
    ages = np.array([photo.age for photo in photos])
    return by_split(photos, split_by_age(ages, MOST_PER_AGE).tolist())
