"""Whether a change of files is noticed."""

import os

import pytest

from apps.data.faces.datasets import fingerprint as module

pytestmark = pytest.mark.no_backend

PATTERNS = ("*.csv", "images/*")


def fingerprint(path):
    return module.fingerprint(path, PATTERNS)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "labels.csv").write_text("some")
    (tmp_path / "images" / "a.jpg").write_text("some")
    return tmp_path


def test_the_same_files_have_the_same_fingerprint(folder):
    assert fingerprint(folder) == fingerprint(folder)


@pytest.mark.parametrize("name", ["labels.csv", "images/a.jpg"])
def test_another_size_is_noticed(folder, name):
    before, stat = fingerprint(folder), (folder / name).stat()
    (folder / name).write_text("other")
    os.utime(folder / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert fingerprint(folder) != before


@pytest.mark.parametrize("name", ["labels.csv", "images/a.jpg"])
def test_another_time_is_noticed(folder, name):
    before = fingerprint(folder)
    os.utime(folder / name, ns=(1, 1))
    assert fingerprint(folder) != before


@pytest.mark.parametrize("name", ["notes.txt", "cache/faces.npy"])
def test_other_files_do_not_count(folder, name):
    before = fingerprint(folder)
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("")
    assert fingerprint(folder) == before


def test_without_patterns_all_that_is_directly_there_counts(folder):
    before = module.fingerprint(folder)
    (folder / "notes.txt").write_text("")
    with_notes = module.fingerprint(folder)
    (folder / "images" / "b.jpg").write_text("")
    assert len({before, with_notes, module.fingerprint(folder)}) == 3


@pytest.mark.parametrize("name", ["other.csv", "images/b.jpg"])
def test_one_more_file_is_noticed(folder, name):
    before = fingerprint(folder)
    (folder / name).write_text("")
    assert fingerprint(folder) != before


def test_another_name_is_noticed(folder):
    before = fingerprint(folder)
    (folder / "labels.csv").rename(folder / "names.csv")
    assert fingerprint(folder) != before


def test_a_file_alone_does_not_count_its_neighbours(folder):
    before = fingerprint(folder / "labels.csv")
    (folder / "other.csv").write_text("")
    assert fingerprint(folder / "labels.csv") == before


def test_of_one_file_a_change_is_noticed(folder):
    before = fingerprint(folder / "labels.csv")
    (folder / "labels.csv").write_text("other")
    assert fingerprint(folder / "labels.csv") != before
