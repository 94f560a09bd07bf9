"""What becomes of photos, readable or not."""

import functools
import warnings

import pytest

from apps.data.faces.datasets.files import FilesUnavailable
from apps.data.faces.datasets.photos import MOST_NAMED
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split
from apps.data.faces.datasets.photos import generate_examples
from tests.apps.data.faces.datasets.made_up import gray
from tests.apps.data.faces.datasets.made_up import jpeg


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
