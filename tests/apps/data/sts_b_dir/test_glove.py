"""Reading of word vectors in all their forms."""

import functools
import hashlib
import zipfile

import keras
import numpy as np
import pytest

from apps.data.sts_b_dir import glove
from apps.data.sts_b_dir.glove import download_glove
from apps.data.sts_b_dir.glove import embedding_table
from apps.data.sts_b_dir.glove import load_glove

pytestmark = pytest.mark.no_backend

LINES = ["the 0.5 1 -2", "cat 1 2 3", "Cat 4 5 6", "paris 7 8 9"]


@pytest.fixture
def write(tmp_path):
    def write(*lines, suffix=".txt"):
        path = tmp_path / f"vectors{suffix}"
        text = "".join(f"{line}\n" for line in lines)
        if suffix == ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("vectors.txt", text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def save(tmp_path):
    def save(**arrays):
        path = tmp_path / "vectors.npz"
        np.savez(path, **arrays)
        return path

    return save


def _as_lists(vectors):
    return {word: vector.tolist() for word, vector in vectors.items()}


@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_wanted_words_are_read_and_no_others(write, suffix):
    vectors = load_glove(write(*LINES, suffix=suffix), ["the", "cat", "dog"])
    assert _as_lists(vectors) == {"the": [0.5, 1, -2], "cat": [1, 2, 3]}
    assert all(v.dtype == np.float32 for v in vectors.values())


@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_a_word_not_found_as_written_is_tried_in_lower_case(write, suffix):
    vectors = load_glove(write(*LINES, suffix=suffix), ["Cat", "CAT", "Paris"])
    assert _as_lists(vectors) == {
        "Cat": [4, 5, 6],
        "CAT": [1, 2, 3],
        "Paris": [7, 8, 9],
    }


@pytest.mark.parametrize("position", [0, 2, 4])
def test_words_may_hold_spaces_even_the_first_one(write, position):
    lines = [*LINES[:position], ". . . 0 1 2", *LINES[position:]]
    vectors = load_glove(write(*lines), [". . .", "cat"])
    assert _as_lists(vectors) == {". . .": [0, 1, 2], "cat": [1, 2, 3]}


@pytest.mark.parametrize("word", ["at 1_0", "to inf"])
def test_words_may_end_in_what_only_python_takes_for_a_number(write, word):
    vectors = load_glove(write(*LINES, f"{word} 1 2 3"), [word])
    assert _as_lists(vectors) == {word: [1, 2, 3]}


@pytest.mark.parametrize(
    "word", ["7", "1.5", "nan", "\u4f60", "caf\u00e9", "\xa0"]
)
def test_words_may_be_numbers_or_not_ascii(write, word):
    vectors = load_glove(write(f"{word} 1 2 3", *LINES), [word])
    assert _as_lists(vectors) == {word: [1, 2, 3]}


def test_only_line_feeds_end_a_line(write):
    vectors = load_glove(write("a\u2028b 1 2 3", *LINES), ["a\u2028b", "cat"])
    assert len(vectors) == 2


def test_windows_line_ends_and_trailing_spaces_are_read(write):
    path = write(*(f"{line} \r" for line in LINES))
    assert _as_lists(load_glove(path, ["cat"])) == {"cat": [1, 2, 3]}


@pytest.mark.parametrize(
    "bad", ["dog 1 2", "dog 1 2 3 4", "dog", "", "cat 1 x 3"]
)
@pytest.mark.parametrize("position", [0, 2, 4])
@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_another_width_names_file_and_line(write, bad, position, suffix):
    path = write(*LINES[:position], bad, *LINES[position:], suffix=suffix)
    message = rf"3 numbers .* at .*vectors{suffix}, line {position + 1}\."
    with pytest.raises(ValueError, match=message):
        load_glove(path, ["cat"])


@pytest.mark.parametrize("text", ["", "only words here", "tab\t1\t2\t3"])
@pytest.mark.parametrize("suffix", [".txt", ".zip"])
def test_a_file_without_numbers_is_refused(write, text, suffix):
    path = write(*[text] * bool(text), suffix=suffix)
    with pytest.raises(ValueError, match="must hold a word and numbers"):
        load_glove(path, ["only"])


def test_a_zip_of_several_texts_is_refused(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.50d.txt", LINES[0])
        archive.writestr("a.100d.txt", LINES[0])
    with pytest.raises(ValueError, match=r"one \.txt file; unpack it"):
        load_glove(path, ["the"])


@pytest.mark.parametrize("name", ["cut.zip", "cut.npz"])
def test_a_damaged_archive_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(ValueError, match=f"damaged.*{name}"):
        load_glove(tmp_path / name, ["the"])


@pytest.mark.parametrize("name", ["missing.txt", ""])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="`glove` must be a file"):
        load_glove(tmp_path / name, ["the"])


def test_another_kind_of_file_is_refused(tmp_path):
    (tmp_path / "vectors.bin").touch()
    with pytest.raises(ValueError, match=r"must be a \.txt, \.zip or \.npz"):
        load_glove(tmp_path / "vectors.bin", ["the"])


def test_an_npz_holds_its_words(save):
    path = save(words=["the", "cat"], vectors=np.eye(2, 3, dtype="float16"))
    vectors = load_glove(path, ["Cat"])
    assert _as_lists(vectors) == {"Cat": [0, 1, 0]}
    assert vectors["Cat"].dtype == np.float32


def test_words_may_lie_beside_the_npz(save, tmp_path):
    path = save(vectors=np.eye(2))
    (tmp_path / "words.txt").write_text("a\u2028b\ncat\n", encoding="utf-8")
    assert _as_lists(load_glove(path, ["cat"])) == {"cat": [0, 1]}


def test_the_widest_vectors_of_an_npz_are_taken(save):
    path = save(
        words=["a", "b"],
        vec3=np.zeros((2, 3)),
        vec5=np.ones((2, 5)),
        mask=np.ones(2, dtype=bool),
    )
    assert _as_lists(load_glove(path, ["a"])) == {"a": [1, 1, 1, 1, 1]}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"words": ["a"]}, "2-D array of vectors"),
        ({"vectors": np.ones((1, 2))}, r"`words`, or lie beside a words\.txt"),
        (
            {"words": ["a", "b"], "vectors": np.ones((3, 2))},
            "2 words and 3 vectors",
        ),
    ],
)
def test_an_incomplete_npz_is_refused(save, arrays, message):
    with pytest.raises(ValueError, match=message):
        load_glove(save(**arrays), ["a"])


