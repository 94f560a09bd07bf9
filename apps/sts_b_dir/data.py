"""STS-B-DIR: the three splits of Yang et al. (2021)."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

SPLITS = ("train", "dev", "test")
NUM_COLUMNS = 10


@dataclass(frozen=True)
class Pairs:
    """Sentence pairs with their scores, 0 to 5."""

    first: list[str]
    second: list[str]
    scores: np.ndarray


def read_pairs(path: str | Path) -> Pairs:
    """Reads one of the benchmark's tsv files.

    Sentences stand in columns 8 and 9, the score in column 10, after one
    header row. Lone quotes occur, so quotes mean nothing. A pair with an empty
    sentence is skipped, as the benchmark does.

    Raises:
        ValueError: If a row does not parse; names the file and the line.
    """
    path = Path(path)
    first, second, scores = [], [], []
    with path.open("rb") as file:
        next(file, None)
        for number, line in enumerate(file, start=2):
            try:
                one, other, score = _parse_row(line)
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
            if one.strip() and other.strip():
                first.append(one)
                second.append(other)
                scores.append(score)
    if not scores:
        raise ValueError(f"{path} holds no sentence pair.")
    return Pairs(first, second, np.array(scores, dtype="float32"))


def _parse_row(line: bytes) -> tuple[str, str, float]:
    row = line.decode("utf-8").rstrip("\r\n").split("\t")
    if len(row) < NUM_COLUMNS:
        raise ValueError(
            f"expected {NUM_COLUMNS} columns. Received: {len(row)}"
        )
    try:
        score = float(row[9])
    except ValueError:
        score = float("nan")
    if not 0 <= score <= 5:
        raise ValueError(
            f"expected a score from 0 to 5 in column 10. Received: {row[9]!r}"
        )
    return row[7], row[8], score


def file_names() -> dict[str, str]:
    """What the benchmark calls the file of each split."""
    return {split: f"{split}_new.tsv" for split in SPLITS}


def load_splits(data_dir: str | Path | None) -> dict[str, Pairs]:
    """The train, dev and test pairs.

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
    paths = {
        split: Path(data_dir) / name for split, name in file_names().items()
    }
    missing = [str(path) for path in paths.values() if not path.is_file()]
    if missing:
        raise ValueError(
            "`data_dir` must hold train_new.tsv, dev_new.tsv and "
            f"test_new.tsv. Missing: {', '.join(missing)}"
        )
    return {split: read_pairs(path) for split, path in paths.items()}


def _load_prepared() -> dict[str, Pairs]:
    # The builder reads the files with `read_pairs`, and who has the files
    # needs no tensorflow-datasets.
    from apps.sts_b_dir import sts_b_dir_dataset_builder as dataset

    builder = dataset.Builder()
    try:
        # Random access to this format needs no TensorFlow.
        builder.download_and_prepare(file_format="array_record")
    except dataset.FilesUnavailable as error:
        raise SystemExit(str(error)) from error
    return {
        split: _collect(dataset.read_examples(builder, name))
        for split, name in dataset.SPLIT_NAMES.items()
    }


def _collect(examples: Iterable[dict[str, Any]]) -> Pairs:
    rows = list(examples)
    return Pairs(
        [row["sentence1"].decode("utf-8") for row in rows],
        [row["sentence2"].decode("utf-8") for row in rows],
        np.array([row["score"] for row in rows], dtype="float32"),
    )
