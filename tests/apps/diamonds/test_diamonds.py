import json

import pytest

pytest.importorskip("plotnine")

from apps.diamonds.train import main
from apps.diamonds.train import verdict
from apps.table import main as table
from keras_groupdir.layers import ROUTINGS


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
