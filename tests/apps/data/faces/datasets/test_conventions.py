"""What tensorflow-datasets asks of every dataset, by its own test case."""

import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

import keras
import pytest
import tensorflow_datasets as tfds

from apps.data.faces.datasets import agedb_dir_dataset_builder
from apps.data.faces.datasets import imdb_wiki_dir_dataset_builder
from apps.data.faces.datasets import utkface_dir_dataset_builder
from tests.apps.data.faces.datasets.made_up import write_archive
from tests.apps.data.faces.datasets.made_up import write_images
from tests.apps.data.faces.datasets.made_up import write_imdb_wiki
from tests.apps.data.faces.datasets.made_up import write_labels

if keras.config.backend() != "tensorflow":
    pytest.skip(
        "the test case of tensorflow-datasets reads through TensorFlow",
        allow_module_level=True,
    )

THREE_TO_A_SPLIT = ["train", "val", "test"] * 3


class _Conventions:
    """Makes the files of a dataset before its tests, removes them after."""

    SPLITS: ClassVar = {"train": 3, "validation": 3, "test": 3}

    @classmethod
    def setUpClass(cls):
        cls.EXAMPLE_DIR = Path(tempfile.mkdtemp())
        cls.write_files(cls.EXAMPLE_DIR)
        super().setUpClass()

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        shutil.rmtree(cls.EXAMPLE_DIR)


@pytest.mark.filterwarnings("ignore:.*is not the published file")
class TestAgeDbDir(_Conventions, tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = agedb_dir_dataset_builder.Builder

    @staticmethod
    def write_files(folder):
        paths = [f"AgeDB/{row}_Ann_{row}_f.jpg" for row in range(9)]
        write_images(folder, paths)
        rows = zip(range(9), paths, THREE_TO_A_SPLIT, strict=True)
        write_labels(folder / "agedb.csv", rows)


class TestImdbWikiDir(_Conventions, tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = imdb_wiki_dir_dataset_builder.Builder

    @staticmethod
    def write_files(folder):
        write_imdb_wiki(folder)


class TestUtkFaceDir(_Conventions, tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = utkface_dir_dataset_builder.Builder

    @staticmethod
    def write_files(folder):
        write_archive(folder / "faces.npz", range(9), THREE_TO_A_SPLIT)
