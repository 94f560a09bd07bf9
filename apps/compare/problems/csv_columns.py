"""Columns of CSV files, as numbers."""

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field
from pathlib import Path
from typing import TextIO

import numpy as np

MOST_VALUES = 20


@dataclass
class Column:
    """Cells of one name, with the file and line that each comes from."""

    name: str
    cells: list[str] = field(default_factory=list)
    places: list[tuple[Path, int]] = field(default_factory=list)

    def at(self, row: int) -> str:
        """Where a cell is, for messages."""
        path, line = self.places[row]
        return f"{path}, line {line}, column {self.name!r}"


def read_columns(files: list[Path]) -> dict[str, Column]:
    """The columns of tables with the same header, one table after the other.

    Args:
        files: Comma-separated, the first row is the header.

    Returns:
        At least two columns of the same length, by name.
    """
    columns: dict[str, Column] = {}
    for path in files:
        # Spreadsheets begin their files with a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            try:
                _read(path, file, columns)
            except (csv.Error, UnicodeDecodeError) as error:
                raise ValueError(
                    f"{path} must be comma-separated text in UTF-8. "
                    f"Received: {error}"
                ) from error
    return columns


def as_numbers(column: Column) -> np.ndarray:
    """A column of numbers. Shape `(n,)`, float64."""
    numbers = []
    for row, cell in enumerate(column.cells):
        number = _number(cell)
        if number is None:
            raise ValueError(
                f"{column.at(row)} must be a number. Received: {cell!r}"
            )
        numbers.append(number)
    _check_finite(column, numbers)
    return np.array(numbers)


def as_features(columns: Iterable[Column]) -> np.ndarray:
    """Numbers as they are, text as a column of 0 and 1 for each value.

    Args:
        columns: Columns of the same length. Text may have `MOST_VALUES`
            different values; they come in sorted order.

    Returns:
        Features. Shape `(n, features)`, float64.
    """
    features: list[np.ndarray] = []
    for column in columns:
        numbers = [_number(cell) for cell in column.cells]
        if None not in numbers:
            features.append(as_numbers(column))
            continue
        _check_finite(column, numbers)
        values = sorted(set(column.cells))
        if len(values) > MOST_VALUES:
            row = numbers.index(None)
            raise ValueError(
                f"Column {column.name!r} must be numbers, or text with at most "
                f"{MOST_VALUES} different values. Received: {len(values)} "
                f"values, such as {column.cells[row]!r} in {column.at(row)}"
            )
        cells = np.array(column.cells)
        features += [(cells == value).astype("float64") for value in values]
    return np.stack(features, axis=1)


def _read(path: Path, file: TextIO, columns: dict[str, Column]) -> None:
    """Adds the rows of a file to the columns, of which there may be none."""
    rows = csv.reader(file, skipinitialspace=True)
    header = [name.strip() for name in next(rows, [])]
    _check_header(path, header, list(columns))
    for name in header:
        columns.setdefault(name, Column(name))
    before = len(columns[header[0]].cells)
    for cells in rows:
        if not cells:
            continue
        if len(cells) != len(header):
            raise ValueError(
                f"{path}, line {rows.line_num} must have {len(header)} cells, "
                f"as the header has. Received: {len(cells)}"
            )
        for name, cell in zip(header, cells, strict=True):
            columns[name].cells.append(cell.strip())
            columns[name].places.append((path, rows.line_num))
    if len(columns[header[0]].cells) == before:
        raise ValueError(f"{path} must have rows below its header.")


def _check_header(path: Path, header: list[str], before: list[str]) -> None:
    is_named = all(header) and len(set(header)) == len(header) > 1
    if not is_named or all(_number(name) is not None for name in header):
        raise ValueError(
            f"{path} must begin with a row of at least two different column "
            f"names, separated by commas. Received: {','.join(header)!r}"
        )
    if before and header != before:
        raise ValueError(
            f"{path} must have the columns of the train file, "
            f"{','.join(before)!r}. Received: {','.join(header)!r}"
        )


def _number(cell: str) -> float | None:
    """NaN for an empty cell; `None` for text."""
    try:
        return float(cell) if cell else math.nan
    except ValueError:
        return None


def _check_finite(column: Column, numbers: Iterable[float | None]) -> None:
    for row, number in enumerate(numbers):
        if number is not None and not math.isfinite(number):
            raise ValueError(
                f"{column.at(row)} must not be empty, NaN or infinite. "
                f"Received: {column.cells[row]!r}"
            )
