"""Faces as arrays, decoded once."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow_datasets as tfds

from apps.data.faces import data
from apps.data.faces.data import load_splits
from apps.data.faces.datasets.utkface_dir_dataset_builder import Builder
from apps.data.faces.decode import decode_image
from tests.apps.data.faces.datasets.made_up import SPLITS
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import write_archive
from tests.apps.data.faces.datasets.made_up import write_images
from tests.apps.data.faces.datasets.made_up import write_imdb_wiki
from tests.apps.data.faces.datasets.made_up import write_labels
from tests.support.fresh_process import last_line_of

DATA = Path(__file__).parents[5] / "shared" / "data"
REAL = DATA / "utkface_dir" / "utkface_96px.npz"
AGES = [40, 1, 116, 7]
IN_SPLITS = ["val", "train", "test", "train"]


@pytest.fixture
def manual(tmp_path):
    folder = tmp_path / "manual"
    folder.mkdir()
    write_archive(folder / "faces.npz", AGES, IN_SPLITS)
    return folder


@pytest.fixture
def load(tmp_path):
    """Loads UTKFace, with all that is written under the test's folder."""

    def load(data_dir, size=8, cache=None, dataset="utkface_dir"):
        cache_dir = str(tmp_path / cache) if cache else None
        source = None if data_dir is None else str(data_dir)
        return load_splits(
            dataset, source, size, cache_dir, tfds_dir=str(tmp_path / "tfds")
        )

    return load


@pytest.fixture
def decoded(monkeypatch):
    """Counts the images that are decoded."""
    calls = []

    def count(jpeg, size):
        calls.append(size)
        return decode_image(jpeg, size)

    monkeypatch.setattr(data, "decode_image", count)
    return calls


def _assert_made_up(splits, size=8):
    assert list(splits) == ["train", "val", "test"]
    for name, faces in splits.items():
        rows = [row for row, split in enumerate(IN_SPLITS) if split == name]
        assert faces.images.shape == (len(rows), size, size, 3)
        assert faces.images.dtype == np.uint8
        assert faces.ages.dtype == np.float32
        assert faces.ages.tolist() == [AGES[row] for row in rows]
        for image, row in zip(faces.images, rows, strict=True):
            np.testing.assert_allclose(image, gray(row)[0], atol=1)


@pytest.mark.parametrize("cache", [None, "cache"])
@pytest.mark.parametrize("size", [8, 20])
def test_faces_are_squares_with_their_ages(load, manual, cache, size):
    _assert_made_up(load(manual, size, cache), size)


def test_the_archive_itself_will_do(load, manual):
    _assert_made_up(load(manual / "faces.npz"))


def test_images_are_decoded_once_and_then_read_as_needed(load, manual, decoded):
    load(manual, cache="cache")
    assert len(decoded) == len(AGES)
    again = load(manual, cache="cache")
    assert len(decoded) == len(AGES)
    _assert_made_up(again)
    for faces in again.values():
        assert isinstance(faces.images, np.memmap)
        assert faces.images.mode == "r"


def test_without_a_cache_images_are_in_memory(load, manual, decoded):
    for _ in range(2):
        faces = load(manual)["train"]
        assert not isinstance(faces.images, np.memmap)
    assert len(decoded) == 2 * len(AGES)


def test_another_size_is_decoded_anew(load, manual, decoded):
    load(manual, 8, cache="cache")
    _assert_made_up(load(manual, 12, cache="cache"), 12)
    assert decoded == [8] * len(AGES) + [12] * len(AGES)


def test_other_data_are_noticed(load, manual, decoded):
    load(manual, cache="cache")
    write_archive(manual / "faces.npz", [50, 2, 3, 4], IN_SPLITS)
    changed = load(manual, cache="cache")
    assert len(decoded) == 2 * len(AGES)
    assert changed["val"].ages.tolist() == [50]


