"""Reading of the csv files of the DIR benchmarks."""

from collections import Counter

import numpy as np
import pytest

from apps.data.faces.datasets.label_file import LabelRow
from apps.data.faces.datasets.label_file import read_label_file
from keras_groupdir import LabelGroups
from keras_groupdir.labels import label_shots

pytestmark = pytest.mark.no_backend

HEADER = "age,path,split"


@pytest.fixture
def write(tmp_path):
    def write(*lines, encoding="utf-8", newline="\n"):
        path = tmp_path / "some.csv"
        path.write_bytes((newline.join(lines) + newline).encode(encoding))
        return path

    return write


def test_rows_are_read_in_order(write):
    path = write(HEADER, "31,AgeDB/a.jpg,train", '0,"b, c.jpg",val')
    assert read_label_file(path) == [
        LabelRow(31.0, "AgeDB/a.jpg", "train"),
        LabelRow(0.0, "b, c.jpg", "val"),
    ]


@pytest.mark.parametrize(
    "form", [{"newline": "\r\n"}, {"encoding": "utf-8-sig"}]
)
def test_a_file_saved_on_windows_is_read(write, form):
    path = write(HEADER, "31,a.jpg,test", **form)
    assert read_label_file(path) == [LabelRow(31.0, "a.jpg", "test")]


@pytest.mark.parametrize("age", ["", "old", "-1", "nan", "inf", "3_1"])
def test_an_age_that_is_none_names_file_and_line(write, age):
    path = write(HEADER, "1,a.jpg,val", f"{age},b.jpg,val")
    message = (
        rf"some\.csv, line 3: expected an age in years\. Received: '{age}'"
    )
    with pytest.raises(ValueError, match=message):
        read_label_file(path)


def test_an_unknown_split_names_file_and_line(write):
    path = write(HEADER, "1,a.jpg,dev")
    message = (
        r"some\.csv, line 2: expected a split of train, val, test\. .*'dev'"
    )
    with pytest.raises(ValueError, match=message):
        read_label_file(path)


@pytest.mark.parametrize(
    ("row", "found"), [("1,a.jpg", 2), ("1,a,b.jpg,val", 4)]
)
def test_another_number_of_columns_names_file_and_line(write, row, found):
    path = write(HEADER, "1,a.jpg,val", row)
    message = rf"some\.csv, line 3: expected 3 columns\. Received: {found}"
    with pytest.raises(ValueError, match=message):
        read_label_file(path)


def test_a_blank_line_names_file_and_line(write):
    path = write(HEADER, "", "1,a.jpg,val")
    with pytest.raises(ValueError, match=r"some\.csv, line 2: expected 3 col"):
        read_label_file(path)


def test_another_encoding_names_file_and_line(write):
    path = write(HEADER, "1,é.jpg,val", encoding="latin-1")
    with pytest.raises(ValueError, match=r"some\.csv, line 2: 'utf-8' codec"):
        read_label_file(path)


def test_other_columns_are_refused(write):
    message = r"some\.csv, line 1: expected the columns age,path,split\. Rec"
    with pytest.raises(ValueError, match=message):
        read_label_file(write("path,age,split", "a.jpg,1,val"))


def test_a_file_without_a_face_is_refused(write):
    with pytest.raises(ValueError, match=r"some\.csv holds no face"):
        read_label_file(write(HEADER))


def test_agedb_dir_has_its_published_sizes_and_shots(real_agedb_csv):
    rows = read_label_file(real_agedb_csv)
    assert Counter(row.split for row in rows) == {
        "train": 12_208,
        "val": 2_140,
        "test": 2_140,
    }
    ages = {
        split: np.array([row.age for row in rows if row.split == split])
        for split in ("train", "test")
    }
    bins = LabelGroups.equal_width(0, 121, width=1)
    shots = Counter(label_shots(ages["test"], ages["train"], bins).tolist())
    assert shots == {"many": 1530, "median": 448, "few": 162}
