"""The whole app on 64 made-up faces."""

import json
import os
import subprocess
import sys
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from apps.age import results
from apps.age.train import main
from keras_groupdir import GroupRegressor
from tests.apps.age.made_up import made_up_faces

ROOT = Path(__file__).parents[3]
# Sends itself the signal while it trains its second epoch.
DEADLY = """
import os, signal, sys
from apps.age.train import main
import keras
class Deadly(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.is_second = epoch == 1
    def on_train_batch_end(self, batch, logs=None):
        if self.is_second and batch == 1:
            os.kill(os.getpid(), signal.SIGKILL)
keras.callbacks.TerminateOnNaN = Deadly
main(sys.argv[1:])
"""


@pytest.fixture
def no_service(monkeypatch):
    """Without the export, which takes a process of its own."""
    monkeypatch.setattr(results, "export_service", lambda *_: None)
    monkeypatch.setattr(results, "check_service", lambda *_: None)


def python(*arguments, **env):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
    )


def last_weights(folder, epochs):
    found = {}

    def keep(name, item):
        if isinstance(item, h5py.Dataset):
            found[name] = np.array(item)

    with h5py.File(folder / f"joint/last-{epochs}.weights.h5") as file:
        file.visititems(keep)
    return found


@pytest.mark.slow
def test_groupdir_leaves_everything_behind(arguments, tmp_path, capsys):
    result = main(arguments)
    folder = tmp_path / "run"
    assert json.loads((folder / "results.json").read_text()) == result
    rows = ["hard", "soft", "mixture", "balanced", "oracle"]
    assert list(result["test"]["rows"]) == rows
    assert result["test"]["counts"]["all"] == 16
    assert len(result["history"]["val_oracle_mae"]) == 2
    best = min(result["history"]["val_prediction_mae"])
    assert result["best_error"] == best
    # The filling of the last batch weighs nothing.
    rows = result["validation"]["rows"]
    assert best == pytest.approx(rows["mixture"]["mae"]["all"], rel=1e-4)
    errors = result["balance"]["errors"]
    assert errors["0"] == pytest.approx(best, rel=1e-4)
    chosen = errors[f"{result['balance']['tau']:g}"]
    assert chosen == min(errors.values())
    assert rows["balanced"]["mae"]["all"] == pytest.approx(chosen, rel=1e-4)
    with np.load(folder / "predictions.npz") as arrays:
        assert arrays["group_logits"].shape == (16, 6)
        assert arrays["group_edges"].tolist() == [0, 20, 40, 60, 80, 100, 120]
        np.testing.assert_allclose(
            arrays["prediction"], arrays["balanced"], rtol=1e-5
        )
    model = keras.saving.load_model(folder / "model.keras")
    assert isinstance(model, GroupRegressor)
    assert (folder / "service" / "saved_model.pb").exists()
    assert list((tmp_path / "logs").rglob("events*"))
    printed = capsys.readouterr().out
    assert "utkface_dir: 32 train, 16 val, 16 test faces" in printed
    assert "Predictions use mixture routing, balanced with tau=" in printed


@pytest.mark.slow
def test_vanilla_runs_with_weights_and_in_half_precision(arguments, no_service):
    weighted = ["--reweight=inverse", "--smooth-density"]
    half = "--precision=mixed_bfloat16"
    result = main([*arguments, "--method=vanilla", *weighted, half])
    assert list(result["test"]["rows"]) == ["model"]
    assert result["settings"]["reweight"] == "inverse"


@pytest.mark.slow
def test_agedb_trains_from_its_csv_and_image_files(
    arguments, tmp_path, no_service
):
    faces = made_up_faces(64)
    splits = ["train"] * 32 + ["val"] * 16 + ["test"] * 16
    folder = tmp_path / "agedb"
    (folder / "AgeDB").mkdir(parents=True)
    lines = ["age,path,split"]
    for number, (image, age, split) in enumerate(
        zip(faces.images, faces.ages, splits, strict=True)
    ):
        name = f"AgeDB/{number}.jpg"
        Image.fromarray(image).save(folder / name)
        lines.append(f"{age:.0f},{name},{split}")
    (folder / "agedb.csv").write_text("\n".join(lines) + "\n")
    with pytest.warns(UserWarning, match=r"agedb\.csv"):
        result = main(
            [*arguments, "--dataset=agedb_dir", f"--data-dir={folder}"]
        )
    assert result["settings"]["dataset"] == "agedb_dir"
    assert result["test"]["counts"]["all"] == 16


@pytest.mark.slow
@pytest.mark.parametrize("second", ["finetune", "probe"])
def test_two_stages_train_the_encoder_first(
    arguments, second, tmp_path, no_service
):
    main([*arguments, "--recipe=two_stage", f"--second-stage={second}"])
    assert (tmp_path / "run/encoder/last-1.weights.h5").exists()

    def encoder(path):
        found = {}
        with h5py.File(path) as file:
            file["layers"].visititems(
                lambda name, item: found.update(
                    {name: np.array(item)}
                    if isinstance(item, h5py.Dataset) and "func" in name
                    else {}
                )
            )
        return found

    before = encoder(tmp_path / "run/encoder/last-1.weights.h5")
    after = encoder(tmp_path / "run/heads/last-2.weights.h5")
    assert before.keys() == after.keys()
    assert before
    is_same = all(np.array_equal(before[k], after[k]) for k in before)
    assert is_same == (second == "probe")


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_weights(arguments, tmp_path):
    epochs = "--epochs=3"
    deadly = tmp_path / "deadly.py"
    deadly.write_text(DEADLY)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    killed = python(str(deadly), *arguments, epochs, PYTHONPATH=path)
    assert killed.returncode == -9, killed.stderr
    folder = tmp_path / "run"
    progress = json.loads((folder / "joint/progress.json").read_text())
    assert progress["epochs"] == 1
    whole = tmp_path / "whole"
    for extra in ("--resume", f"--output={whole}"):
        run = python("-m", "apps.age", *arguments, epochs, extra)
        assert run.returncode == 0, run.stderr
    one, other = last_weights(folder, 3), last_weights(whole, 3)
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def test_a_folder_with_a_run_is_not_overwritten(arguments, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/settings.json").write_text("{}")
    with pytest.raises(SystemExit, match="holds a run already"):
        main(arguments)
    with pytest.raises(SystemExit, match="started with other settings"):
        main([*arguments, "--resume"])


def test_a_folder_that_cannot_be_written_is_refused_at_once(arguments):
    with pytest.raises(ValueError, match="`output` must be a file"):
        main([*arguments, "--output=/dev/null/run"])


def test_missing_data_leave_the_folder_free(arguments, tmp_path):
    (tmp_path / "empty").mkdir()
    for _ in range(2):
        with pytest.raises(SystemExit, match="UTKFace is not there"):
            main([*arguments, f"--data-dir={tmp_path / 'empty'}"])


def test_what_cannot_be_built_leaves_the_folder_free(arguments):
    for _ in range(2):
        with pytest.raises(ValueError, match="`backbone` must be resnet10"):
            main([*arguments, "--backbone=nothing/at/all"])


@pytest.mark.parametrize(
    ("flag", "name"),
    [
        ("--epochs=0", "epochs"),
        ("--batch-size=0", "batch_size"),
        ("--learning-rate=-1", "learning_rate"),
    ],
)
def test_a_number_that_cannot_be_is_refused_by_name(arguments, flag, name):
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        main([*arguments, flag])
