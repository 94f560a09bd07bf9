"""Text of CSV files."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from apps.data.parse_number import parse_number

# How Parquet, bzip2 and Zstandard begin; other files that are no text hold a
# zero byte among their first.
NO_TEXT = (b"PAR1", b"BZh", b"\x28\xb5\x2f\xfd")
HEAD = 4096


def read_rows(path: Path) -> list[list[str]]:
    """Rows of text, as long as the first, without empty ones.

    Raises:
        ValueError: If it is no CSV file.
    """
    _refuse_no_text(path)
    try:
        table = pd.read_csv(
            path,
            header=None,
            dtype=object,  # text, and not an array for each column
            keep_default_na=False,
            skipinitialspace=True,
            encoding="utf-8-sig",  # spreadsheets begin with such a mark
            compression=None,  # whatever its name ends in
        )
    except pd.errors.EmptyDataError:
        return [[]]
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise ValueError(
            f"{path} must be comma-separated text in UTF-8, with rows of one "
            f"length and every quote closed. Received: {error}"
        ) from error
    return [[cell.strip() for cell in row] for row in table.to_numpy()]


def lines_of(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Where each row ends, the header first, and its cells as they stand there.

    Pandas fills up short rows and counts no lines.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, skipinitialspace=True)
        for cells in rows:
            if cells not in ([], [""]):
                yield rows.line_num, cells


def checked_header(
    path: Path, header: list[str], before: list[str]
) -> list[str]:
    """A first row that can be names of columns.

    Args:
        path: For the message.
        header: The first row.
        before: That of the table's files before, or none.
    """
    is_named = all(header) and len(set(header)) == len(header) > 1
    numbers = [parse_number(name) for name in header]
    # A year may be a name; the cells of a first row are not.
    is_row = sum(one is not None for one in numbers) >= len(header) / 2
    is_row |= any(one is not None and not one.is_integer() for one in numbers)
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


def _refuse_no_text(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(HEAD)
    if b"\0" in head or head.startswith(NO_TEXT):
        raise ValueError(
            f"{path} must be a CSV file, comma-separated text in UTF-8 that is "
            "not compressed. Received: a file that is no such text, which "
            f"begins with {head[:8]!r}"
        )
