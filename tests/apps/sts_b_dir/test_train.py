import json

import numpy as np
import pytest

from apps.sts_b_dir.train import main
from apps.sts_b_dir.train import parser
from apps.sts_b_dir.train import settings_of
from apps.table import main as table

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.one_backend]

WORDS = ["a", "man", "dog", "cat", "runs", "sleeps", "eats", "fast", "red"]


@pytest.fixture
def arguments(tmp_path):
    """A made-up data set with vectors, and a model of four units."""
    rng = np.random.default_rng(0)
    for split in ("train", "dev", "test"):
        rows = ["\t".join(f"column{i}" for i in range(10))]
        for _ in range(24):
            first, second = rng.choice(WORDS, size=(2, 5))
            score = 5 * np.mean(first == second)
            cells = ["x"] * 7 + [" ".join(first), " ".join(second), str(score)]
            rows.append("\t".join(cells))
        text = "\n".join(rows) + "\n"
        (tmp_path / f"{split}_new.tsv").write_text(text)
    vectors = [
        " ".join([word, *map(str, rng.normal(size=4).round(3))])
        for word in WORDS
    ]
    (tmp_path / "glove.txt").write_text("\n".join(vectors) + "\n")
    return [
        f"--data-dir={tmp_path}",
        f"--glove={tmp_path / 'glove.txt'}",
        f"--logs={tmp_path / 'logs'}",
        f"--output={tmp_path / 'results' / 'run.json'}",
        "--units=4",
        "--batch-size=12",
        "--epochs=1",
    ]


@pytest.mark.slow
def test_groupdir_reports_every_routing_and_writes_it_all(
    arguments, tmp_path, capsys
):
    saved = tmp_path / "model.keras"
    settings = '--settings={"num_groups": 5}'
    result = main([*arguments, settings, f"--save={saved}"])
    printed = capsys.readouterr().out
    rows = result["test"]["rows"]
    assert list(rows) == ["hard", "soft", "mixture", "oracle"]
    assert result["test"]["counts"]["all"] == 24
    assert "mixture routing" in printed
    written = (tmp_path / "results" / "run.json").read_text()
    assert written == json.dumps(result, indent=1) + "\n"
    assert result["settings"]["num_groups"] == 5
    assert result["training"]["batch_size"] == 12
    assert result["encoder"] == {"units": 4, "pair_dropout": 0.0}
    assert saved.exists()
    assert list((tmp_path / "logs").rglob("events*"))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["vanilla", "rrt_lds"])
def test_any_method_runs_and_the_table_takes_it(arguments, tmp_path, method):
    main([*arguments, f"--method={method}"])
    text = table([str(tmp_path / "results" / "run.json")])
    header, _, row, _, note = text.splitlines()
    assert header.startswith("| method | routing | seeds | validation mse all")
    assert row.startswith(f"| {method} | - | 0 | ")
    assert note == "Shots by count: many > 100, few < 30."


@pytest.mark.slow
def test_a_run_that_diverges_is_written(arguments, tmp_path, capsys):
    settings = '{"learning_rate": 1e30, "clip_norm": 1e30}'
    main([*arguments, "--method=vanilla", "--settings", settings])
    assert "diverged" in capsys.readouterr().out
    written = json.loads((tmp_path / "results" / "run.json").read_text())
    assert written["diverged"]
    assert written["validation_errors"] == [None]


def settings(*argv):
    return settings_of(parser().parse_args(argv))


def test_the_paper_preset_has_the_papers_size_and_rule():
    paper = settings("--preset=paper")
    assert (paper["num_layers"], paper["units"]) == (2, 1500)
    assert (paper["routing"], paper["prediction_weight"]) == ("hard", 0)
    assert settings("--preset=paper", "--units=8")["units"] == 8
    assert "routing" not in settings("--preset=paper", "--method=vanilla")


def test_flags_come_after_settings_and_these_after_the_preset():
    own = '--settings={"epochs": 7, "beta": 2.0}'
    assert settings()["epochs"] == 12
    assert settings(own)["epochs"] == 7
    assert settings(own, "--epochs=9")["epochs"] == 9
    assert settings(own)["beta"] == 2.0
    # A method without a preset has what apps.compare has.
    assert settings("--method=bmc") == {}
