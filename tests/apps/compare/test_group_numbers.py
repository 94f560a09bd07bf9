"""Made-up runs by number of groups, resumed, drawn and written."""

import argparse
import json

import keras
import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("plotnine")

from PIL import Image

from apps.compare import group_numbers
from apps.compare.folder_store import read_lines
from apps.compare.pictures import group_numbers as picture
from apps.compare.sections.group_numbers_table import group_numbers_table
from apps.data import load
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import runs as runs_module
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import LabelTask
from tests.apps.compare.made_up import COUNTS
from tests.apps.compare.made_up import line
from tests.apps.compare.made_up import row
from tests.apps.compare.made_up import write
from tests.apps.compare.made_up import write_prices

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.one_backend]


def problem(epochs=1):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(32, 3)).astype("float32")
    y = np.linspace(0, 5, 32).astype("float32")
    bins = LabelGroups.equal_width(0, 5, num_groups=10)

    def make_encoder():
        inputs = keras.Input((3,))
        return keras.Model(inputs, keras.layers.Dense(4)(inputs))

    return Problem(
        make_encoder,
        *[(x, y)] * 3,
        LabelTask(y, bins, error="squared"),
        Budget(epochs=epochs, batch_size=32),
        name="made up",
        unit="points",
    )


@pytest.fixture
def loaded(monkeypatch):
    """What the command line would load, and the runs that were made."""
    runs = []

    def fake_run(problem, method, settings, seed, splits, *others):
        runs.append((settings["targets"], settings["num_groups"], seed))
        error = 0.5 + settings["num_groups"] / 100 + seed / 10
        rows = {"hard": 2.0, "soft": error + 0.2, "mixture": error}
        table = {
            "counts": COUNTS,
            "rows": {name: row(value) for name, value in rows.items()},
            "group_accuracy": 2 / settings["num_groups"] + seed / 50,
            "mean_group_distance": 1.0,
        }
        made = line(method, seed, error, settings=settings)
        del made["kind"]
        made |= {"val": table, "test": table, "routing": settings["routing"]}
        budget = Budget(epochs=problem.budget.epochs, batch_size=32)
        return made | {
            "dataset": "made up",
            "data": problem.digest,
            "training": vars(budget),
        }

    monkeypatch.setattr(runs_module, "run_method", fake_run)
    monkeypatch.setattr(
        group_numbers,
        "load_problem",
        lambda arguments: problem(arguments.epochs or 1),
    )
    # It is no name of a data set.
    monkeypatch.setitem(load.FLAGS, "made_up", ())
    return runs


def command(folder, *flags):
    return group_numbers.main(
        ["made_up", f"--output={folder}", "--numbers", "5", "20", *flags]
    )


def test_what_is_there_is_not_run_again(loaded, tmp_path):
    command(tmp_path, "--seeds", "0", "--targets", "soft")
    assert loaded == [("soft", 5, 0), ("soft", 20, 0)]
    # As if it had been killed after the first of them.
    path = tmp_path / "lines.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[0])
    command(tmp_path, "--seeds", "0", "1", "--targets", "soft")
    assert loaded[2:] == [("soft", 5, 1), ("soft", 20, 0), ("soft", 20, 1)]
    command(tmp_path, "--seeds", "0", "1", "--targets", "soft")
    assert len(loaded) == 5
    assert len(read_lines(path)) == 4


def test_another_budget_is_run_anew(loaded, tmp_path):
    flags = ("--seeds", "0", "--targets", "ce")
    command(tmp_path, *flags)
    table = command(tmp_path, *flags, "--epochs=2")
    assert len(loaded) == 4
    assert table.count("| CE |") == 2


def test_lines_of_other_data_are_run_anew(loaded, tmp_path):
    flags = ("--seeds", "0", "--targets", "ce")
    command(tmp_path, *flags)
    path = tmp_path / "lines.jsonl"
    path.write_text(path.read_text().replace(problem().digest, "0" * 16))
    command(tmp_path, *flags)
    assert len(loaded) == 4


def test_soft_labels_go_by_mixture_and_the_others_softly(loaded, tmp_path):
    table = command(tmp_path, "--seeds", "0")
    found = [
        [cell.strip() for cell in text_row.split("|")[1:8]]
        for text_row in table.splitlines()
        if text_row.startswith("| ")
    ][2:]
    assert [one[:3] for one in found] == [
        [name, routing, number]
        for name, routing in (
            ("soft labels", "mixture"),
            ("CE", "soft"),
            ("LA", "soft"),
        )
        for number in ("5", "20")
    ]
    assert [one[6] for one in found[:3]] == ["0.550", "0.700", "0.750"]


def test_mean_and_spread_over_seeds(loaded, tmp_path):
    table = command(tmp_path, "--targets", "soft")
    # 0.55, 0.65 and 0.75; 0.4, 0.42 and 0.44.
    assert "| 0 1 2 | 0.420 ± 0.020 | 1.00 ± 0.00 | 0.650 ± 0.100 |" in table
    assert (tmp_path / "group_numbers.md").read_text("utf-8") == table + "\n"


