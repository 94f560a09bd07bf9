import json

import numpy as np
import pytest

pytest.importorskip("plotnine")

from apps.diamonds import data
from apps.diamonds import report
from apps.diamonds.train import _verdict
from apps.diamonds.train import main
from keras_groupdir.layers.routing import ROUTINGS


@pytest.fixture(scope="module")
def splits():
    return data.load_splits(seed=0)


def test_every_distinct_diamond_is_in_one_split(splits):
    rows = np.concatenate([np.c_[s.x, s.y] for s in splits.values()])
    assert len(rows) == 53940 - 146
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_prices_are_those_of_the_data_set(splits):
    prices = np.concatenate([split.y for split in splits.values()])
    assert (prices.min(), prices.max()) == (326, 18823)


def test_held_out_sets_are_balanced_and_training_is_not(splits):
    counts = {name: data.BINS.counts(s.y) for name, s in splits.items()}
    assert counts["val"].max() == counts["test"].max() == data.MOST_PER_BIN
    np.testing.assert_array_equal(counts["val"], counts["test"])
    assert counts["train"].max() > 100 * np.median(counts["test"])


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (-2.9, "No clear winner overall."),
        (-3.1, "Group-DIR won overall."),
        (4.0, "Vanilla won overall."),
    ],
)
def test_the_verdict_is_honest(change, verdict):
    assert _verdict(change) == verdict


@pytest.mark.slow
def test_the_app_compares_draws_and_exports(tmp_path, capsys):
    folder = tmp_path / "diamonds"
    tables = main(
        [f"--output={folder}", f"--logs={tmp_path / 'logs'}", "--epochs=1"]
    )
    printed = capsys.readouterr().out
    assert "overall. Group-DIR's MAE (mixture routing)" in printed
    assert "The SavedModel predicts the same" in printed
    assert (folder / "shots.png").stat().st_size > 10_000
    results = json.loads((folder / "results.json").read_text())
    mae = tables["groupdir"].rows["mixture"]["mae"]
    assert results["test"]["groupdir"]["rows"]["mixture"]["mae"] == mae
    text = report.main([str(folder / "results.json")])
    assert "| groupdir | mixture | " in text
    assert text.count("\n") == 1 + 1 + len(ROUTINGS) + 1
    assert {p.name for p in (tmp_path / "logs").iterdir()} == {
        "vanilla",
        "groupdir",
    }
