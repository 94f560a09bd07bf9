"""Encoders, callbacks, optimizers and validation data of `fit_recipe`."""

import keras
import numpy as np
import pytest

from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.recipe import EMBEDDING
from keras_groupdir.recipes.recipe import HEAD
from tests.recipes.problem import BINS
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.test_fit_recipe import Batches
from tests.support.models import small_encoder

TASK = LabelTask(Y, BINS)
HEAD_ALONE = [
    name
    for name in RECIPES
    if any(stage.trains == HEAD for stage in make_recipe(name).stages)
]
EMBEDDING_FIRST = [
    name
    for name in RECIPES
    if any(stage.trains == EMBEDDING for stage in make_recipe(name).stages)
]


def fitted(name, encoder=None, x=X, y=Y, **arguments):
    settings = {"verbose": 0, "validation_data": (X, Y), **arguments}
    encoder = small_encoder() if encoder is None else encoder
    return fit_recipe(name, encoder, TASK, x, y, **settings)


class Made:
    """Makes a list of callbacks for each stage, and counts."""

    def __init__(self, stages, *made):
        self.left = [list(made) for _ in range(stages)]

    def __call__(self):
        return self.left.pop()


@pytest.mark.one_backend
@pytest.mark.parametrize("name", [*HEAD_ALONE, *EMBEDDING_FIRST, "vanilla"])
def test_an_encoder_that_any_recipe_trained_is_not_trained_on(name):
    # Rows that cannot be resampled themselves, so that embeddings are.
    x = {"numbers": X}
    inputs = {"numbers": keras.Input(X.shape[1:], name="numbers")}
    hidden = keras.layers.Dense(4)(inputs["numbers"])
    encoder = keras.Model(inputs, hidden)
    fitted(name, encoder, x, validation_data=(x, Y))
    with pytest.raises(ValueError, match="must not have been trained"):
        fitted("vanilla", encoder, x, validation_data=(x, Y))


@pytest.mark.one_backend
def test_a_call_that_is_refused_leaves_the_encoder_as_new():
    encoder = small_encoder()
    with pytest.raises(ValueError, match="adamm"):
        fitted("vanilla", encoder, optimizer="adamm")
    fitted("vanilla", encoder)


@pytest.mark.one_backend
def test_callbacks_are_made_once_for_each_stage_and_may_be_one():
    make = Made(2)
    fitted("rrt", callbacks=make)
    assert not make.left
    fitted("vanilla", callbacks=keras.callbacks.TerminateOnNaN())
    saver = keras.callbacks.BackupAndRestore("folder")
    with pytest.raises(ValueError, match="must not save models for"):
        fitted("rrt", callbacks=saver)


@pytest.mark.one_backend
def test_a_list_for_a_later_stage_is_checked_too(tmp_path):
    lists = [[keras.callbacks.ModelCheckpoint(tmp_path / "m.keras")], []]
    with pytest.raises(ValueError, match="Received: ModelCheckpoint"):
        fitted("rrt", callbacks=lists.pop)


@pytest.mark.one_backend
def test_models_are_saved_where_a_table_is_resampled_itself(tmp_path):
    path = tmp_path / "model.keras"
    fitted("smoter", callbacks=[keras.callbacks.ModelCheckpoint(path)])
    assert path.exists()


def test_what_an_optimizer_spares_its_decay_is_kept():
    optimizer = keras.optimizers.AdamW(weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma"])
    model = fitted("groupdir_matched", optimizer=optimizer).model
    decays = {
        one.name: model.optimizer._use_weight_decay(one)
        for one in model.trainable_variables
    }
    assert decays["kernel"]
    assert not decays["bias"]
    variable = keras.Variable([0.0])
    optimizer.exclude_from_weight_decay(var_list=[variable])
    with pytest.raises(ValueError, match="`var_names`"):
        fitted("vanilla", optimizer=optimizer)


@pytest.mark.filterwarnings("error:Skipping variable loading")
def test_a_corrected_model_is_read_with_its_optimizer(tmp_path):
    fitted("groupdir_matched").model.save(tmp_path / "model.keras")
    read = keras.saving.load_model(tmp_path / "model.keras")
    assert read.optimizer.built


@pytest.mark.one_backend
@pytest.mark.parametrize("name", EMBEDDING_FIRST)
def test_a_frozen_encoder_cannot_be_trained_alone(name):
    encoder = small_encoder()
    encoder.trainable = False
    with pytest.raises(ValueError, match=r"`encoder` must have weights to"):
        fitted(name, encoder)


@pytest.mark.one_backend
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"validation_freq": 2}, "`validation_freq` is not for fit_recipe"),
        ({"validation_steps": 1}, "`validation_steps` is not for"),
    ],
)
def test_what_would_be_ignored_of_validation_is_refused(given, said):
    with pytest.raises(ValueError, match=said):
        fitted("vanilla", **given)
    fitted("vanilla", validation_freq=1, validation_steps=None)


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["groupdir_corrected", "groupdir_matched"])
def test_labels_of_a_validation_data_set_are_checked_before_training(name):
    encoder = small_encoder()
    before = encoder.get_weights()
    with pytest.raises(ValueError, match="at least one batch"):
        fitted(name, encoder, validation_data=Batches(X[:0], Y[:0]))
    labels = Y.copy()
    labels[3] = np.nan
    with pytest.raises(ValueError, match=r"`validation_data` must"):
        fitted(name, encoder, validation_data=Batches(X, labels))
    for now, then in zip(encoder.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.one_backend
def test_validation_inputs_that_are_not_finite_end_training_with_a_warning():
    held_out = X.copy()
    held_out[0, 0] = np.nan
    with pytest.warns(UserWarning, match="ends with epoch 1: the error on"):
        found = fitted("groupdir", validation_data=(held_out, Y), epochs=9)
    assert len(found.histories[0]["loss"]) == 1


class TorchBatches(Batches):
    """Tensors of another precision, that a layer has made."""

    def __getitem__(self, index):
        import torch

        x, y = super().__getitem__(index)
        x = torch.tensor(x, dtype=torch.bfloat16, requires_grad=True)
        return x, torch.tensor(y)


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["sqinv", "rrt", "groupdir_matched"])
def test_batches_of_torch_are_weighed_and_embedded(name):
    pytest.importorskip("torch")
    data = TorchBatches(X, Y)
    model = fitted(name, x=data, y=None, validation_data=data).model
    assert np.isfinite(model.predict(X, verbose=0)).all()
