"""The whole app on 64 made-up faces."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from PIL import Image

from apps.age import results
from apps.age import trainer
from apps.age.settings import COMMITTED
from apps.age.settings import parse
from apps.age.train import main
from apps.common.locks import held_alone
from apps.data.faces.task import face_task
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir.labels import histogram_weights
from keras_groupdir.models import encoder_of
from keras_groupdir.models import fit_group_weights
from tests.apps.data.faces.made_up import made_up_faces

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.one_backend]
ROOT = Path(__file__).parents[3]
# Without the export, which takes a process of its own.
PLAIN = """
import sys
from apps.age import results
from apps.age.train import main
results.export_service = results.check_service = lambda *_: None
main(sys.argv[1:])
"""
# Sends itself the signal while it trains its second epoch.
DEADLY = """
import os, signal, sys
from apps.age.train import main
from apps.data.faces.task import face_task
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
    """As in `PLAIN`, in this process."""
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

    with h5py.File(folder / f"stage-1/last-{epochs}.weights.h5") as file:
        file.visititems(keep)
    return found


@pytest.mark.slow
def test_groupdir_leaves_everything_behind(
    arguments, tmp_path, capsys, monkeypatch
):
    # Sixteen faces are few for six groups.
    monkeypatch.setattr(
        results,
        "fit_group_weights",
        partial(fit_group_weights, penalty=0.0, samples_per_group=0),
    )
    result = main(arguments)
    folder = tmp_path / "run"
    assert json.loads((folder / "results.json").read_text()) == result
    correction = result["prior_correction"]
    rows = ["hard", "soft", "mixture", "balanced", "oracle"]
    assert list(result["test"]["rows"]) == rows
    assert result["routing"] == "balanced"
    assert len(correction["group_weights"]) == 6
    assert (result["method"], result["seed"]) == ("groupdir", 0)
    assert result["settings"] == {"num_groups": 6}
    assert result["flags"]["dataset"] == "utkface_dir"
    assert result["test"]["counts"]["all"] == 16
    assert len(result["history"]["val_oracle_mae"]) == 2
    best = min(result["history"]["val_prediction_mae"])
    assert result["best_error"] == best
    # The filling of the last batch weighs nothing.
    rows = result["validation"]["rows"]
    assert best == pytest.approx(rows["mixture"]["mae"]["all"], rel=1e-4)
    assert correction["error_before"] == pytest.approx(best, rel=1e-4)
    assert correction["error"] <= correction["error_before"]
    own = rows["balanced"]["mae"]["all"]
    assert own == pytest.approx(correction["error"], rel=1e-4)
    with np.load(folder / "predictions.npz") as arrays:
        assert arrays["group_logits"].shape == (16, 6)
        np.testing.assert_allclose(
            arrays["group_edges"], np.linspace(0, 121, 7)
        )
        np.testing.assert_allclose(
            arrays["prediction"], arrays[result["routing"]], rtol=1e-5
        )
    model = keras.saving.load_model(folder / "model.keras")
    assert isinstance(model, GroupRegressor)
    assert (folder / "service" / "saved_model.pb").exists()
    assert list((tmp_path / "logs").rglob("events*"))
    printed = capsys.readouterr().out
    assert "utkface_dir: 32 train, 16 val, 16 test faces" in printed
    assert f"use mixture routing: {result['routing']}." in printed


@pytest.mark.slow
def test_inv_lds_runs_in_half_precision(arguments, no_service):
    half = "--precision=mixed_bfloat16"
    result = main([*arguments, "--method=inv_lds", "--settings={}", half])
    assert list(result["test"]["rows"]) == ["model"]
    assert result["flags"]["precision"] == "mixed_bfloat16"


@pytest.mark.slow
@pytest.mark.parametrize(
    "method",
    # One of each kind of stages; torch, which traces nothing, has time for all.
    ["rank_n_contrast", "smogn", "lds_fds"]
    + ["rrt_lds", "con_r", "gai", "vir"] * (keras.config.backend() == "torch"),
)
def test_any_recipe_is_trained_by_its_stages(arguments, no_service, method):
    flags = [f"--method={method}", "--settings={}"]
    result = main([*arguments, *flags])
    assert result["method"] == method
    assert list(result["test"]["rows"]) == ["model"]
    best = result["best_error"]
    assert best == min(result["history"]["val_prediction_mae"])
    own = result["validation"]["rows"]["model"]["mae"]["all"]
    assert own == pytest.approx(best, rel=1e-4)
    # There is nothing left to do.
    again = main([*arguments, *flags, "--resume"])
    assert again["test"] == result["test"]


@pytest.mark.slow
def test_a_recipe_that_corrects_itself_does_so(arguments, no_service, capsys):
    settings = json.dumps({"num_groups": 6, "correction": "routing"})
    flags = ["--method=groupdir_corrected", f"--settings={settings}"]
    # The flag is for those that do not.
    result = main([*arguments, *flags, "--prior-correction=none"])
    assert list(result["prior_correction"]) == ["tau", "temperature"]
    assert "By validation: " in capsys.readouterr().out


