"""What the three datasets have in common."""

import abc
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import generate_examples
from apps.data.tfds_files import SPLIT_NAMES


class FaceBuilder(tfds.core.GeneratorBasedBuilder):
    """Faces with ages, in a fixed order; a subclass says which photos.

    Images are stored as the bytes of their files. One that cannot be read is
    left out, with a warning that names it.
    """

    # What it reads of the manual folder; other files may come and go there.
    MANUAL_FILES: tuple[str, ...]
    VERSION = tfds.core.Version("1.0.0")
    DESCRIPTION: str
    HOMEPAGE: str
    LICENSE: str
    CITATION: str

    @abc.abstractmethod
    def _find_photos(
        self, dl_manager: tfds.download.DownloadManager
    ) -> Mapping[str, Sequence[Photo]]:
        """Photos of "train", "val" and "test"."""

    def _info(self) -> tfds.core.DatasetInfo:
        return tfds.core.DatasetInfo(
            builder=self,
            description=self.DESCRIPTION,
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(encoding_format="jpeg"),
                    "age": tfds.features.Scalar(np.float32),
                    "name": tfds.features.Text(),
                }
            ),
            disable_shuffling=True,
            homepage=self.HOMEPAGE,
            license=self.LICENSE,
            citation=self.CITATION,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        photos = self._find_photos(dl_manager)
        return {
            name: self._generate_examples(split, photos[split])
            for split, name in SPLIT_NAMES.items()
        }

    def _generate_examples(
        self, split: str, photos: Sequence[Photo]
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        return generate_examples(
            split, photos, self.MANUAL_DOWNLOAD_INSTRUCTIONS
        )
