"""The table of finished runs."""

import json
from pathlib import Path

import pytest

from apps.table import main
from tests.apps.compare.made_up import line
from tests.apps.compare.made_up import write

pytestmark = pytest.mark.no_backend

RESULTS = Path(__file__).parents[2] / "results"


def cells(text):
    """Rows by their first cells, up to the seeds."""
    header, _, *rows = (
        line.strip("| ").split(" | ") for line in text.split("\n")
    )
    end = header.index("seeds")
    return header, {tuple(row[:end]): row[end:] for row in rows}


def committed(pattern):
    paths = sorted(map(str, RESULTS.glob(pattern)))
    if not paths:
        pytest.skip("the committed results are not here")
    return paths


def test_the_figures_of_sts_b_dir_are_those_of_the_readme():
    header, rows = cells(main(committed("sts_b_dir/*-[0-2].json")))
    assert header[:4] == ["method", "backend", "routing", "seeds"]
    assert rows["vanilla", "tensorflow", "-"] == [
        "0 1 2",
        "0.843 ± 0.008",
        "0.884 ± 0.032",
        "0.816 ± 0.017",
        "1.003 ± 0.099",
        "1.310 ± 0.051",
        "0.764 ± 0.008",
        "-",
    ]
    mixture = rows["groupdir", "tensorflow", "mixture"]
    assert mixture[2:5] == ["0.778 ± 0.019", "0.741 ± 0.011", "0.786 ± 0.048"]
    assert mixture[-2:] == ["0.795 ± 0.005", "0.148 ± 0.006"]
    assert rows["groupdir", "torch", "mixture"][2] == "0.790 ± 0.009"


def test_the_figures_of_faces_are_those_of_the_readme():
    header, rows = cells(main(committed("utkface_dir/*-[0-2].json")))
    assert header[:4] == ["method", "weights", "routing", "seeds"]
    weighted = rows["vanilla", "sqrt_inverse", "-"]
    assert weighted[2:6] == [
        "8.95 ± 0.22",
        "7.72 ± 0.22",
        "9.48 ± 0.28",
        "13.56 ± 0.14",
    ]
    assert rows["groupdir", "-", "balanced"][5] == "10.58 ± 0.27"


def test_the_figures_of_diamonds_are_those_of_the_readme():
    header, rows = cells(main(committed("diamonds/*.json")))
    assert header[:3] == ["method", "routing", "seeds"]
    assert rows["vanilla", "-"][1:3] == ["688.3 ± 9.3", "693.0 ± 18.5"]
    assert rows["groupdir", "mixture"][1] == "688.3 ± 1.9"


def test_other_metrics_and_lines_of_comparisons_are_taken():
    paths = committed("compare/sts_b_dir/groupdir.jsonl")
    header, rows = cells(main([*paths, "--metric", "mae"]))
    assert "mae few" in header
    assert rows["groupdir", "mixture"][0] == "0 1 2"


def test_runs_of_one_seed_are_told_apart_by_a_setting(capsys):
    paths = committed("utkface_dir/groupdir-0.json")
    paths += committed("utkface_dir/try-24-groups.json")
    with pytest.raises(SystemExit):
        main(paths)
    assert "seeds [0, 0] for groupdir, hard" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*paths, "--by", "num_group"])
    assert "Received: num_group" in capsys.readouterr().err
    _, rows = cells(main([*paths, "--by", "num_groups"]))
    assert {kind for kind, _ in rows} == {"12", "24"}


def test_runs_of_two_metrics_need_one(capsys):
    paths = committed("diamonds/seed-0.json")
    paths += committed("sts_b_dir/vanilla-tensorflow-0.json")
    with pytest.raises(SystemExit):
        main(paths)
    assert "say which with `metric`" in capsys.readouterr().err
    header, rows = cells(main([*paths, "--metric=mse"]))
    assert header[:2] == ["method", "dataset"]
    assert ("vanilla", "Diamonds", "-") in rows
    assert ("vanilla", "STS-B-DIR", "-") in rows


def test_errors_have_the_digits_of_their_data_set(tmp_path):
    for name, error in (("small", 0.15), ("large", 120.0)):
        write(tmp_path / name, [line("vanilla", 0, error, dataset=name)])
    paths = [str(tmp_path / n / "vanilla.jsonl") for n in ("small", "large")]
    _, rows = cells(main(paths))
    assert rows["vanilla", "small", "-"][2] == "0.150"
    assert rows["vanilla", "large", "-"][2] == "120.0"


def test_weights_that_a_setting_takes_away_are_none(tmp_path):
    settings = {"reweight": None}
    write(tmp_path, [line("groupdir_balanced", 0, 0.8, settings=settings)])
    path = str(tmp_path / "groupdir_balanced.jsonl")
    _, rows = cells(main([path, "--by", "method", "weights"]))
    assert rows["groupdir_balanced", "-", "-"][:2] == ["0", "0.800"]


def test_a_run_that_diverged_has_no_errors(tmp_path, capsys):
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"diverged": True, "method": "vanilla"}))
    with pytest.raises(SystemExit):
        main([str(path)])
    assert "Received: 0 runs" in capsys.readouterr().err
