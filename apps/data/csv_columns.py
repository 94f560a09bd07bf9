"""Columns of CSV files, as numbers."""

import csv
import math
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

MOST_VALUES = 50
# For a number that is not known; of text it is one more value.
MISSING = ("", "NA", "NaN", "nan")
LARGEST = float(np.finfo("float32").max)
LARGEST_FEATURE = LARGEST**0.5


class Columns:
    """Cells of tables with the same header, one table after the other.

    Args:
        files: Comma-separated, the first row is the header.

    Attributes:
        names: Of the columns, at least two.
        lengths: Rows of each table.
    """

    def __init__(self, files: list[Path]) -> None:
        self._files = files
        tables: list[np.ndarray] = []
        self.names: list[str] = []
        for path in files:
            header, *rows = _read(path)
            self.names = _checked_header(path, header, self.names)
            if not rows:
                raise ValueError(f"{path} must have rows below its header.")
            tables.append(np.array(rows, object))
        self.lengths = [len(table) for table in tables]
        columns = np.concatenate(tables).T
        self._cells = dict(zip(self.names, columns, strict=True))
        self._refuse_short_rows()

    def labels(self, name: str) -> np.ndarray:
        """A column of numbers that float32 can hold. Shape `(n,)`, float64."""
        numbers = self._numbers(name)
        is_unknown = (cell in MISSING for cell in self._cells[name])
        self._refuse(name, is_unknown, "be known, as it is the target")
        self._refuse(name, (one is None for one in numbers), "be a number")
        labels = np.array(numbers, "float64")
        too_large = f"be a number that float32 can hold, up to {LARGEST:.2g}"
        self._refuse(name, abs(labels) > LARGEST, too_large)
        return labels

    def features(self, names: Iterable[str]) -> np.ndarray:
        """Numbers as they are, text as a column of 0 and 1 for each value.

        Args:
            names: Of columns. Text may have `MOST_VALUES` different values;
                they come in sorted order. Numbers that are missing, an empty
                cell or `NA`, are the median of the others and 1 in a column of
                their own.

        Returns:
            Features. Shape `(n, features)`, float64.
        """
        parts = [part for name in names for part in self._features(name)]
        return np.stack(parts, axis=1)

    def _features(self, name: str) -> list[np.ndarray]:
        numbers = self._numbers(name)
        cells = self._cells[name]
        is_missing = np.isin(cells.astype(str), MISSING)
        is_text = [
            number is None and not missing
            for number, missing in zip(numbers, is_missing, strict=True)
        ]
        if not any(is_text) and not all(is_missing):
            features = np.array(numbers, "float64")
            features[is_missing] = np.median(features[~is_missing])
            too_large = (
                "be a number whose square float32 can hold, up to "
                f"{LARGEST_FEATURE:.2g}"
            )
            self._refuse(name, abs(features) > LARGEST_FEATURE, too_large)
            if any(is_missing):
                return [features, is_missing.astype("float64")]
            return [features]
        # "1,5" and "1,000" are no categories either.
        without = (_number(cell.replace(",", "")) for cell in cells)
        if sum(number is None for number in without) <= len(cells) / 2:
            self._refuse(name, is_text, "be a number, as most of its column is")
        values = sorted(set(cells))
        if len(values) > MOST_VALUES:
            row = is_text.index(True)
            raise ValueError(
                f"Column {name!r} must be numbers, or text with at most "
                f"{MOST_VALUES} different values. Received: {len(values)} "
                f"values, such as {cells[row]!r} in {self._find(row)[0]}"
            )
        return [(cells == value).astype("float64") for value in values]

    def _numbers(self, name: str) -> list[float | None]:
        """Finite numbers; `None` for text and what is missing."""
        numbers = [_number(cell) for cell in self._cells[name]]
        is_bad = (one is not None and not math.isfinite(one) for one in numbers)
        self._refuse(name, is_bad, "be finite")
        return numbers

    def _refuse(self, name: str, is_bad: Iterable[bool], must: str) -> None:
        """Raises for the first bad cell of a column, if there is one."""
        row = next((row for row, bad in enumerate(is_bad) if bad), None)
        if row is None:
            return
        raise ValueError(
            f"{self._find(row)[0]}, column {name!r} must {must}. "
            f"Received: {self._cells[name][row]!r}"
        )

    def _refuse_short_rows(self) -> None:
        """Raises for the first row that pandas had to fill up."""
        for row in np.flatnonzero(self._cells[self.names[-1]] == ""):
            place, cells = self._find(int(row))
            if len(cells) != len(self.names):
                raise ValueError(
                    f"{place} must have {len(self.names)} cells, as the "
                    f"header has. Received: {len(cells)}"
                )

    def _find(self, row: int) -> tuple[str, list[str]]:
        """File and line of a row, and what stands there."""
        ends = np.cumsum(self.lengths)
        number = int(np.searchsorted(ends, row, side="right"))
        path = self._files[number]
        row -= int(ends[number]) - self.lengths[number]
        # Pandas fills up short rows and counts no lines.
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, skipinitialspace=True)
            filled = (cells for cells in rows if cells not in ([], [""]))
            cells = next(islice(filled, row + 1, None))
            return f"{path}, line {rows.line_num}", cells


def _read(path: Path) -> list[list[str]]:
    """Rows of text, as long as the first, without empty ones."""
    try:
        table = pd.read_csv(
            path,
            header=None,
            dtype=object,  # text, and not an array for each column
            keep_default_na=False,
            skipinitialspace=True,
            encoding="utf-8-sig",  # spreadsheets begin with such a mark
        )
    except pd.errors.EmptyDataError:
        return [[]]
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} must be comma-separated text in UTF-8, with rows of one "
            f"length and every quote closed. Received: {error}"
        ) from error
    return [[cell.strip() for cell in row] for row in table.to_numpy()]


def _checked_header(
    path: Path, header: list[str], before: list[str]
) -> list[str]:
    is_named = all(header) and len(set(header)) == len(header) > 1
    numbers = [_number(name) for name in header]
    # A year may be a name; the cells of a first row are not.
    is_row = sum(number is not None for number in numbers) >= len(header) / 2
    is_row |= any(number and number % 1 for number in numbers)
    if not is_named or is_row:
        raise ValueError(
            f"{path} must begin with a row of at least two different column "
            f"names, separated by commas. Received: {','.join(header)!r}"
        )
    if before and header != before:
        raise ValueError(
            f"{path} must have the columns of the train file, "
            f"{','.join(before)!r}. Received: {','.join(header)!r}"
        )
    return header


def _number(cell: str) -> float | None:
    """`None` for text and what is missing."""
    try:
        return None if cell in MISSING else float(cell)
    except ValueError:
        return None
