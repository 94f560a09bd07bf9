import base64
import json
import os
import re
from dataclasses import replace

import keras
import numpy as np
import pytest

pytest.importorskip("chemicals")

from apps.data.molecules.data import KNOWN
from apps.data.molecules.data import load_data
from apps.molecules import train
from apps.molecules.methods import GROUPDIR
from apps.molecules.methods import SETTINGS
from apps.molecules.methods import TITLES
from apps.molecules.serve_known import HEADER
from apps.table import main as table

SIZES = {"train": 400, "val": 60, "test": 60}


@pytest.fixture
def few(monkeypatch):
    """So few molecules that it takes seconds."""

    def load_few(measured):
        data = load_data(measured)
        rng = np.random.default_rng(0)
        splits = {
            name: own.take(rng.choice(len(own), SIZES[name], replace=False))
            for name, own in data.splits.items()
        }
        return replace(data, splits=splits)

    monkeypatch.setattr(train, "load_data", load_few)


@pytest.mark.slow
def test_it_compares_draws_reports_and_serves(few, tmp_path, capsys):
    folder = tmp_path / "molecules"
    # An old model of before is replaced.
    (folder / "smiles_model").mkdir(parents=True)
    lines = train.main([f"--output={folder}", "--epochs=1"])
    printed = capsys.readouterr().out
    for title in TITLES.values():
        assert f"{title}: epoch 1 of 1, validation error" in printed
        assert f"{title}, seed 0, test errors in K:" in printed
    assert "\r" not in printed
    assert "Few-shot labels: " in printed
    assert "paired bootstrap over the test molecules" in printed
    assert re.search(r"Group-DIR predicts with \w+ routing", printed)
    assert all(name in printed for name in KNOWN.values())
    assert [line["method"] for line in lines] == list(TITLES)
    # The budget is the same for all, and Group-DIR's settings its own.
    assert len({json.dumps(line["training"]) for line in lines}) == 1
    ours = next(line for line in lines if line["method"] == GROUPDIR)
    assert ours["settings"] == {**SETTINGS[GROUPDIR], "epochs": 1}
    kept = json.loads((folder / "results.json").read_text())["runs"]
    assert [line["best_error"] for line in kept] == [
        line["best_error"] for line in lines
    ]
    assert kept[0]["versions"]["chemicals"].startswith("1.")
    assert f"| {GROUPDIR} | " in table([str(folder / "results.json")])
    _check_page((folder / "report.html").read_text(), folder / "shots.png")
    if keras.config.backend() == "tensorflow":
        _check_served(folder / "smiles_model", lines, printed)
    else:
        assert "needs the TensorFlow backend" in printed
        keras.saving.load_model(folder / "model.keras")
    left = {path.name for path in folder.iterdir()}
    assert left <= {
        "smiles_model",
        "model.keras",
        "shots.png",
        "report.html",
        "results.json",
    }


def _check_page(page, picture):
    """It is whole, and needs no other file."""
    found = re.search(r'src="data:image/png;base64,([^"]*)"', page)
    assert base64.b64decode(found[1]) == picture.read_bytes()
    assert page.count("src=") == 1
    assert "http" not in page.replace(found[1], "")
    assert "python -m apps.molecules --output=" in page
    assert all(title in page for title in TITLES.values())
    assert "CN1C=NC2=C1C(=O)N(C(=O)N2C)C" in page


def _check_served(folder, lines, printed):
    import tensorflow as tf

    assert "reloaded, it predicts the same" in printed
    served = tf.saved_model.load(os.fspath(folder))
    # The same molecule, cut molecules, no molecule, one of other characters.
    texts = ["CCO", "CCO", "C" * 500, "", "c1ccccc1é"]
    kelvin = served.serve(tf.constant(texts)).numpy()
    assert kelvin.shape == (5, 1)
    assert np.isfinite(kelvin).all()
    assert kelvin[0] == kelvin[1]
    row = re.search(r"ethanol +CCO +159 +(\d+)", printed)
    assert abs(kelvin[0, 0] - int(row[1])) <= 0.51
    assert "serving_default" in served.signatures


@pytest.mark.one_backend
@pytest.mark.usefixtures("few", "eager_here")
def test_several_seeds_have_intervals_over_seeds(tmp_path, capsys, monkeypatch):
    # What is kept is that of one seed, as above.
    monkeypatch.setattr(train, "serve_known", lambda *_: [HEADER])
    folder = tmp_path / "molecules"
    lines = train.main(
        [
            f"--output={folder}",
            "--epochs=1",
            "--seeds",
            "3",
            "4",
            "--property=boiling",
            "--settings",
            '{"num_groups": 5, "weight_decay": 0.1}',
        ]
    )
    printed = capsys.readouterr().out
    assert "paired over 2 seeds" in printed
    assert "## Test errors" in printed
    assert [line["seed"] for line in lines] == [3] * 3 + [4] * 3
    assert lines[0]["dataset"] == "Molecules, boiling points"
    # What is of the training is for all.
    own = {line["method"]: line["settings"] for line in lines}
    for method, settings in own.items():
        given = {"weight_decay": 0.1, "epochs": 1}
        given |= {"num_groups": 5} if method == GROUPDIR else {}
        assert settings == {**SETTINGS[method], **given}
