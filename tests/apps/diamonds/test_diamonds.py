import json

import pytest

pytest.importorskip("plotnine")

from apps.data.diamonds import diamonds
from apps.diamonds import train
from apps.diamonds.train import main
from apps.diamonds.train import verdict
from apps.table import main as table
from keras_groupdir import LabelGroups
from keras_groupdir.layers import ROUTINGS
from keras_groupdir.reports import figures


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (-2.9, "No clear winner overall."),
        (-3.1, "Group-DIR won overall."),
        (4.0, "Vanilla won overall."),
    ],
)
def test_the_verdict_is_honest(change, said):
    assert verdict(change) == said


@pytest.mark.no_backend
def test_shades_are_the_shots_of_the_table(monkeypatch, tmp_path):
    made = []
    new = figures.new_figure
    monkeypatch.setattr(
        figures, "new_figure", lambda *size: made.append(new(*size)) or made[-1]
    )
    monkeypatch.setattr(train, "draw_shots", lambda *_, **given: None)
    problem = diamonds()
    groups = LabelGroups.from_labels(problem.train[1], 5)
    train._draw(tmp_path, problem, groups, {})
    (axes,) = made[0].axes
    *shades, bars = axes.patches
    assert bars.get_data().edges.tolist() == list(problem.task.bins.edges)
    # The table counts some of each.
    assert len({one.get_facecolor() for one in shades}) == 3


@pytest.mark.slow
@pytest.mark.one_backend
def test_the_app_compares_draws_and_exports(tmp_path, capsys):
    folder = tmp_path / "diamonds"
    tables = main(
        [
            f"--output={folder}",
            f"--logs={tmp_path / 'logs'}",
            "--epochs=1",
            "--settings",
            '{"num_groups": 5, "weight_decay": 0.1}',
        ]
    )
    printed = capsys.readouterr().out
    assert "overall. Group-DIR's MAE (mixture routing)" in printed
    assert "The SavedModel predicts the same" in printed
    assert (folder / "shots.png").stat().st_size > 10_000
    vanilla, ours = json.loads((folder / "results.json").read_text())["runs"]
    mae = tables["groupdir"].rows["mixture"]["mae"]
    assert ours["test"]["rows"]["mixture"]["mae"] == mae
    # What is of the training is for both.
    assert vanilla["settings"] == {"weight_decay": 0.1, "epochs": 1}
    assert ours["settings"] == {"num_groups": 5, **vanilla["settings"]}
    assert vanilla["training"] == ours["training"]
    text = table([str(folder / "results.json")])
    assert "| groupdir | mixture | 0 | " in text
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 2 + 1 + len(ROUTINGS) + 1
    assert text.endswith("\n\nShots by count: many > 100, few < 20.")
    assert {p.name for p in (tmp_path / "logs").iterdir()} == {
        "vanilla",
        "groupdir",
    }
