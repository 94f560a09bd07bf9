"""STS-B-DIR: the three splits of Yang et al. (2021)."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SPLITS = ("train", "dev", "test")


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
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows, None)
        for row in rows:
            score = _parse_score(row, path, rows.line_num)
            if row[7].strip() and row[8].strip():
                first.append(row[7])
                second.append(row[8])
                scores.append(score)
    if not scores:
        raise ValueError(f"{path} holds no sentence pair.")
    return Pairs(first, second, np.array(scores, dtype="float32"))


def _parse_score(row: list[str], path: Path, line: int) -> float:
    if len(row) < 10:
        raise ValueError(
            f"{path}, line {line}: expected 10 columns. Received: {len(row)}"
        )
    try:
        score = float(row[9])
    except ValueError:
        score = float("nan")
    if not 0 <= score <= 5:
        raise ValueError(
            f"{path}, line {line}: expected a score from 0 to 5 in column 10. "
            f"Received: {row[9]!r}"
        )
    return score


def load_splits(data_dir: str | Path | None) -> dict[str, Pairs]:
    """The train, dev and test pairs.

    Args:
        data_dir: Folder with `train_new.tsv`, `dev_new.tsv` and
            `test_new.tsv`, or `None` to get them through
            tensorflow-datasets.
    """
    if data_dir is None:
        from apps.sts_b_dir.sts_b_dir_dataset_builder import prepared_files

        return {name: read_pairs(prepared_files()[name]) for name in SPLITS}
    files = {name: Path(data_dir) / f"{name}_new.tsv" for name in SPLITS}
    missing = [str(path) for path in files.values() if not path.is_file()]
    if missing:
        raise ValueError(
            "`data_dir` must hold train_new.tsv, dev_new.tsv and "
            f"test_new.tsv. Missing: {', '.join(missing)}"
        )
    return {name: read_pairs(path) for name, path in files.items()}
