"""Columns of CSV files, as numbers."""

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import numpy as np

from apps.data.csv_text import checked_header
from apps.data.csv_text import lines_of
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
        labels, is_infinite = _parse(cells)
        self._refuse(name, is_infinite, "be finite")
        is_unknown = (cell in MISSING for cell in cells)
        self._refuse(name, is_unknown, "be known, as it is the target")
        self._refuse(name, np.isnan(labels), "be a number")
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
        numbers, is_infinite = _parse(cells)
        is_text = np.isnan(numbers) & ~np.isin(cells.astype(str), MISSING)
        num_known = len(cells) - np.sum(np.isnan(numbers) & ~is_text)
        if _are_numbers(cells[is_text], num_known):
            self._refuse(name, is_infinite, "be finite")
            self._check_features(name, numbers, is_text)
            return [numbers]
        values = sorted(set(cells))
        if len(values) > MOST_VALUES:
            row = int(np.argmax(is_text))
            raise ValueError(
                f"Column {name!r} must be numbers, or text with at most "
                f"{MOST_VALUES} different values. Received: {len(values)} "
                f"values, such as {cells[row]!r} in {self._find(row)}"
            )
        return [(cells == value).astype("float64") for value in values]

    def _check_features(
        self, name: str, numbers: np.ndarray, is_text: np.ndarray
    ) -> None:
        self._refuse(
            name,
            is_text,
            "be a number, as most of its column is, or an empty cell or NA "
            "where it is missing",
        )
        too_large = (
            "be a number whose square float32 can hold, up to "
            f"{LARGEST_FEATURE:.2g}"
        )
        self._refuse(name, abs(numbers) > LARGEST_FEATURE, too_large)

    def _refuse(self, name: str, is_bad: Iterable[bool], must: str) -> None:
        """Raises for the first bad cell of a column, if there is one."""
        row = next((row for row, bad in enumerate(is_bad) if bad), None)
        if row is None:
            return
        raise ValueError(
            f"{self._find(row)}, column {name!r} must {must}. "
            f"Received: {self._cells[name][row]!r}"
        )

    def _refuse_short_rows(self) -> None:
        """Raises for the first row that pandas had to fill up."""
        if not np.any(self._cells[self.names[-1]] == ""):
            return
        for path in self._files:
            for line, cells in lines_of(path):
                if len(cells) != len(self.names):
                    raise ValueError(
                        f"{path}, line {line} must have {len(self.names)} "
                        f"cells, as the header has. Received: {len(cells)}"
                    )

    def _find(self, row: int) -> str:
        """File and line of a row."""
        ends = np.cumsum(self.lengths)
        file = int(np.searchsorted(ends, row, side="right"))
        row -= int(ends[file]) - self.lengths[file]
        # Below the header.
        line, _ = next(islice(lines_of(self._files[file]), row + 1, None))
        return f"{self._files[file]}, line {line}"


def _parse(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers, NaN where there is none, and which cells are infinite."""
    numbers = np.array([parse_number(cell) for cell in cells], "float64")
    is_infinite = np.isinf(numbers)
    for row in np.flatnonzero(np.isnan(numbers)):
        is_infinite[row] = _is_infinite_word(cells[row])
    return numbers, is_infinite


def _are_numbers(texts: np.ndarray, num_known: int) -> bool:
    """Whether a column is meant as numbers, by the cells that are known.

    Args:
        texts: Those of its cells that are no number.
        num_known: How many cells are known, numbers or not.
    """
    # "1,5" and "1,000" are no categories either.
    without = [one.replace(",", "") for one in texts if "," in one]
    num_commas = sum(parse_number(one) is not None for one in without)
    count = num_known - len(texts) + num_commas
    if not count:
        return False
    # Beside nothing but numbers, a word for infinity is no category.
    num_words = sum(map(_is_infinite_word, texts))
    return count >= num_known / 2 or count + num_words == num_known


def _is_infinite_word(cell: str) -> bool:
    return cell.casefold().lstrip("+-") in INFINITE
