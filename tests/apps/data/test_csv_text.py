"""Text of the user's tables, or what is none."""

import bz2
import gzip
import io
import zipfile

import numpy as np
import pytest

from apps.data.csv_columns import Columns
from apps.data.csv_file import csv_problem
from tests.apps.data.made_up import write_lines

pytestmark = pytest.mark.no_backend

TEXT = b"y,a\n1,2\n3,?\n" * 20


def zipped(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", text)
    return file.getvalue()


@pytest.mark.parametrize("row", [1, 5, 19])
def test_a_quote_that_is_not_closed_loses_no_rows(tmp_path, row):
    lines = ["y,a", *(f"{i % 4},red" for i in range(20))]
    lines[row] = '1,"red'
    with pytest.raises(ValueError, match=r"t\.csv must .* every quote closed"):
        csv_problem(write_lines(tmp_path / "t.csv", *lines))


def test_text_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"y,a\n1,\xff\n")
    with pytest.raises(ValueError, match="must be comma-separated text"):
        csv_problem(str(path))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.parquet", b"PAR1\x15\x04\x15\xd2\x01"),
        ("t.csv.gz", gzip.compress(TEXT)),
        ("t.csv.bz2", bz2.compress(TEXT)),
        ("t.zip", zipped(TEXT)),
        ("t.csv", TEXT.decode().encode("utf-16")),
    ],
    # Not by what is in them, of which the time of writing is a part.
    ids=["parquet", "gzip", "bzip2", "zip", "utf-16"],
)
def test_a_file_that_is_no_text_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    message = rf"{name} must be a CSV file, .* not compressed\. Received: a"
    with pytest.raises(ValueError, match=message):
        csv_problem(str(tmp_path / name))


def test_a_first_row_is_no_header(tmp_path):
    path = write_lines(tmp_path / "t.csv", "25.391,0.3,-0.1,u", "3.1,0.2,0.4,v")
    with pytest.raises(ValueError, match=r"t\.csv must begin with a row of"):
        csv_problem(path)


@pytest.mark.parametrize("name", ["inf", "nan", "NAN", "Infinity", "1_000"])
def test_what_only_python_takes_for_a_number_is_a_name(tmp_path, name):
    file = tmp_path / "t.csv"
    write_lines(file, f"y,{name}", "1,2")
    np.testing.assert_array_equal(Columns([file]).features([name]), [[2]])
