"""Data sets of the comparison."""

import argparse
import re
from dataclasses import replace

import keras
import numpy as np
import pytest

from apps.age.data import Faces
from apps.age.settings import Settings
from apps.common.table_encoder import build_encoder
from apps.compare import run as run_module
from apps.compare.problem import Training
from apps.compare.problems import age
from apps.compare.problems import csv_table
from apps.compare.problems.load import load_problem
from apps.compare.run import run
from tests.apps.compare.made_up import write_prices


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


@pytest.fixture
def table(tmp_path):
    return write_prices(tmp_path / "prices.csv")


def test_the_first_column_is_the_target_and_text_is_one_hot(tmp_path):
    path = write(
        tmp_path / "t.csv",
        'price, "color, outside" ,size',
        "1.5,red,3",
        '2,"blue",1e1',
        "",
        "4.5, red,-2",
    ).removesuffix(".csv")
    for split in ("train", "val", "test"):
        (tmp_path / f"t_{split}.csv").write_text(
            (tmp_path / "t.csv").read_text()
        )
    problem = csv_table.load(path)
    x, y = problem.make_train(0, 1)
    # Blue, red, size.
    np.testing.assert_array_equal(x, [[0, 1, 3], [1, 0, 10], [0, 1, -2]])
    np.testing.assert_array_equal(y, [1.5, 2, 4.5])
    assert (problem.name, problem.unit) == ("t, price", "price")


def test_any_column_can_be_the_target(table):
    problem = csv_table.load(table, "size")
    x, y = problem.make_train(0, 1)
    np.testing.assert_allclose(x[:, 0], 2 * y + 0.5, atol=0.01)
    with pytest.raises(ValueError, match="`target` must be one of 'price', "):
        csv_table.load(table, "sizes")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path, table):
    path = tmp_path / "bom.csv"
    text = (tmp_path / "prices.csv").read_text()
    path.write_text(text, encoding="utf-8-sig")
    assert csv_table.load(str(path)).unit == "price"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["y,a", "1,2", ",3"], r"t\.csv, line 3, column 'y' must not be empty"),
        (["y,a", "1,2", "2,"], r"t\.csv, line 3, column 'a' must not be empty"),
        (["y,a", "1,NaN"], r"t\.csv, line 2, column 'a' must not .* 'NaN'"),
        (["y,a", "1,inf"], "column 'a' must not be empty, NaN or infinite"),
        (["y,a", "1,red", "2,"], r"line 3, column 'a' must not be empty"),
        (["y,a", "1,2", "x,2"], r"line 3, column 'y' must be a number.*'x'"),
        (["y,a", "1,2", "2"], r"t\.csv, line 3 must have 2 cells.*: 1"),
        (["y,y", "1,2"], "two different column names"),
        ([",y", "1,2"], "two different column names"),
        (["y", "1"], "two different column names"),
        (["1,2", "3,4"], "two different column names"),
        ([""], "two different column names"),
        (["y,a"], "must have rows below its header"),
        (["y,a", "1,2", "1,3"], "different values.*'y', which is 1 in every"),
        (["y,a", "1,2", "2,3"], "at least 3 rows .*: 2 rows"),
        (
            ["y,a", *(f"{i},v{i}" for i in range(21))],
            "Column 'a' must be numbers, or text .* 21 values, such as 'v0'",
        ),
    ],
)
def test_a_table_that_does_not_suit_is_refused(tmp_path, lines, message):
    path = write(tmp_path / "t.csv", *lines)
    with pytest.raises(ValueError, match=message):
        csv_table.load(path)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b"y,a\n1,\xff\n")
    with pytest.raises(ValueError, match="must be comma-separated text"):
        csv_table.load(str(path))


@pytest.fixture
def parts(tmp_path):
    """Three files; a kind is only in the last one."""
    write(tmp_path / "t_train.csv", "y,kind,a", "1,p,1", "2,q,2", "3,p,3")
    write(tmp_path / "t_val.csv", "y,kind,a", "7,p,4")
    write(tmp_path / "t_test.csv", "y,kind,a", "0,r,5", "9,q,6")
    return tmp_path


@pytest.mark.parametrize("name", ["t", "t_train.csv"])
def test_three_files_are_the_splits(parts, name):
    problem = csv_table.load(str(parts / name))
    x, y = problem.make_train(0, 1)
    np.testing.assert_array_equal(y, [1, 2, 3])
    np.testing.assert_array_equal(x, [[1, 0, 0, 1], [0, 1, 0, 2], [1, 0, 0, 3]])
    np.testing.assert_array_equal(problem.val[1], [7])
    np.testing.assert_array_equal(problem.test[0][0], [0, 0, 1, 5])
    # The range is that of all of them.
    assert (problem.task.low, problem.task.high) == (0, 10)
    assert problem.name == "t, y"