def test_a_table_has_zeros_for_padding_and_the_vectors_of_known_words():
    vectors = {"cat": np.array([1, 2]), "dog": np.array([3, 5])}
    table = embedding_table(["<pad>", "<unk>", "dog", "cat"], vectors, seed=0)
    assert table.dtype == np.float32
    np.testing.assert_array_equal(table[[0, 2, 3]], [[0, 0], [3, 5], [1, 2]])


def test_unknown_words_get_noise_as_wide_as_the_vectors():
    rng = np.random.default_rng(1)
    vectors = {str(i): rng.normal(0, 0.4, 50) for i in range(50)}
    words = ["<pad>", *(f"unknown {i}" for i in range(200)), *vectors]
    table = embedding_table(words, vectors, seed=3)
    assert table[1:201].std() == pytest.approx(0.4, rel=0.05)
    np.testing.assert_array_equal(
        table, embedding_table(words, vectors, seed=3)
    )
    assert (table[1:201] != embedding_table(words, vectors, 4)[1:201]).all()


def test_no_vectors_at_all_are_refused():
    with pytest.raises(ValueError, match="no word was found"):
        embedding_table(["<pad>", "cat"], {}, seed=0)


def test_a_download_that_fails_says_what_to_give(monkeypatch):
    def fail(origin, file_hash):
        raise OSError(f"no way to {origin}")

    monkeypatch.setattr(keras.utils, "get_file", fail)
    with pytest.raises(SystemExit, match="Give a file with --glove"):
        download_glove()


@pytest.fixture
def hosted(tmp_path, monkeypatch):
    """A small zip in place of the real one, and an empty cache."""
    path = tmp_path / "host" / "glove.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("glove.txt", "dog 1.0 2.0\ncat 3.0 4.0\n")
    monkeypatch.setattr(glove, "URL", path.as_uri())
    cached = functools.partial(keras.utils.get_file, cache_dir=str(tmp_path))
    monkeypatch.setattr(keras.utils, "get_file", cached)
    return path


def test_a_download_is_checked_and_can_be_read(hosted, monkeypatch):
    digest = hashlib.sha256(hosted.read_bytes()).hexdigest()
    monkeypatch.setattr(glove, "SHA256", digest)
    vectors = load_glove(glove.download_glove(), ["dog"])
    np.testing.assert_array_equal(vectors["dog"], [1, 2])


def test_a_download_with_another_checksum_is_refused(hosted):
    with pytest.raises(SystemExit, match="Could not download"):
        glove.download_glove()
