"""What becomes of photos, readable or not."""

import functools
import os
import warnings

import pytest

from apps.data.faces.datasets.photos import MOST_BYTES
from apps.data.faces.datasets.photos import MOST_NAMED
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split
from apps.data.faces.datasets.photos import generate_examples
from apps.data.tfds_files import FilesUnavailable
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import jpeg

pytestmark = pytest.mark.no_backend


def _photo(number, content=None):
    content = jpeg(gray(number)) if content is None else content
    return Photo(f"face{number}.jpg", float(number), lambda: content)


def test_an_example_holds_the_bytes_of_the_file():
    [(number, example)] = generate_examples("train", [_photo(7)], "Ask.")
    assert number == 0
    assert example == {
        "image": jpeg(gray(7)),
        "age": 7.0,
        "name": "face7.jpg",
    }


def test_readable_photos_are_not_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        examples = generate_examples("train", [_photo(1)] * 3, "Ask.")
        assert len(list(examples)) == 3


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>not found</html>", jpeg(gray(1))[:-200], jpeg(gray(1))[200:]],
    ids=["empty", "page", "cut short", "without a start"],
)
def test_a_damaged_photo_is_named_counted_and_left_out(content):
    photos = [_photo(0), _photo(1, content), _photo(2)]
    message = (
        r'1 of 3 images of "val" cannot be read and were left out\.'
        r"\n  face1\.jpg \(.+\)$"
    )
    with pytest.warns(UserWarning, match=message):
        examples = dict(generate_examples("val", photos, "Ask."))
    # Numbers have no gap: tensorflow-datasets orders by them.
    assert list(examples) == [0, 1]
    assert [row["name"] for row in examples.values()] == [
        "face0.jpg",
        "face2.jpg",
    ]


def test_a_missing_file_is_named(tmp_path):
    lost = Photo("lost.jpg", 3.0, (tmp_path / "lost.jpg").read_bytes)
    examples = generate_examples("test", [lost, _photo(1)], "Ask.")
    with pytest.warns(UserWarning, match=r"1 of 2 .*\n  lost\.jpg \(.*No such"):
        assert len(list(examples)) == 1


def test_a_long_list_is_cut_and_says_so():
    photos = [_photo(0), *(_photo(n, b"x") for n in range(1, MOST_NAMED + 4))]
    with pytest.warns(UserWarning, match="cannot be read") as caught:
        list(generate_examples("train", photos, "Ask."))
    lines = str(caught[0].message).split("\n")
    assert lines[0].startswith(f"{MOST_NAMED + 3} of {MOST_NAMED + 4} images")
    assert len(lines) == 1 + MOST_NAMED + 1
    assert lines[-1] == "  and 3 more"


@pytest.mark.parametrize("photos", [[], [_photo(1, b"x")]])
def test_a_split_without_a_readable_photo_is_refused(photos):
    with pytest.raises(FilesUnavailable, match=r'(?s)"val" has no im.*\nAsk'):
        list(generate_examples("val", photos, "Ask."))


def test_photos_go_to_their_splits_in_order():
    photos = [_photo(n) for n in range(5)]
    parts = by_split(photos, ["test", "train", "val", "train", "test"])
    assert {k: [p.age for p in v] for k, v in parts.items()} == {
        "train": [1, 3],
        "val": [2],
        "test": [0, 4],
    }


def test_photos_are_read_one_at_a_time():
    read = []

    def content(number):
        read.append(number)
        return jpeg(gray(number))

    photos = [
        Photo(str(n), 1.0, functools.partial(content, n)) for n in range(3)
    ]
    next(iter(generate_examples("train", photos, "Ask.")))
    assert read == [0]


@pytest.fixture
def folders(tmp_path):
    """A folder of photos, with a secret beside it and ways to that."""
    folder, secret = tmp_path / "faces", tmp_path / "secret.jpg"
    secret.write_bytes(jpeg(gray(1)))
    (folder / "a").mkdir(parents=True)
    (folder / "a/face.jpg").write_bytes(jpeg(gray(2)))
    (folder / "a/inner.jpg").symlink_to(folder / "a/face.jpg")
    (folder / "a/link.jpg").symlink_to(secret)
    (folder / "link.jpg").symlink_to(secret)
    (folder / "a/up").symlink_to(tmp_path)
    (folder / "big.jpg").write_bytes(jpeg(gray(1)))
    os.truncate(folder / "big.jpg", MOST_BYTES + 1)
    os.mkfifo(folder / "pipe.jpg")
    (folder / "elsewhere").symlink_to(folder / "a")
    return folder


@pytest.mark.parametrize(
    "name", ["a/face.jpg", "a/inner.jpg", "elsewhere/face.jpg"]
)
def test_a_file_in_its_folder_is_read(folders, name):
    assert Photo.of_file(folders, name, 3.0).read() == jpeg(gray(2))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../secret.jpg", "leads out"),
        ("a/../../secret.jpg", "leads out"),
        ("/etc/hostname", "leads out"),
        ("link.jpg", "leads out"),
        ("a/link.jpg", "leads out"),
        ("a/up/secret.jpg", "leads out"),
        ("/dev/zero", "leads out"),
        ("pipe.jpg", "no regular file"),
        ("a", "no regular file"),
        ("", "no regular file"),
        ("big.jpg", "more than"),
        ("a/b\0.jpg", "null"),
        ("none.jpg", "No such file"),
    ],
)
def test_what_is_no_file_in_its_folder_is_left_out(folders, name, why):
    photos = [Photo.of_file(folders, name, 3.0), _photo(1)]
    examples = generate_examples("test", photos, "Ask.")
    with pytest.warns(UserWarning, match=f"1 of 2 .*(?s:.*){why}"):
        assert len(list(examples)) == 1


@pytest.mark.parametrize("age", [-1.0, float("nan"), float("inf"), 1e39])
def test_an_age_that_is_none_is_refused(age):
    with pytest.raises(ValueError, match=r"face must have an age from 0"):
        Photo("face", age, bytes)
