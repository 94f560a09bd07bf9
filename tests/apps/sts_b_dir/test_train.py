import json

import numpy as np
import pytest

from apps.sts_b_dir import report
from apps.sts_b_dir import sweep
from apps.sts_b_dir.settings import parse
from apps.sts_b_dir.train import main

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
    result = main([*arguments, "--num-groups=5", f"--save={saved}"])
    printed = capsys.readouterr().out
    rows = result["test"]["rows"]
    assert list(rows) == ["hard", "soft", "mixture", "oracle"]
    assert result["test"]["counts"]["all"] == 24
    assert "mixture routing" in printed
    written = (tmp_path / "results" / "run.json").read_text()
    assert written == json.dumps(result, indent=1) + "\n"
    assert saved.exists()
    assert list((tmp_path / "logs").rglob("events*"))


@pytest.mark.slow
def test_vanilla_runs_and_the_report_takes_both(arguments, tmp_path):
    main([*arguments, "--method=vanilla"])
    text = report.main([str(tmp_path / "results" / "run.json")])
    header, _, row = text.splitlines()
    assert header.startswith("| method | backend | routing | seeds | mse all")
    assert row.startswith("| vanilla | ")


@pytest.mark.slow
def test_a_finished_try_is_not_repeated(arguments, tmp_path, monkeypatch):
    monkeypatch.setitem(sweep.TRIES, "vanilla", [{"learning_rate": 0.1}])
    arguments = [*arguments, "--method=vanilla"]
    first = sweep.main(arguments)
    monkeypatch.setattr(sweep, "fit", None)
    assert json.dumps(sweep.main(arguments)) == json.dumps(first)
    assert [line["try"] for line in first] == [{"learning_rate": 0.1}]
    assert all("test" not in line for line in first)


def test_an_output_that_cannot_be_written_is_refused_at_once(arguments):
    with pytest.raises(ValueError, match="`output` must be a file"):
        main([*arguments, "--output=/dev/null/run.json"])


def test_the_paper_preset_has_the_papers_size_and_rule():
    settings = parse(["--preset=paper"])
    assert (settings.num_layers, settings.units) == (2, 1500)
    assert settings.routing == "hard"
    assert parse(["--preset=paper", "--units=8"]).units == 8
