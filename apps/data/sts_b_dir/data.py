"""The three splits of Yang et al. (2021), as words and as numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from apps.data.sts_b_dir.glove import download_glove
from apps.data.sts_b_dir.glove import embedding_table
from apps.data.sts_b_dir.glove import load_glove
from apps.data.sts_b_dir.pair_files import FILE_NAMES
from apps.data.sts_b_dir.pair_files import Pairs
from apps.data.sts_b_dir.pair_files import read_pairs
from apps.data.sts_b_dir.text import Vocabulary
from apps.data.sts_b_dir.text import tokenize

# First and second sentences as word ids, and scores.
Split = tuple[np.ndarray, np.ndarray, np.ndarray]
# Of the vectors of words that have none.
TABLE_SEED = 0


@dataclass(frozen=True)
class StsBDir:
    """Numbered sentence pairs, and word vectors.

    Attributes:
        splits: Train, val and test pairs.
        table: Vector of each word. Shape `(words, width)`.
        coverage: Share of the words that have one.
    """

    splits: dict[str, Split]
    table: np.ndarray
    coverage: float


def load_data(
    data_dir: str | Path | None = None, glove: str | Path | None = None
) -> StsBDir:
    """Reads, tokenizes and numbers the pairs; looks up the word vectors.

    Args:
        data_dir: As for `load_splits`.
        glove: GloVe file. Defaults to a download.
    """
    splits = load_splits(data_dir)
    words = {
        name: ([tokenize(s) for s in p.first], [tokenize(s) for s in p.second])
        for name, p in splits.items()
    }
    # The words of all splits, as in the benchmark: vectors are frozen.
    vocabulary = Vocabulary(
        sentence
        for first, second in words.values()
        for sentence in (*first, *second)
    )
    vectors = load_glove(glove or download_glove(), vocabulary.words)
    return StsBDir(
        {
            name: (
                vocabulary.encode(first),
                vocabulary.encode(second),
                splits[name].scores,
            )
            for name, (first, second) in words.items()
        },
        embedding_table(vocabulary.words, vectors, TABLE_SEED),
        coverage=len(vectors) / (len(vocabulary) - 2),
    )


def load_splits(data_dir: str | Path | None) -> dict[str, Pairs]:
    """The train, val and test pairs.

    Args:
        data_dir: Folder with `train_new.tsv`, `dev_new.tsv` and
            `test_new.tsv`, or `None` to get them through
            tensorflow-datasets.

    Raises:
        ValueError: If a file is missing from the folder, or does not parse.
        SystemExit: If the files cannot be downloaded; says what to do.
    """
    if data_dir is None:
        return _load_prepared()
    paths = {split: Path(data_dir) / name for split, name in FILE_NAMES.items()}
    missing = [str(path) for path in paths.values() if not path.is_file()]
    if missing:
        raise ValueError(
            "`data_dir` must hold train_new.tsv, dev_new.tsv and "
            f"test_new.tsv. Missing: {', '.join(missing)}"
        )
    return {split: read_pairs(path) for split, path in paths.items()}


def _load_prepared() -> dict[str, Pairs]:
    # Who has the files needs no tensorflow-datasets.
    from apps.data import tfds_files
    from apps.data.sts_b_dir.sts_b_dir_dataset_builder import Builder

    builder = Builder()
    try:
        # Random access to this format needs no TensorFlow.
        builder.download_and_prepare(file_format="array_record")
    except tfds_files.FilesUnavailable as error:
        raise SystemExit(str(error)) from error
    return {
        split: _collect(tfds_files.read_examples(builder, name))
        for split, name in tfds_files.SPLIT_NAMES.items()
    }


def _collect(examples: Iterable[dict[str, Any]]) -> Pairs:
    rows = list(examples)
    return Pairs(
        [row["sentence1"].decode("utf-8") for row in rows],
        [row["sentence2"].decode("utf-8") for row in rows],
        np.array([row["score"] for row in rows], dtype="float32"),
    )