def test_weights_are_those_of_the_recipe(
    arguments, tmp_path, monkeypatch, no_service
):
    seen = []

    class Watched(trainer.TrainingBatches):
        def __init__(self, faces, batch_size, seed, weights, *others):
            seen.append((faces.ages, weights))
            super().__init__(faces, batch_size, seed, weights, *others)

    monkeypatch.setattr(trainer, "TrainingBatches", Watched)
    main([*arguments, "--method=inv_lds", "--settings={}", "--epochs=1"])
    ((ages, weights),) = seen
    expected = histogram_weights(
        ages,
        LabelGroups.equal_width(0, 121, width=1),
        "inverse",
        clip=(5, 1000),
        kernel="gaussian",
    )
    np.testing.assert_allclose(weights, expected)


@pytest.mark.one_backend
def test_weights_may_match_the_ages_of_the_validation_set(
    arguments, monkeypatch, no_service
):
    tasks = []

    def watched(ages, held_out=None):
        tasks.append(face_task(ages, held_out))
        return tasks[-1]

    monkeypatch.setattr(trainer, "face_task", watched)
    settings = json.dumps({"num_groups": 6})
    flags = ["--method=groupdir_matched", f"--settings={settings}"]
    result = main([*arguments, *flags, "--epochs=1"])
    (task,) = tasks
    assert len(task.held_out) == result["validation"]["counts"]["all"]


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
    assert result["flags"]["dataset"] == "agedb_dir"
    assert result["test"]["counts"]["all"] == 16


@pytest.mark.slow
@pytest.mark.parametrize("second", ["finetune", "probe"])
def test_two_stages_train_the_encoder_first(
    arguments, second, tmp_path, no_service
):
    settings = json.dumps({"num_groups": 6, "second_stage": second})
    main(
        [
            *arguments,
            "--method=groupdir_two_stage",
            f"--settings={settings}",
            "--pretrain-epochs=1",
        ]
    )
    assert (tmp_path / "run/stage-1/last-1.weights.h5").exists()
    model = keras.saving.load_model(tmp_path / "run/model.keras")
    after = encoder_of(model).get_weights()
    assert isinstance(model, GroupRegressor)
    model.load_weights(tmp_path / "run/stage-1/last-1.weights.h5")
    before = encoder_of(model).get_weights()
    assert len(before) > 10
    is_same = all(map(np.array_equal, before, after))
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
    progress = json.loads((folder / "stage-1/progress.json").read_text())
    assert progress["epochs"] == 1
    whole = tmp_path / "whole"
    for extra in ("--resume", f"--output={whole}"):
        run = python("-c", PLAIN, *arguments, epochs, extra)
        assert run.returncode == 0, run.stderr
    one, other = last_weights(folder, 3), last_weights(whole, 3)
    assert one.keys() == other.keys()
    for name, values in one.items():
        np.testing.assert_array_equal(values, other[name], err_msg=name)


def refused(capsys, flags):
    with pytest.raises(SystemExit, match="2"):
        main(flags)
    return capsys.readouterr().err.splitlines()[-1]


def test_a_folder_with_a_run_is_not_overwritten(arguments, tmp_path, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/settings.json").write_text("{}")
    for flags, message in (
        ([], "holds a run already"),
        (["--resume"], "started with other settings"),
    ):
        assert message in refused(capsys, [*arguments, *flags])


def test_a_run_that_goes_on_elsewhere_is_refused(arguments, tmp_path, capsys):
    with held_alone(tmp_path / "run/.lock", waits=False):
        said = refused(capsys, [*arguments, "--resume"])
    assert f"process {os.getpid()} holds" in said


def test_missing_data_leave_the_folder_free(arguments, tmp_path):
    (tmp_path / "empty").mkdir()
    for _ in range(2):
        with pytest.raises(SystemExit, match="UTKFace is not there"):
            main([*arguments, f"--data-dir={tmp_path / 'empty'}"])


def test_what_cannot_be_built_leaves_the_folder_free(arguments, capsys):
    for _ in range(2):
        flags = [*arguments, "--backbone=nothing/at/all"]
        assert "`backbone` must be resnet4" in refused(capsys, flags)


def test_settings_must_be_of_the_recipe(arguments, tmp_path, capsys):
    flags = [*arguments, "--method=vanilla"]
    assert "those of the recipe 'vanilla'" in refused(capsys, flags)
    assert not (tmp_path / "run").exists()


def test_the_losses_of_the_committed_runs():
    settings = parse([f"--settings={json.dumps(COMMITTED)}"])
    (stage,) = settings.recipe.stages
    inputs = keras.Input((4,))
    encoder = keras.Model(inputs, keras.layers.Dense(3)(inputs))
    task = face_task(np.array([20.0, 40.0]))
    model = stage.build(encoder, task)
    losses, weights = stage.losses(model, task)
    assert (model.groups.num_groups, model.head.routing) == (12, "mixture")
    assert losses["expert_values"].error == "absolute"
    assert losses["embedding"].temperature == 0.2
    assert losses["group_logits"].beta == 1
    assert weights == {
        "embedding": 0.3,
        "group_logits": 1,
        "expert_values": 10,
    }
