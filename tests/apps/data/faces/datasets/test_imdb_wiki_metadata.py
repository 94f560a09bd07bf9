"""Ages from dates, and which faces are kept."""

import sys

import numpy as np
import pytest
import scipy.io

from apps.data.faces.datasets.imdb_wiki_metadata import ages_in_years
from apps.data.faces.datasets.imdb_wiki_metadata import read_metadata
from tests.apps.data.faces.datasets.made_up import datenum
from tests.apps.data.faces.datasets.made_up import write_metadata

pytestmark = pytest.mark.no_backend

NAN = float("nan")


def _age(born, taken):
    ages = ages_in_years(
        np.array([datenum(*born)], "int32"), np.array([taken], "uint16")
    )
    return int(ages[0])


@pytest.fixture
def read(tmp_path):
    """Writes the metadata of faces, reads them again."""

    def read(*faces):
        paths = [f"{row:02}/face.jpg" for row in range(len(faces))]
        write_metadata(tmp_path, "imdb", paths, *zip(*faces, strict=True))
        return read_metadata(tmp_path, "imdb")

    return read


def _face(born=(1960, 1, 1), taken=2000, score=3.0, second=NAN):
    return datenum(*born), taken, score, second


@pytest.mark.parametrize(
    ("born", "age"),
    [
        ((1960, 1, 1), 40),
        ((1960, 6, 30), 40),
        ((1960, 7, 1), 39),
        ((1960, 12, 31), 39),
        ((1964, 2, 29), 36),
    ],
)
def test_a_photo_is_taken_in_the_middle_of_its_year(born, age):
    assert _age(born, taken=2000) == age


def test_the_matlab_day_of_a_known_date_gives_the_age():
    # 719,529 is what Matlab's datenum(1970, 1, 1) returns.
    ages = ages_in_years(np.array([719_529]), np.array([2010]))
    assert ages.tolist() == [40]


def test_a_birth_after_the_photo_is_negative_though_years_are_unsigned():
    assert _age((2005, 1, 1), taken=2000) == -5


def test_faces_keep_their_paths_and_ages(read):
    paths, ages = read(_face(), _face(score=0.5), _face((1990, 1, 1)))
    assert paths == ["00/face.jpg", "02/face.jpg"]
    assert ages.tolist() == [40, 10]


@pytest.mark.parametrize(
    ("face", "kept"),
    [
        (_face(score=1.0), True),
        (_face(score=0.99), False),
        (_face(score=-np.inf), False),
        (_face(score=NAN), False),
        (_face(second=0.1), False),
        (_face(second=0.0), True),
        (_face(taken=1959), False),
        (_face(taken=1960), True),
        (_face(taken=2160), True),
        (_face(taken=2161), False),
        (_face(born=(1, 1, 1)), False),
    ],
)
def test_a_face_is_kept_by_the_rules_of_the_benchmark(read, face, kept):
    paths, _ = read(_face(), face)
    assert len(paths) == 1 + kept


def test_a_day_that_is_no_number_is_dropped():
    assert abs(ages_in_years(np.array([NAN]), np.array([2000]))[0]) > 200


def test_another_table_is_refused_by_name(tmp_path):
    scipy.io.savemat(tmp_path / "wiki.mat", {"imdb": {"dob": [1.0]}})
    with pytest.raises(ValueError, match=r"wiki\.mat must hold a table `wiki`"):
        read_metadata(tmp_path, "wiki")


def test_a_file_that_is_no_table_is_refused_by_name(tmp_path):
    (tmp_path / "wiki.mat").write_text("nothing")
    with pytest.raises(ValueError, match=r"wiki\.mat must hold a table `wiki`"):
        read_metadata(tmp_path, "wiki")


def test_without_scipy_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.io", None)
    with pytest.raises(ImportError, match=r"read .*imdb\.mat: pip install sci"):
        read_metadata(tmp_path, "imdb")
