"""The benchmark's files: their names, and what stands in them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from apps.data.parse_number import parse_number

# What the benchmark calls the file of each split.
FILE_NAMES = {
    "train": "train_new.tsv",
    "val": "dev_new.tsv",
    "test": "test_new.tsv",
}
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
    score = parse_number(row[9])
    if score is None or not 0 <= score <= 5:
        raise ValueError(
            f"expected a score from 0 to 5 in column 10. Received: {row[9]!r}"
        )
    return row[7], row[8], score
