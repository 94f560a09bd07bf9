import json

import keras
import numpy as np
import pytest

from apps.common.checkpoint import Checkpoint


def model_and_data():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((3,))
    # Dropout draws from a state that files of weights leave out.
    x = keras.layers.Dropout(0.5, seed=1)(keras.layers.Dense(4)(inputs))
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile(keras.optimizers.Adam(0.1), loss="mse")
    x = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
    return model, x, x.sum(axis=1, keepdims=True)


def run(folder, epochs, callbacks=()):
    """Trains up to an epoch, from where the folder says."""
    model, x, y = model_and_data()
    checkpoint = Checkpoint(folder, "loss")
    checkpoint.restore_last(model)
    model.fit(
        x,
        y,
        initial_epoch=checkpoint.epochs,
        epochs=epochs,
        callbacks=[checkpoint, *callbacks],
        shuffle=False,
        verbose=0,
    )
    return model, checkpoint


def assert_same_weights(one, other):
    for a, b in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_run_in_two_parts_ends_where_one_in_a_piece_does(tmp_path):
    run(tmp_path / "parts", epochs=2)
    parts, checkpoint = run(tmp_path / "parts", epochs=5)
    whole, other = run(tmp_path / "whole", epochs=5)
    assert_same_weights(parts, whole)
    assert checkpoint.history == other.history
    assert len(checkpoint.history["loss"]) == 5


def test_a_finished_run_is_not_trained_again(tmp_path):
    before, _ = run(tmp_path, epochs=3)
    after, _ = run(tmp_path, epochs=3)
    assert_same_weights(before, after)


def test_the_best_epoch_is_that_with_the_least_error(tmp_path):
    model, _, _ = model_and_data()
    checkpoint = Checkpoint(tmp_path, "error")
    checkpoint.set_model(model)
    kept = None
    for epoch, error in enumerate([3.0, 1.0, float("nan"), 2.0]):
        model.set_weights([w + 1 for w in model.get_weights()])
        if error == 1.0:
            kept = model.get_weights()
        checkpoint.on_epoch_end(epoch, {"error": error})
    again = Checkpoint(tmp_path, "error")
    assert (again.epochs, again.best_epoch, again.best_error) == (4, 2, 1.0)
    assert again.history == {"error": [3.0, 1.0, None, 2.0]}
    again.restore_best(model)
    for a, b in zip(model.get_weights(), kept, strict=True):
        np.testing.assert_array_equal(a, b)


def test_without_a_finite_error_there_is_no_best_epoch(tmp_path):
    model, _, _ = model_and_data()
    checkpoint = Checkpoint(tmp_path, "error")
    checkpoint.set_model(model)
    checkpoint.on_epoch_end(0, {"error": float("inf")})
    assert checkpoint.best_epoch is None


@pytest.mark.one_backend
@pytest.mark.parametrize("moment", ["save_weights", "replace", "write_json"])
def test_a_kill_while_writing_leaves_the_epoch_before(
    tmp_path, moment, monkeypatch
):
    class Killed(BaseException):
        pass

    def die(*args, **kwargs):
        raise Killed

    run(tmp_path, epochs=2)
    with monkeypatch.context() as patch:
        where = {
            "save_weights": "keras.Model.save_weights",
            "replace": "pathlib.Path.replace",
            "write_json": "apps.common.checkpoint.write_json",
        }
        patch.setattr(where[moment], die)
        with pytest.raises(Killed):
            run(tmp_path, epochs=3)
    assert Checkpoint(tmp_path, "loss").epochs == 2
    resumed, _ = run(tmp_path, epochs=3)
    whole, _ = run(tmp_path / "whole", epochs=3)
    assert_same_weights(resumed, whole)


def test_an_epoch_that_diverged_is_not_written(tmp_path):
    _, checkpoint = run(tmp_path, epochs=2)
    checkpoint.on_epoch_end(2, {"loss": float("nan")})
    assert Checkpoint(tmp_path, "loss").epochs == 2
    assert (tmp_path / "last-2.weights.h5").exists()


def test_only_two_epochs_are_kept(tmp_path):
    _, checkpoint = run(tmp_path, epochs=4)
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        f"best-{checkpoint.best_epoch}.weights.h5",
        "last-4.weights.h5",
        "progress.json",
    ]
    assert json.loads((tmp_path / "progress.json").read_text())["epochs"] == 4


def test_a_process_that_does_not_write_writes_nothing(tmp_path):
    model, _, _ = model_and_data()
    checkpoint = Checkpoint(tmp_path / "none", "error", writes=False)
    checkpoint.set_model(model)
    checkpoint.on_epoch_end(0, {"error": 1.0})
    assert checkpoint.best_epoch == 1
    assert not (tmp_path / "none").exists()
