"""IMDB-WIKI-DIR from unpacked archives or their download."""

import hashlib
import tarfile

import pytest

from apps.data.faces.datasets import imdb_wiki_dir_dataset_builder as dataset
from apps.data.faces.datasets.imdb_wiki_dir_dataset_builder import Builder
from apps.data.tfds_files import FilesUnavailable
from tests.apps.data.faces.datasets.made_up import ages
from tests.apps.data.faces.datasets.made_up import examples
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import jpeg
from tests.apps.data.faces.datasets.made_up import names
from tests.apps.data.faces.datasets.made_up import prepare
from tests.apps.data.faces.datasets.made_up import write_images
from tests.apps.data.faces.datasets.made_up import write_imdb_wiki
from tests.apps.data.faces.datasets.made_up import write_labels

pytestmark = pytest.mark.no_backend

ALL = ("train", "val", "test")


@pytest.fixture
def manual(tmp_path):
    folder = tmp_path / "manual"
    write_imdb_wiki(folder)
    return folder


def _prepare(tmp_path, manual):
    return prepare(Builder, tmp_path / "prepared", manual_dir=manual)


def test_without_a_csv_the_rule_splits_both_parts_together(tmp_path, manual):
    builder = _prepare(tmp_path, manual)
    # Four faces of 40 years and two of 20 in imdb, two and one in wiki.
    for split in ("val", "test"):
        assert sorted(ages(builder, split)) == [20, 40, 40]
    assert sorted(ages(builder, "train")) == [20, 40, 40]
    found = {name for split in ALL for name in names(builder, split)}
    assert found == {
        *(f"imdb_crop/0{row}/face.jpg" for row in range(6)),
        *(f"wiki_crop/0{row}/face.jpg" for row in range(3)),
    }


def test_a_face_keeps_its_image(tmp_path, manual):
    builder = _prepare(tmp_path, manual)
    for split in ALL:
        for row in examples(builder, split):
            path = manual / row["name"].decode()
            assert row["image"] == path.read_bytes()


def test_the_published_csv_decides_over_the_metadata(tmp_path, manual):
    (manual / "imdb_crop" / "imdb.mat").unlink()
    rows = [
        (41, "imdb_crop/05/face.jpg", "train"),
        (17, "wiki_crop/02/face.jpg", "test"),
        (23, "imdb_crop/00/face.jpg", "val"),
        (186, "wiki_crop/00/face.jpg", "train"),
    ]
    write_labels(manual / "imdb_wiki.csv", rows)
    builder = _prepare(tmp_path, manual)
    assert ages(builder, "train") == [41, 186]
    assert ages(builder, "val") == [23]
    assert names(builder, "test") == ["wiki_crop/02/face.jpg"]
    assert examples(builder, "train")[0]["image"] == jpeg(gray(5))


def test_a_path_outside_the_two_folders_is_refused(tmp_path, manual):
    write_labels(manual / "imdb_wiki.csv", [(41, "05/face.jpg", "train")])
    message = r"begin with imdb_crop or wiki_crop\. Received: '05/face\.jpg'"
    with pytest.raises(ValueError, match=message):
        _prepare(tmp_path, manual)


def test_a_link_out_of_the_folder_is_named_and_left_out(tmp_path, manual):
    face = manual / "imdb_crop/00/face.jpg"
    face.rename(tmp_path / "face.jpg")
    face.symlink_to(tmp_path / "face.jpg")
    with pytest.warns(UserWarning, match=r"imdb_crop/00/face\.jpg .*leads out"):
        _prepare(tmp_path, manual)


def test_a_damaged_image_is_named(tmp_path, manual):
    builder = _prepare(tmp_path, manual)
    lost = names(builder, "train")[0]
    (manual / lost).write_bytes(b"")
    message = rf'1 of 3 images of "train" .*\n  {lost} \('
    with pytest.warns(UserWarning, match=message):
        prepare(Builder, tmp_path / "again", manual_dir=manual)


def test_archives_are_downloaded_and_unpacked(
    tmp_path, manual, serve, monkeypatch
):
    folder, address = serve
    monkeypatch.setattr(dataset, "URL_ROOT", address)
    for part in dataset.PARTS:
        with tarfile.open(folder / f"{part}_crop.tar", "w") as archive:
            archive.add(manual / f"{part}_crop", f"{part}_crop")
    builder = prepare(Builder, tmp_path / "downloaded")
    by_hand = _prepare(tmp_path, manual)
    for split in ALL:
        assert names(builder, split) == names(by_hand, split)


def test_checksums_of_a_download_can_be_written_down(
    tmp_path, manual, serve, monkeypatch
):
    folder, address = serve
    monkeypatch.setattr(dataset, "URL_ROOT", address)
    # The file beside the builder is part of the project.
    monkeypatch.setattr(Builder, "code_path", tmp_path / "builder.py")
    for part in dataset.PARTS:
        with tarfile.open(folder / f"{part}_crop.tar", "w") as archive:
            archive.add(manual / f"{part}_crop", f"{part}_crop")
    prepare(Builder, tmp_path / "downloaded", register_checksums=True)
    lines = (tmp_path / "checksums.tsv").read_text().splitlines()
    for part, line in zip(dataset.PARTS, lines, strict=True):
        content = (folder / f"{part}_crop.tar").read_bytes()
        assert line.split("\t")[:3] == [
            f"{address}/{part}_crop.tar",
            str(len(content)),
            hashlib.sha256(content).hexdigest(),
        ]


def test_what_the_folder_lacks_is_asked_for(tmp_path, manual, monkeypatch):
    # Nothing listens on port 1.
    monkeypatch.setattr(dataset, "URL_ROOT", "http://127.0.0.1:1")
    (manual / "wiki_crop").rename(manual / "elsewhere")
    with pytest.raises(FilesUnavailable) as caught:
        _prepare(tmp_path, manual)
    for part in (
        "Could not download http://127.0.0.1:1/wiki_crop.tar",
        "https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki/static",
        "holds imdb_crop/ and wiki_crop/",
        "imdb_wiki.csv",
        "--data-dir",
    ):
        assert part in str(caught.value)


def test_too_few_faces_to_split_are_refused(tmp_path):
    write_imdb_wiki(tmp_path / "manual", num_faces=1)
    with pytest.raises(FilesUnavailable, match='"val" has no image'):
        _prepare(tmp_path, tmp_path / "manual")


def test_images_are_not_in_the_way_of_each_other(tmp_path, manual):
    """Both parts may use one path."""
    write_images(manual / "wiki_crop", ["05/face.jpg"])
    builder = _prepare(tmp_path, manual)
    for split in ALL:
        assert len(set(names(builder, split))) == len(names(builder, split))
