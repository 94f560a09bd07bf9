"""UTKFace from an archive, and from the published files."""

import os
import shutil
from collections import Counter

import numpy as np
import pytest

from apps.data.faces.datasets.utkface_archive import read_archive
from apps.data.faces.datasets.utkface_dir_dataset_builder import Builder
from apps.data.faces.datasets.utkface_files import MOST_PER_AGE
from apps.data.tfds_files import FilesUnavailable
from tests.apps.data.faces.datasets.made_up import ages
from tests.apps.data.faces.datasets.made_up import examples
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import jpeg
from tests.apps.data.faces.datasets.made_up import names
from tests.apps.data.faces.datasets.made_up import prepare
from tests.apps.data.faces.datasets.made_up import write_archive

pytestmark = pytest.mark.no_backend

SPLITS = ["val", "train", "test", "train"]


@pytest.fixture
def manual(tmp_path):
    folder = tmp_path / "manual"
    folder.mkdir()
    return folder


def _write_files(folder, num_faces=6, age=30):
    for row in range(num_faces):
        path = folder / f"{age}_1_0_2017{row:02}.jpg.chip.jpg"
        path.write_bytes(jpeg(gray(row)))


def _prepare(tmp_path, manual):
    return prepare(Builder, tmp_path / "prepared", manual_dir=manual)


def test_an_archive_keeps_its_ages_splits_order_and_bytes(tmp_path, manual):
    write_archive(manual / "faces.npz", [40, 1, 116, 7], SPLITS)
    builder = _prepare(tmp_path, manual)
    assert ages(builder, "train") == [1, 7]
    assert ages(builder, "val") == [40]
    assert ages(builder, "test") == [116]
    assert names(builder, "train") == ["faces.npz[1]", "faces.npz[3]"]
    first, second = examples(builder, "train")
    assert first["image"] == jpeg(gray(1))
    assert second["image"] == jpeg(gray(3))
    assert builder.info.features["age"].np_dtype == np.float32


def test_a_damaged_image_of_an_archive_is_named(tmp_path, manual):
    images = [jpeg(gray(0)), jpeg(gray(1))[:-200], jpeg(gray(2)), b"?"]
    write_archive(
        manual / "faces.npz",
        [1, 2, 3, 4, 5],
        [*SPLITS, "train"],
        [*images, jpeg(gray(4))],
    )
    message = r'2 of 3 images of "train" .*\n  faces.npz\[1\] .*\n.*npz\[3\]'
    with pytest.warns(UserWarning, match=message):
        builder = _prepare(tmp_path, manual)
    assert ages(builder, "train") == [5]


def test_files_are_split_by_the_ages_in_their_names(tmp_path, manual):
    _write_files(manual, age=30)
    _write_files(manual, age=7)
    builder = _prepare(tmp_path, manual)
    assert sorted(ages(builder, "val")) == [7, 7, 30, 30]
    assert sorted(ages(builder, "test")) == [7, 7, 30, 30]
    assert sorted(ages(builder, "train")) == [7, 7, 30, 30]


def test_a_name_without_gender_and_race_is_enough(tmp_path, manual):
    _write_files(manual)
    (manual / "110_20170109.jpg").write_bytes(jpeg(gray(9)))
    assert 110 in ages(_prepare(tmp_path, manual), "train")


def test_copies_of_a_file_are_in_one_split(tmp_path, manual):
    _write_files(manual, num_faces=30)
    for path in list(manual.iterdir()):
        shutil.copy(path, path.with_name(f"30_copy_{path.name}"))
    builder = _prepare(tmp_path, manual)
    seen = {
        split: {row["image"] for row in examples(builder, split)}
        for split in ("train", "val", "test")
    }
    assert all(len(images) > 1 for images in seen.values())
    assert not seen["train"] & seen["val"]
    assert not seen["train"] & seen["test"]
    assert not seen["val"] & seen["test"]


