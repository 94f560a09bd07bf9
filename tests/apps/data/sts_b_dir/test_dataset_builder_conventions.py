"""What tensorflow-datasets asks of every dataset, by its own test case."""

from pathlib import Path
from typing import ClassVar

import keras
import pytest
import tensorflow_datasets as tfds

from apps.data.sts_b_dir.sts_b_dir_dataset_builder import Builder

if keras.config.backend() != "tensorflow":
    pytest.skip(
        "the test case of tensorflow-datasets reads through TensorFlow",
        allow_module_level=True,
    )


class TestStsBDir(tfds.testing.DatasetBuilderTestCase):
    DATASET_CLASS = Builder
    EXAMPLE_DIR = Path(__file__).parent / "dummy_data"
    DL_EXTRACT_RESULT: ClassVar = {
        "train": "train_new.tsv",
        "val": "dev_new.tsv",
        "test": "test_new.tsv",
    }
    # One of the six training pairs has an empty sentence.
    SPLITS: ClassVar = {"train": 5, "validation": 3, "test": 3}
