"""Faces as a problem of a comparison."""

import argparse
from dataclasses import asdict
from dataclasses import replace

import keras
import numpy as np
import pytest

from apps.compare.data_sets import name_of
from apps.data.faces import problem as problem_module
from apps.data.faces.data import Faces
from apps.data.faces.problem import face_problem
from apps.data.load import add_data_flags
from apps.data.load import load_problem
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import run_method

pytestmark = [pytest.mark.usefixtures("eager"), pytest.mark.one_backend]


def made_up_faces(count, seed):
    rng = np.random.default_rng(seed)
    ages = (np.arange(count) ** 2 % 97 + 1).astype("float32")
    return Faces(rng.integers(0, 255, (count, 16, 16, 3), "uint8"), ages)


@pytest.fixture
def splits(monkeypatch):
    splits = {
        name: made_up_faces(count, seed)
        for seed, (name, count) in enumerate(
            {"train": 20, "val": 6, "test": 7}.items()
        )
    }
    monkeypatch.setattr(
        problem_module, "load_splits", lambda *arguments: splits
    )
    return splits


@pytest.fixture
def faces(splits, monkeypatch):
    """The problem on 20 small faces, with a small network."""
    monkeypatch.setattr(
        problem_module,
        "BUDGET",
        Budget(epochs=1, batch_size=8, learning_rate=1e-3),
    )
    return face_problem(
        "utkface_dir", backbone="resnet4", width=0.1, image_size=16
    )


def tiny_encoder():
    inputs = keras.Input((16, 16, 3), dtype="uint8")
    pixels = keras.layers.Rescaling(1 / 255)(keras.layers.Flatten()(inputs))
    return keras.Model(inputs, keras.layers.Dense(4)(pixels))


def test_the_protocol_is_that_of_the_committed_figures(splits):
    faces = face_problem("utkface_dir")
    budget = {"epochs": 12, "patience": 12, "batch_size": 64}
    assert asdict(faces.budget) == {
        **asdict(Budget()),
        **budget,
        "learning_rate": 2e-3,
    }
    task = faces.task
    np.testing.assert_array_equal(task.bins.edges, np.arange(122))
    assert (task.error, task.reweight) == ("absolute", "sqrt_inverse")
    assert task.clip == (5, 1000)
    np.testing.assert_array_equal(task.labels, splits["train"].ages)
    assert (faces.name, faces.unit) == ("UTKFace-DIR", "years")
    assert faces.printed is None
    assert face_problem("agedb_dir").printed == "AgeDB-DIR"
    assert faces.encoder(0).input.shape == (None, 64, 64, 3)


def test_another_encoder_is_another_problem_by_its_flags(splits):
    parser = argparse.ArgumentParser()
    add_data_flags(parser)
    flags = ["--backbone=resnet4", "--width=0.1", "--image-size=16"]
    arguments = parser.parse_args(["utkface_dir", *flags])
    found = load_problem(arguments)
    assert found.name == "UTKFace-DIR, resnet4 of width 0.1, 16 pixels"
    assert found.encoder(0).input.shape == (None, 16, 16, 3)
    name = "utkface_dir_backbone_resnet4_width_0.1_image_size_16"
    assert name_of(arguments) == name


def test_a_wrong_backbone_is_said_before_faces_are_decoded(monkeypatch):
    def decode(*_):
        raise AssertionError

    monkeypatch.setattr(problem_module, "load_splits", decode)
    with pytest.raises(ValueError, match=r"`width` must leave.*width=0.001"):
        face_problem("utkface_dir", width=0.001)


def test_the_digest_of_faces_is_of_their_ages(faces):
    x, y = faces.test
    other = replace(faces, test=(x, y + 1))
    assert other.digest != faces.digest == replace(faces).digest


def test_batches_of_faces_hold_their_views_under_their_ages(faces):
    x, y = faces.train(0, 1)[1]
    assert (x.shape, x.dtype, y.shape) == ((8, 16, 16, 3), np.uint8, (8,))
    x, y = faces.train(0, 2)[1]
    assert x.shape == (16, 16, 16, 3)
    np.testing.assert_array_equal(y[:8], y[8:])
    assert not np.array_equal(x[:8], x[8:])


def test_epochs_of_faces_differ_and_seeds_repeat_them(faces):
    batches, again = faces.train(3, 1), faces.train(3, 1)
    first = batches[0]
    np.testing.assert_array_equal(first[0], again[0][0])
    assert not np.array_equal(faces.train(4, 1)[0][1], first[1])
    batches.on_epoch_end()
    assert not np.array_equal(batches[0][1], first[1])
    again.on_epoch_end()
    np.testing.assert_array_equal(batches[1][0], again[1][0])


def test_fit_draws_faces_anew_each_epoch(faces):
    """One worker, or batches of the old order would be read ahead."""
    batches = faces.train(0, 1)
    assert (batches.workers, batches.use_multiprocessing) == (1, False)
    means = []
    for _ in range(5):
        means.append(np.mean([batches[index][1] for index in (0, 1)]))
        batches.on_epoch_end()
    assert len(set(means)) == 5

    def age_seen(y_true, y_pred):
        return keras.ops.mean(y_true, axis=-1)

    model = keras.Sequential([tiny_encoder(), keras.layers.Dense(1)])
    model.compile(loss="mae", metrics=[age_seen])
    history = model.fit(faces.train(0, 1), epochs=3, verbose=0).history
    # Keras may go past an epoch to see what batches look like.
    first = np.argmin(np.abs(np.array(means) - history["age_seen"][0]))
    wanted = means[first : first + 3]
    np.testing.assert_allclose(history["age_seen"], wanted, rtol=1e-5)


@pytest.mark.slow
def test_the_encoder_takes_images_as_they_are(faces):
    x, y = faces.val
    embeddings = faces.encoder(0).predict(x, verbose=0)
    assert embeddings.shape[0] == len(y)
    assert np.all(np.isfinite(embeddings))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["con_r", "rrt_lds", "rank_n_contrast"])
def test_methods_are_trained_on_faces(faces, method, monkeypatch):
    steps = []

    class Steps(keras.callbacks.EarlyStopping):
        def on_train_begin(self, logs=None):
            super().on_train_begin(logs)
            steps.append(self.params["steps"])

    monkeypatch.setattr(keras.callbacks, "EarlyStopping", Steps)
    problem = replace(faces, make_encoder=tiny_encoder)
    line = run_method(problem, method)
    assert not line["diverged"]
    assert line["val"]["counts"]["all"] == 6
    assert line["test"]["counts"]["all"] == 7
    # Images in full batches; heads on the embeddings of all 20 plain faces, in
    # batches of 8 too.
    wanted = {"con_r": [2], "rrt_lds": [2, 3], "rank_n_contrast": [3]}
    assert steps == wanted[method]
