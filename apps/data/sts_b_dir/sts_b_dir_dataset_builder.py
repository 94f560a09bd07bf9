"""STS-B-DIR as a dataset of tensorflow-datasets.

Importing this file makes `tfds.load("sts_b_dir")` known. The sizes and
checksums of what it downloads are in `checksums.tsv`.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import requests
import tensorflow_datasets as tfds

from apps.data.sts_b_dir.pair_files import FILE_NAMES
from apps.data.sts_b_dir.pair_files import read_pairs
from apps.data.tfds_files import COMMIT
from apps.data.tfds_files import RAW_FILES
from apps.data.tfds_files import REACH_SECONDS
from apps.data.tfds_files import REPOSITORY
from apps.data.tfds_files import SPLIT_NAMES
from apps.data.tfds_files import FilesUnavailable
from apps.data.tfds_files import manual_folder

FOLDER = "sts-b-dir/glue_data/STS-B"
URL_ROOT = f"{RAW_FILES}/{FOLDER}"
BY_HAND = f"""\
Download {", ".join(FILE_NAMES.values())} by hand from
https://github.com/{REPOSITORY}/tree/{COMMIT}/{FOLDER}
into one folder, and give the folder to the app with --data-dir, or to
tensorflow-datasets with tfds.download.DownloadConfig(manual_dir=...)."""


class Builder(tfds.core.GeneratorBasedBuilder):
    """Sentence pairs with scores from 0 to 5, in the order of the files."""

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = BY_HAND

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(
            builder=self,
            description=(
                "Sentence pairs with a similarity from 0 to 5, re-split from "
                "STS-B for deep imbalanced regression: the scores of the "
                "training pairs are skewed, those of the others balanced."
            ),
            features=tfds.features.FeaturesDict(
                {
                    "sentence1": tfds.features.Text(),
                    "sentence2": tfds.features.Text(),
                    "score": tfds.features.Scalar(np.float32),
                }
            ),
            disable_shuffling=True,
            homepage=f"https://github.com/{REPOSITORY}",
            license="MIT (code and splits); the sentences are those of STS-B",
            citation=(
                "Yang, Zha, Chen, Wang, Katabi: Delving into Deep Imbalanced "
                "Regression. ICML 2021. https://arxiv.org/abs/2102.09554"
            ),
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        paths = _get_files(dl_manager)
        return {
            SPLIT_NAMES[split]: self._generate_examples(path)
            for split, path in paths.items()
        }

    def _generate_examples(
        self, path: Path
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        pairs = read_pairs(path)
        rows = zip(pairs.first, pairs.second, pairs.scores, strict=True)
        for number, (first, second, score) in enumerate(rows):
            yield (
                number,
                {"sentence1": first, "sentence2": second, "score": score},
            )


def _get_files(dl_manager: tfds.download.DownloadManager) -> dict[str, Path]:
    urls = {split: f"{URL_ROOT}/{name}" for split, name in FILE_NAMES.items()}
    try:
        if not _are_in_manual_folder(dl_manager):
            # Without a network, tensorflow-datasets tries for minutes.
            requests.head(urls["train"], timeout=REACH_SECONDS)
        # Looks in the manual folder first, and compares checksums there too.
        return dl_manager.download(urls)
    except Exception as error:
        raise FilesUnavailable(
            f"Could not get the files of STS-B-DIR: {error}\n{BY_HAND}"
        ) from error


def _are_in_manual_folder(dl_manager: tfds.download.DownloadManager) -> bool:
    folder = manual_folder(dl_manager)
    return folder is not None and all(
        (folder / name).exists() for name in FILE_NAMES.values()
    )