def test_series_are_of_the_own_routing(loaded, tmp_path):
    command(tmp_path, "--targets", "la")
    lines = read_lines(tmp_path / "lines.jsonl")
    errors = picture._errors(lines, "mse", "all")
    assert errors[5] == pytest.approx([0.75, 0.85, 0.95])
    accuracies = picture._accuracies(lines)
    assert accuracies[20] == pytest.approx([0.1, 0.12, 0.14])


def test_a_diverged_run_is_said_and_left_out(loaded, tmp_path):
    command(tmp_path, "--targets", "soft", "--seeds", "0", "1")
    path = tmp_path / "lines.jsonl"
    lines = read_lines(path)
    del lines[1]["test"]
    lines[1]["diverged"] = True
    path.write_text("".join(json.dumps(one) + "\n" for one in lines))
    table = command(tmp_path, "--targets", "soft", "--seeds", "0", "1")
    assert "| 0 1 (diverged) | 0.400 | 1.00 | 0.550 |" in table


def test_vanilla_is_drawn_beside(loaded, tmp_path):
    vanilla = tmp_path / "comparison"
    vanilla.mkdir()
    digest = problem().digest
    write(vanilla, [line("vanilla", 0, 0.9, dataset="made up", data=digest)])
    flags = ("--seeds", "0", "--targets", "soft", "ce")
    command(tmp_path / "a", *flags)
    command(tmp_path / "b", *flags, f"--vanilla={vanilla}")
    pictures = [tmp_path / name / "group_numbers.png" for name in "ab"]
    assert pictures[0].read_bytes() != pictures[1].read_bytes()
    with Image.open(pictures[0]) as drawn:
        assert drawn.size == (2400, 750)


def refused(capsys, folder, *flags):
    """What the command line says of flags that it refuses."""
    with pytest.raises(SystemExit, match="2"):
        command(folder, *flags)
    return " ".join(capsys.readouterr().err.split())


def test_a_vanilla_that_is_not_there_or_of_other_data_is_refused(
    loaded, tmp_path, capsys
):
    output = tmp_path / "out"
    printed = refused(capsys, output, f"--vanilla={tmp_path / 'no'}")
    assert "finished run of vanilla" in printed
    for name, dataset in (("a", "STS-B-DIR"), ("b", "made up")):
        folder = tmp_path / name
        folder.mkdir()
        write(folder, [line("vanilla", 0, 0.9, dataset=dataset)])
        printed = refused(capsys, output, f"--vanilla={folder}")
        assert f"comparison on made up, digest {problem().digest}" in printed
    assert not loaded
    assert not output.exists()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--numbers", "1"], "--numbers: must be a whole number from 2 to"),
        (["--numbers", "5", "5"], "`numbers` must differ. Received: [5, 5]"),
        (["--targets", "ce", "ce"], "`targets` must differ."),
        (["--seeds", "0", "0"], "`seeds` must differ. Received: [0, 0]"),
    ],
)
def test_wrong_flags_are_refused(loaded, tmp_path, capsys, flags, message):
    assert message in refused(capsys, tmp_path / "out", *flags)
    assert not loaded
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_loaded_leaves_no_folder(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    output = f"--output={tmp_path / 'out'}"
    with pytest.raises(SystemExit, match="2"):
        group_numbers.main([table, output, "--target=no"])
    assert "`target` must be one of 'price'" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_run_without_an_accuracy_is_drawn_without(tmp_path):
    extras = {"group_accuracy": None, "mean_group_distance": None}
    settings = {"targets": "ce", "routing": "model", "num_groups": 5}
    one = line("groupdir", 0, 0.9, settings=settings, extras=extras)
    picture.draw_group_numbers(tmp_path / "a.png", [one])
    assert (tmp_path / "a.png").exists()
    assert "| CE | model | 5 | 0 | - | - |" in group_numbers_table([one])


def test_a_number_that_cannot_be_run_is_said(loaded, tmp_path, monkeypatch):
    fake_run = runs_module.run_method

    def fails(problem, method, settings, *others):
        line = fake_run(problem, method, settings, *others)
        if settings["num_groups"] == 20:
            del line["val"], line["test"]
            line |= {"diverged": True, "error": "too many"}
        return line

    monkeypatch.setattr(runs_module, "run_method", fails)
    table = command(tmp_path, "--targets", "soft", "--seeds", "0")
    assert "| soft labels | mixture | 20 | 0 (failed: too many) | - |" in table
    assert "| soft labels | mixture | 5 | 0 | 0.400 |" in table


@pytest.mark.slow
def test_real_runs_make_the_lines(tmp_path):
    arguments = argparse.Namespace(targets=["ce"], numbers=[2], seeds=[0])
    store = group_numbers._LineStore(tmp_path)
    made = group_numbers._lines(problem(), arguments, store)
    assert read_lines(store.path) == made
    assert made[0]["kind"] == "group_numbers"
    assert made[0]["routing"] == "soft"
    assert (made[0]["metric"], made[0]["unit"]) == ("mse", "points")
    assert made[0]["printed"] is None
    assert 0 <= made[0]["test"]["group_accuracy"] <= 1
    assert group_numbers._lines(problem(), arguments, store) == made