def test_another_folder_is_not_mistaken_for_the_first(load, manual, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    write_archive(other / "faces.npz", [9, 9, 9, 9], IN_SPLITS)
    load(manual, cache="cache")
    assert load(other, cache="cache")["train"].ages.tolist() == [9, 9]
    _assert_made_up(load(manual, cache="cache"))


def test_the_same_folder_is_prepared_once(load, manual, tmp_path):
    load(manual)
    [record] = (tmp_path / "tfds").rglob("*train.array_record*")
    before = record.stat().st_mtime_ns
    load(manual)
    assert record.stat().st_mtime_ns == before


def test_the_cache_may_lie_in_the_folder_of_the_files(manual, decoded):
    for _ in range(3):
        _assert_made_up(
            load_splits(
                "utkface_dir",
                str(manual),
                8,
                cache_dir=str(manual / "cache"),
                tfds_dir=str(manual / "tfds"),
            )
        )
    assert len(decoded) == len(AGES)


def test_an_interrupted_cache_is_not_taken_for_a_whole_one(
    load, manual, tmp_path, monkeypatch
):
    def interrupt(jpeg, size):
        raise KeyboardInterrupt

    monkeypatch.setattr(data, "decode_image", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load(manual, cache="cache")
    assert list((tmp_path / "cache").iterdir()) == []
    monkeypatch.undo()
    _assert_made_up(load(manual, cache="cache"))


def test_a_lost_file_of_the_cache_is_made_again(load, manual, tmp_path):
    load(manual, cache="cache")
    for path in (tmp_path / "cache").glob("*_ages.npy"):
        path.unlink()
    _assert_made_up(load(manual, cache="cache"))


def test_agedb_and_imdb_wiki_load_as_well(load, tmp_path):
    agedb, imdb_wiki = tmp_path / "agedb", tmp_path / "imdb_wiki"
    paths = [f"AgeDB/{name}.jpg" for name in SPLITS]
    write_images(agedb, paths)
    rows = zip([1, 2, 3], paths, SPLITS, strict=True)
    write_labels(agedb / "agedb.csv", rows)
    with pytest.warns(UserWarning, match="not the published file"):
        faces = load(agedb, dataset="agedb_dir")
    assert [f.ages.tolist() for f in faces.values()] == [[1], [2], [3]]
    write_imdb_wiki(imdb_wiki)
    faces = load(imdb_wiki, dataset="imdb_wiki_dir")
    assert sorted(faces["train"].ages.tolist()) == [20, 40, 40]


@pytest.mark.parametrize("file_format", ["array_record", "tfrecord"])
def test_what_tensorflow_datasets_has_needs_no_folder(
    load, manual, tmp_path, file_format
):
    if file_format == "tfrecord":
        pytest.importorskip("tensorflow")
    Builder(data_dir=tmp_path / "tfds").download_and_prepare(
        file_format=file_format,
        download_config=tfds.download.DownloadConfig(manual_dir=manual),
    )
    _assert_made_up(load(None))


def test_a_dataset_by_another_name_is_refused(load, manual):
    with pytest.raises(ValueError, match="`dataset` must be one of 'agedb_d"):
        load(manual, dataset="utkface")


def test_a_size_of_zero_is_refused(load, manual):
    with pytest.raises(ValueError, match="`image_size` must be a whole"):
        load(manual, size=0)


@pytest.mark.parametrize("name", ["lost", "lost.npz", "notes.txt"])
def test_a_folder_that_is_none_is_refused(load, manual, name):
    (manual / "notes.txt").write_text("")
    with pytest.raises(ValueError, match="`data_dir` must be a folder or an"):
        load(manual / name)


def test_an_archive_is_no_folder_of_agedb(load, manual):
    with pytest.raises(ValueError, match=r"`data_dir` must be a folder\. Rec"):
        load(manual / "faces.npz", dataset="agedb_dir")


@pytest.mark.parametrize("dataset", ["agedb_dir", "utkface_dir"])
def test_files_that_are_missing_are_asked_for(load, dataset):
    with pytest.raises(SystemExit, match="--data-dir"):
        load(None, dataset=dataset)


def test_loading_needs_no_tensorflow(manual, tmp_path):
    if keras.config.backend() == "tensorflow":
        pytest.skip("this backend is TensorFlow")
    code = (
        "import sys; from apps.data.faces.data import load_splits; "
        f"load_splits('utkface_dir', {str(manual)!r}, 8, "
        f"tfds_dir={str(tmp_path)!r}); "
        "print('tensorflow' in sys.modules)"
    )
    assert last_line_of(code) == "False"


def test_real_faces_load_as_they_are_in_the_archive(load, tmp_path):
    """Every twentieth; `test_utkface_dir.py` counts all of them."""
    if not REAL.is_file():
        pytest.skip("needs ../shared/data/utkface_dir")
    with np.load(REAL) as archive:
        ages, splits = archive["age"][::20], archive["split"][::20]
        blob, offsets = archive["blob"], archive["offsets"]
    images = [
        blob[offsets[row] : offsets[row + 1]].tobytes()
        for row in range(0, len(offsets) - 1, 20)
    ]
    write_archive(tmp_path / "faces.npz", ages, splits, images)
    for name, faces in load(tmp_path / "faces.npz", size=16).items():
        rows = np.flatnonzero(splits == name)
        np.testing.assert_array_equal(faces.ages, ages[rows])
        expected = [decode_image(images[row], 16) for row in rows]
        np.testing.assert_array_equal(faces.images, expected)
