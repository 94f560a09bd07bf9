"""AgeDB-DIR from images in a folder and a csv, given or downloaded."""

import hashlib

import pytest
import tensorflow_datasets as tfds

from apps.data.faces.datasets import agedb_dir_dataset_builder as dataset
from apps.data.faces.datasets.agedb_dir_dataset_builder import Builder
from apps.data.tfds_files import COMMIT
from apps.data.tfds_files import FilesUnavailable
from tests.apps.data.faces.datasets.made_up import ages
from tests.apps.data.faces.datasets.made_up import examples
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import jpeg
from tests.apps.data.faces.datasets.made_up import names
from tests.apps.data.faces.datasets.made_up import prepare
from tests.apps.data.faces.datasets.made_up import write_images
from tests.apps.data.faces.datasets.made_up import write_labels

pytestmark = pytest.mark.no_backend

ROWS = [
    (31, "AgeDB/0_Ann_31_f.jpg", "train"),
    (59, "AgeDB/1_Ann_59_f.jpg", "val"),
    (44, "AgeDB/2_Bob_44_m.jpg", "train"),
    (101, "AgeDB/3_Cem_101_m.jpg", "test"),
]


@pytest.fixture
def manual(tmp_path):
    """A folder with the images, and without the csv."""
    folder = tmp_path / "manual"
    write_images(folder, [path for _, path, _ in ROWS])
    return folder


def _pin(monkeypatch, path):
    """Makes a csv the published one."""
    content = path.read_bytes()
    info = tfds.core.download.checksums.UrlInfo(
        tfds.core.utils.Size(len(content)),
        hashlib.sha256(content).hexdigest(),
        path.name,
    )
    monkeypatch.setattr(Builder, "url_infos", {dataset.LABELS_URL: info})


@pytest.fixture
def published(manual, monkeypatch):
    write_labels(manual / "agedb.csv", ROWS)
    _pin(monkeypatch, manual / "agedb.csv")
    return manual


def _prepare(tmp_path, manual):
    return prepare(Builder, tmp_path / "prepared", manual_dir=manual)


def test_the_csv_is_pinned_to_a_commit_and_a_checksum(real_agedb_csv):
    content = real_agedb_csv.read_bytes()
    info = Builder.url_infos[dataset.LABELS_URL]
    assert COMMIT in dataset.LABELS_URL
    assert info.size == len(content)
    assert info.checksum == hashlib.sha256(content).hexdigest()


def test_faces_are_those_of_the_csv_in_its_order(tmp_path, published):
    builder = _prepare(tmp_path, published)
    assert ages(builder, "train") == [31, 44]
    assert ages(builder, "val") == [59]
    assert ages(builder, "test") == [101]
    assert names(builder, "train") == [ROWS[0][1], ROWS[2][1]]
    assert examples(builder, "train")[1]["image"] == jpeg(gray(2))


def test_without_the_csv_it_is_downloaded(tmp_path, manual, serve, monkeypatch):
    folder, address = serve
    monkeypatch.setattr(dataset, "LABELS_URL", f"{address}/agedb.csv")
    write_labels(folder / "agedb.csv", ROWS)
    _pin(monkeypatch, folder / "agedb.csv")
    assert ages(_prepare(tmp_path, manual), "train") == [31, 44]


def test_a_download_with_another_checksum_is_refused(
    tmp_path, manual, serve, monkeypatch
):
    folder, address = serve
    monkeypatch.setattr(dataset, "LABELS_URL", f"{address}/agedb.csv")
    write_labels(folder / "agedb.csv", ROWS)
    _pin(monkeypatch, folder / "agedb.csv")
    write_labels(folder / "agedb.csv", ROWS[1:])
    with pytest.raises(FilesUnavailable, match="wrong checksum"):
        _prepare(tmp_path, manual)


def test_another_csv_in_the_folder_is_taken_and_warned_of(tmp_path, published):
    rows = [(31, ROWS[0][1], "val"), *ROWS[1:]]
    write_labels(published / "agedb.csv", rows)
    with pytest.warns(UserWarning, match=r"agedb\.csv is not the published"):
        builder = _prepare(tmp_path, published)
    assert ages(builder, "val") == [31, 59]


def test_a_missing_image_is_named_and_left_out(tmp_path, published):
    (published / ROWS[2][1]).unlink()
    message = r'1 of 2 images of "train" .*\n  AgeDB/2_Bob_44_m\.jpg \('
    with pytest.warns(UserWarning, match=message):
        builder = _prepare(tmp_path, published)
    assert ages(builder, "train") == [31]


def test_a_file_outside_the_folder_is_named_and_left_out(tmp_path, manual):
    (tmp_path / "secret.jpg").write_bytes(jpeg(gray(9)))
    rows = [*ROWS, (20, "AgeDB/../../secret.jpg", "train")]
    write_labels(manual / "agedb.csv", rows)
    with pytest.warns(UserWarning, match=r"\n  AgeDB/\.\..*leads out"):
        builder = _prepare(tmp_path, manual)
    assert ages(builder, "train") == [31, 44]


def test_a_split_without_an_image_asks_for_them(tmp_path, published):
    (published / ROWS[1][1]).write_bytes(b"")
    message = r'"val" has no image .*\n.*1_Ann_59.*\nGet the images from'
    with pytest.raises(FilesUnavailable, match=message):
        _prepare(tmp_path, published)


@pytest.mark.parametrize("given", ["nothing", "AgeDB itself"])
def test_what_is_missing_is_asked_for(tmp_path, manual, given):
    folder = manual / "AgeDB" if given == "AgeDB itself" else tmp_path / "none"
    with pytest.raises(FilesUnavailable) as caught:
        _prepare(tmp_path, folder)
    for part in (
        "https://ibug.doc.ic.ac.uk/resources/agedb",
        "one folder holds AgeDB/*.jpg",
        "not AgeDB itself",
        dataset.LABELS_URL,
        "--data-dir",
    ):
        assert part in str(caught.value)


def test_without_a_network_the_csv_is_asked_for(tmp_path, manual, monkeypatch):
    # Nothing listens on port 1.
    monkeypatch.setattr(dataset, "LABELS_URL", "http://127.0.0.1:1/agedb.csv")
    message = r"Could not download http://127\.0\.0\.1:1/agedb\.csv"
    with pytest.raises(FilesUnavailable, match=message):
        _prepare(tmp_path, manual)