def test_three_files_have_the_same_columns(parts):
    write(parts / "t_val.csv", "y,a,kind", "7,4,p")
    with pytest.raises(ValueError, match=r"t_val\.csv must have the columns"):
        csv_table.load(str(parts / "t"))


def test_a_missing_file_of_three_is_named(parts):
    (parts / "t_val.csv").unlink()
    for name in ("t", "t_train.csv"):
        with pytest.raises(SystemExit, match=r"no \S*t_val\.csv\.$"):
            csv_table.load(str(parts / name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SystemExit, match=r"There is no file \S*x\.csv\.$"):
        csv_table.load(str(tmp_path / "x.csv"))
    with pytest.raises(SystemExit, match=r"x_train\.csv and no \S*x_val\.csv"):
        csv_table.load(str(tmp_path / "x"))


def test_a_lone_train_file_is_split_like_any_other(tmp_path):
    path = write_prices(tmp_path / "t_train.csv")
    assert len(csv_table.load(path).val[1]) > 0


def test_one_file_is_split_into_balanced_parts(table):
    problem = csv_table.load(table)
    labels = [problem.make_train(0, 1)[1], problem.val[1], problem.test[1]]
    assert sum(map(len, labels)) == 60
    bins = problem.task.bins
    train, val, test = (bins.counts(part) for part in labels)
    np.testing.assert_array_equal(val, test)
    assert val.max() == 1 < train.max()
    again = csv_table.load(table)
    np.testing.assert_array_equal(again.val[0], problem.val[0])


@pytest.mark.parametrize(
    ("labels", "edges"),
    [
        ([3, 7, 20], np.arange(3, 22)),
        ([-100, 100], np.arange(-100, 102)),
        ([0, 201], np.linspace(0, 201, 51)),
        ([0.123, 4.567], np.linspace(0.12, 4.57, 51)),
        ([-1234.5, 98765], np.linspace(-1300, 98800, 51)),
        ([-0.0021, 0.0022], np.linspace(-0.0021, 0.0022, 51)),
    ],
)
def test_bins_cover_the_labels_on_a_grid(labels, edges):
    bins = csv_table.bins_of(np.array(labels, "float64"), "y")
    np.testing.assert_allclose(bins.edges, edges, rtol=1e-5, atol=1e-8)
    assert bins.assign(labels).tolist()[0] == 0


def test_a_constant_column_divides_nothing_by_zero():
    x = np.array([[0.1, 1], [0.1, 3]] * 5)
    encoder = build_encoder(x, units=4)
    other = np.add(x, [0.5, 0])
    embeddings = encoder.predict(other, verbose=0)
    assert np.all(np.isfinite(embeddings))
    assert np.abs(embeddings).max() < 10


def arguments_of(dataset, **given):
    flags = {
        "data_dir": None,
        "glove": None,
        "target": None,
        "epochs": None,
        **given,
    }
    return argparse.Namespace(dataset=dataset, **flags)


def test_diamonds_are_found_by_name():
    pytest.importorskip("plotnine")
    problem = load_problem(arguments_of("diamonds"))
    x, y = problem.make_train(0, 1)
    assert x.shape == (len(y), 9) == (len(problem.task.labels), 9)
    assert problem.make_encoder(0).output_shape == (None, 128)
    assert problem.unit == "dollars"
    assert len(problem.val[1]) == len(problem.test[1])


def test_a_path_is_a_table(table):
    assert load_problem(arguments_of(table)).name == "prices, price"


def test_an_unknown_name_is_refused_with_what_there_is():
    with pytest.raises(
        ValueError, match=r"one of diamonds, sts_b_dir, .*CSV.*: 'diamond'"
    ):
        load_problem(arguments_of("diamond"))


def test_the_digest_is_of_the_data(tmp_path, table):
    digest = csv_table.load(table).digest
    assert re.fullmatch("[0-9a-f]{16}", digest)
    assert csv_table.load(table).digest == digest
    longer = replace(csv_table.load(table), training=Training(epochs=3))
    assert longer.digest == digest
    others = {csv_table.load(table, "size").digest}
    for count, scale in ((60, 1000), (61, 1)):
        path = write_prices(tmp_path / "prices.csv", count, scale)
        others.add(csv_table.load(path).digest)
    assert len(others | {digest}) == 4


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize("column", [0, 1])
def test_the_digest_is_of_every_split(parts, split, column):
    before = csv_table.load(str(parts / "t")).digest
    path = parts / f"t_{split}.csv"
    *rows, last = path.read_text().splitlines()
    y, kind, a = last.split(",")
    changed = [f"{y}.25,{kind},{a}", f"{y},{kind},{a}.25"][column]
    write(path, *rows, changed)
    assert csv_table.load(str(parts / "t")).digest != before


def made_up_faces(count, seed):
    rng = np.random.default_rng(seed)
    ages = (np.arange(count) ** 2 % 97 + 1).astype("float32")
    return Faces(rng.integers(0, 255, (count, 16, 16, 3), "uint8"), ages)


@pytest.fixture
def faces(monkeypatch):
    """The problem on 20 small faces, with a small network."""
    splits = {
        name: made_up_faces(count, seed)
        for seed, (name, count) in enumerate(
            {"train": 20, "val": 6, "test": 7}.items()
        )
    }
    monkeypatch.setattr(age, "load_splits", lambda *arguments: splits)
    monkeypatch.setattr(
        age, "PRESET", Settings(backbone="resnet10", width=0.1, image_size=16)
    )
    monkeypatch.setattr(
        age, "TRAINING", Training(epochs=1, batch_size=8, learning_rate=1e-3)
    )
    return age.load("utkface_dir")


def tiny_encoder(seed):
    inputs = keras.Input((16, 16, 3), dtype="uint8")
    pixels = keras.layers.Rescaling(1 / 255)(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(4)(pixels))


def test_the_digest_of_faces_is_of_their_ages(faces):
    x, y = faces.test
    other = replace(faces, test=(x, y + 1))
    assert other.digest != faces.digest == replace(faces).digest


def test_batches_of_faces_hold_their_views_under_their_ages(faces):
    x, y = faces.make_train(0, 1)[1]
    assert (x.shape, x.dtype, y.shape) == ((8, 16, 16, 3), np.uint8, (8,))
    x, y = faces.make_train(0, 2)[1]
    assert x.shape == (16, 16, 16, 3)
    np.testing.assert_array_equal(y[:8], y[8:])
    assert not np.array_equal(x[:8], x[8:])


def test_epochs_of_faces_differ_and_seeds_repeat_them(faces):
    batches, again = faces.make_train(3, 1), faces.make_train(3, 1)
    first = batches[0]
    np.testing.assert_array_equal(first[0], again[0][0])
    assert not np.array_equal(faces.make_train(4, 1)[0][1], first[1])
    batches.on_epoch_end()
    assert not np.array_equal(batches[0][1], first[1])
    again.on_epoch_end()
    np.testing.assert_array_equal(batches[1][0], again[1][0])


def test_fit_draws_faces_anew_each_epoch(faces):
    """One worker, or batches of the old order would be read ahead."""
    batches = faces.make_train(0, 1)
    assert (batches.workers, batches.use_multiprocessing) == (1, False)
    means = []
    for _ in range(5):
        means.append(np.mean([batches[index][1] for index in (0, 1)]))
        batches.on_epoch_end()
    assert len(set(means)) == 5

    def age_seen(y_true, y_pred):
        return keras.ops.mean(y_true, axis=-1)

    model = keras.Sequential([tiny_encoder(0), keras.layers.Dense(1)])
    model.compile(loss="mae", metrics=[age_seen])
    history = model.fit(faces.make_train(0, 1), epochs=3, verbose=0).history
    # Keras may go past an epoch to see what batches look like.
    first = np.argmin(np.abs(np.array(means) - history["age_seen"][0]))
    wanted = means[first : first + 3]
    np.testing.assert_allclose(history["age_seen"], wanted, rtol=1e-5)


@pytest.mark.slow
def test_the_encoder_takes_images_as_they_are(faces):
    x, y = faces.val
    embeddings = faces.make_encoder(0).predict(x, verbose=0)
    assert embeddings.shape[0] == len(y)
    assert np.all(np.isfinite(embeddings))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["con_r", "rrt_lds", "rank_n_contrast"])
def test_methods_are_trained_on_faces(faces, method, monkeypatch):
    steps = []

    class Steps(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            steps.append(self.params["steps"])

    monkeypatch.setattr(run_module, "_callbacks", lambda *settings: [Steps()])
    problem = replace(faces, make_encoder=tiny_encoder)
    line = run(problem, method, {}, 0, ("val", "test"))
    assert not line["diverged"]
    assert line["val"]["counts"]["all"] == 6
    assert line["test"]["counts"]["all"] == 7
    # Images in full batches; heads on the embeddings of all 20 plain faces, in
    # batches of 8 too.
    wanted = {"con_r": [2], "rrt_lds": [2, 3], "rank_n_contrast": [3]}
    assert steps == wanted[method]