def test_an_image_with_another_name_is_named_and_left_out(tmp_path, manual):
    _write_files(manual)
    (manual / "holiday.jpg").write_bytes(jpeg(gray(9)))
    (manual / "30_notes.txt").write_text("no image")
    with pytest.warns(UserWarning, match=r"1 images of .*\n  holiday\.jpg$"):
        builder = _prepare(tmp_path, manual)
    total = sum(len(ages(builder, s)) for s in ("train", "val", "test"))
    assert total == 6


@pytest.mark.parametrize("given", ["nothing", "no face", "too few"])
def test_what_is_missing_is_asked_for(tmp_path, manual, given):
    if given == "no face":
        (manual / "readme.txt").write_text("no image")
    if given == "too few":
        _write_files(manual, num_faces=2)
    with pytest.raises(FilesUnavailable) as caught:
        _prepare(tmp_path, manual)
    for part in (
        "https://susanqq.github.io/UTKFace",
        "non-commercial research",
        "[age]_[gender]_[race]_[date]",
        "--data-dir",
    ):
        assert part in str(caught.value)


def test_a_link_and_a_pipe_are_named_and_left_out(tmp_path, manual):
    _write_files(manual)
    (tmp_path / "secret.jpg").write_bytes(jpeg(gray(9)))
    (manual / "30_link.jpg").symlink_to(tmp_path / "secret.jpg")
    os.mkfifo(manual / "30_pipe.jpg")
    with pytest.warns(UserWarning, match="left out") as caught:
        builder = _prepare(tmp_path, manual)
    said = "".join(str(one.message) for one in caught)
    assert "30_link.jpg (it leads out" in said
    assert "30_pipe.jpg (it is no regular file" in said
    assert sum(len(ages(builder, split)) for split in SPLITS[:3]) == 6


@pytest.mark.parametrize("age", [-1, 2000])
def test_an_archive_with_an_age_that_is_none_is_refused(tmp_path, age):
    path = tmp_path / "faces.npz"
    write_archive(path, [1, 2, age, 4], SPLITS)
    with pytest.raises(ValueError, match=r"faces\.npz\[2\] must have an age"):
        read_archive(path)


def test_two_archives_are_one_too_many(tmp_path, manual):
    for name in ("a.npz", "b.npz"):
        write_archive(manual / name, [40, 1, 116, 7], SPLITS)
    message = r"must hold one \.npz\. Received: a\.npz, b\.npz"
    with pytest.raises(FilesUnavailable, match=message):
        _prepare(tmp_path, manual)


def test_an_archive_of_another_form_is_refused_by_name(tmp_path):
    path = tmp_path / "faces.npz"
    np.savez(path, blob=np.zeros(3))
    with pytest.raises(ValueError, match=r"faces\.npz must be .*offsets"):
        read_archive(path)
    path.write_text("no archive")
    with pytest.raises(
        ValueError, match=r"faces\.npz must be an \.npz of blob"
    ):
        read_archive(path)


def test_an_archive_with_too_few_ages_is_refused(tmp_path):
    path = tmp_path / "faces.npz"
    write_archive(path, [1, 2], ["train"], [jpeg(gray(0))] * 2)
    message = r"faces\.npz must hold one more .* 3 offsets, 2 ages, 1 splits"
    with pytest.raises(ValueError, match=message):
        read_archive(path)


def test_an_archive_with_another_split_is_refused(tmp_path):
    path = tmp_path / "faces.npz"
    write_archive(path, [1, 2], ["train", "dev"])
    with pytest.raises(ValueError, match=r"must name the splits .* 'dev'"):
        read_archive(path)


def test_utkface_has_its_sizes_and_ages(real_utkface):
    photos = read_archive(real_utkface)
    sizes = {name: len(split) for name, split in photos.items()}
    assert sizes == {"train": 19_347, "val": 1_255, "test": 1_255}
    found = [photo.age for split in photos.values() for photo in split]
    assert (min(found), max(found)) == (1, 116)
    for name in ("val", "test"):
        counts = Counter(photo.age for photo in photos[name])
        assert max(counts.values()) == MOST_PER_AGE
