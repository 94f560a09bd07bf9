"""Columns of CSV files, as numbers."""

import math
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from apps.data.csv_text import checked_header
from apps.data.csv_text import find_row
from apps.data.csv_text import read_rows
from apps.data.parse_number import parse_number

MOST_VALUES = 50
# For a number that is not known; of text it is one more value.
MISSING = ("", "NA", "NaN", "nan")
# Among numbers; of text it is one more value, too.
INFINITE = ("inf", "infinity")
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
            header, *rows = read_rows(path)
            self.names = checked_header(path, header, self.names)
            if not rows:
                raise ValueError(f"{path} must have rows below its header.")
            tables.append(np.array(rows, object))
        self.lengths = [len(table) for table in tables]
        columns = np.concatenate(tables).T
        self._cells = dict(zip(self.names, columns, strict=True))
        self._refuse_short_rows()

    def labels(self, name: str) -> np.ndarray:
        """A column of numbers that float32 can hold. Shape `(n,)`, float64."""
        cells = self._cells[name]
        numbers = [parse_number(cell) for cell in cells]
        self._refuse(name, map(_is_infinite, cells), "be finite")
        is_unknown = (cell in MISSING for cell in cells)
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
                they come in sorted order.

        Returns:
            Features. Shape `(n, features)`, float64. Numbers that are missing,
            an empty cell or `NA`, are NaN, see `fill_missing`.
        """
        parts = [part for name in names for part in self._features(name)]
        return np.stack(parts, axis=1)

    def _features(self, name: str) -> list[np.ndarray]:
        cells = self._cells[name]
        is_known = ~np.isin(cells.astype(str), MISSING)
        if _are_numbers(cells[is_known]):
            return [self._numbers(name, is_known)]
        values = sorted(set(cells))
        if len(values) > MOST_VALUES:
            is_text = [parse_number(cell) is None for cell in cells] & is_known
            row = int(np.argmax(is_text))
            raise ValueError(
                f"Column {name!r} must be numbers, or text with at most "
                f"{MOST_VALUES} different values. Received: {len(values)} "
                f"values, such as {cells[row]!r} in {self._find(row)[0]}"
            )
        return [(cells == value).astype("float64") for value in values]

    def _numbers(self, name: str, is_known: np.ndarray) -> np.ndarray:
        """A column of numbers, NaN where it is not known."""
        cells = self._cells[name]
        self._refuse(name, map(_is_infinite, cells), "be finite")
        numbers = np.array([parse_number(cell) for cell in cells], "float64")
        self._refuse(
            name,
            np.isnan(numbers) & is_known,
            "be a number, as most of its column is, or an empty cell or NA "
            "where it is missing",
        )
        too_large = (
            "be a number whose square float32 can hold, up to "
            f"{LARGEST_FEATURE:.2g}"
        )
        self._refuse(name, abs(numbers) > LARGEST_FEATURE, too_large)
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
        file = int(np.searchsorted(ends, row, side="right"))
        row -= int(ends[file]) - self.lengths[file]
        line, cells = find_row(self._files[file], row)
        return f"{self._files[file]}, line {line}", cells


def _are_numbers(known: np.ndarray) -> bool:
    """Whether a column is meant as numbers, by the cells that are known."""
    # "1,5" and "1,000" are no categories either.
    numbers = (parse_number(cell.replace(",", "")) for cell in known)
    count = sum(one is not None for one in numbers)
    if not count:
        return False
    # Beside nothing but numbers, a word for infinity is no category.
    num_words = sum(_is_infinite_word(cell) for cell in known)
    return count >= len(known) / 2 or count + num_words == len(known)


def _is_infinite(cell: str) -> bool:
    """Whether a cell is a word for it, or a number too large for float64."""
    return _is_infinite_word(cell) or math.isinf(parse_number(cell) or 0.0)


def _is_infinite_word(cell: str) -> bool:
    return cell.casefold().lstrip("+-") in INFINITE
