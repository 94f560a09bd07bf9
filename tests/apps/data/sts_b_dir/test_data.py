"""Reading of the benchmark's files."""

import numpy as np
import pytest

from apps.data.sts_b_dir.data import load_splits
from apps.data.sts_b_dir.pair_files import read_pairs

HEADER = "a\tb\tc\td\te\tf\tg\tsentence1\tsentence2\tscore"


def _row(first="One.", second="Two.", score="2.5"):
    return "\t".join(["x"] * 7 + [first, second, score])


@pytest.fixture
def write(tmp_path):
    def write(*rows, header=HEADER, encoding="utf-8", newline="\n"):
        path = tmp_path / "some_new.tsv"
        text = newline.join([header, *rows]) + newline
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_rows_are_read_in_order(write):
    pairs = read_pairs(write(_row("A", "B", "0"), _row("C", "D", "5.000")))
    assert pairs.first == ["A", "C"]
    assert pairs.second == ["B", "D"]
    assert pairs.scores.dtype == np.float32
    np.testing.assert_array_equal(pairs.scores, [0, 5])


def test_lone_quotes_mean_nothing(write):
    path = write(_row('"Stop, he said.', 'It is 5" long'), _row('"', "'"))
    pairs = read_pairs(path)
    assert pairs.first == ['"Stop, he said.', '"']
    assert pairs.second == ['It is 5" long', "'"]


def test_other_line_breaks_are_text(write):
    sentence = "one\u2028two\x0bthree"
    assert read_pairs(write(_row(sentence))).first == [sentence]


def test_windows_line_ends_are_read(write):
    pairs = read_pairs(write(_row(), _row(), newline="\r\n"))
    np.testing.assert_array_equal(pairs.scores, [2.5, 2.5])


@pytest.mark.parametrize("empty", ["", "  "])
def test_a_pair_with_an_empty_sentence_is_skipped(write, empty):
    rows = _row(empty, "B"), _row("A", empty), _row("kept", "also kept")
    assert read_pairs(write(*rows)).first == ["kept"]


@pytest.mark.parametrize(
    "score", ["", "high", "nan", "-0.1", "5.1", "inf", "0_5"]
)
def test_a_score_out_of_range_names_file_and_line(write, score):
    path = write(_row(), _row(score=score))
    message = (
        "some_new.tsv, line 3: expected a score from 0 to 5 in column 10. "
        f"Received: '{score}'"
    )
    with pytest.raises(ValueError, match=message):
        read_pairs(path)


def test_too_few_columns_name_file_and_line(write):
    path = write(_row(), _row(), "One.\tTwo.\t2.5")
    message = "some_new.tsv, line 4: expected 10 columns. Received: 3"
    with pytest.raises(ValueError, match=message):
        read_pairs(path)


def test_another_encoding_names_file_and_line(write):
    path = write(_row(), _row("Café"), encoding="latin-1")
    with pytest.raises(ValueError, match=r"_new\.tsv, line 3: 'utf-8' codec"):
        read_pairs(path)


@pytest.mark.parametrize("rows", [[], [_row("", "")]])
def test_a_file_without_a_pair_is_refused(write, rows):
    with pytest.raises(ValueError, match=r"some_new\.tsv holds no sentence"):
        read_pairs(write(*rows))


def test_missing_files_of_a_folder_are_named(tmp_path, dummy_dir):
    dev = (dummy_dir / "dev_new.tsv").read_bytes()
    (tmp_path / "dev_new.tsv").write_bytes(dev)
    with pytest.raises(ValueError, match="Missing: ") as caught:
        load_splits(tmp_path)
    missing = str(caught.value).split("Missing: ")[1]
    assert "train_new.tsv" in missing
    assert "test_new.tsv" in missing
    assert "dev_new.tsv" not in missing


def test_the_benchmark_has_its_published_sizes(real_dir):
    splits = load_splits(real_dir)
    sizes = {name: len(pairs.scores) for name, pairs in splits.items()}
    assert sizes == {"train": 5249, "val": 1000, "test": 1000}
