"""The csv files in which the DIR benchmarks publish ages and splits."""

import csv
from dataclasses import dataclass
from pathlib import Path

from apps.data.faces.datasets.photos import OLDEST
from apps.data.faces.datasets.photos import SPLITS
from apps.data.parse_number import parse_number

COLUMNS = ("age", "path", "split")


@dataclass(frozen=True)
class LabelRow:
    """One face: its age, its image, and "train", "val" or "test"."""

    age: float
    path: str
    split: str


def read_label_file(path: Path) -> list[LabelRow]:
    """Reads a csv file with the columns age, path and split.

    Raises:
        ValueError: If a row does not parse; names the file and the line.
    """
    rows = []
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                values = next(csv.reader([line.decode("utf-8-sig")]))
                if number > 1:
                    rows.append(_parse_row(values))
                elif tuple(values) != COLUMNS:
                    raise ValueError(
                        f"expected the columns {','.join(COLUMNS)}. "
                        f"Received: {','.join(values)}"
                    )
            except ValueError as error:
                raise ValueError(f"{path}, line {number}: {error}") from error
    if not rows:
        raise ValueError(f"{path} holds no face.")
    return rows


def _parse_row(values: list[str]) -> LabelRow:
    if len(values) != len(COLUMNS):
        raise ValueError(
            f"expected {len(COLUMNS)} columns. Received: {len(values)}"
        )
    age, path, split = values
    if split not in SPLITS:
        raise ValueError(
            f"expected a split of {', '.join(SPLITS)}. Received: {split!r}"
        )
    years = parse_number(age)
    if years is None or not 0 <= years <= OLDEST:
        raise ValueError(f"expected an age in years. Received: {age!r}")
    return LabelRow(years, path, split)
