"""What holds for every method, whatever it learns."""

from collections import defaultdict

import keras
import ml_dtypes
import numpy as np
import pytest

from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import CompiledModels
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import make_recipe
from tests.recipes.problem import BINS
from tests.recipes.problem import FORMS
from tests.recipes.problem import TRIED
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.problem import fitted
from tests.recipes.problem import weights_of
from tests.support.data_kinds import ENDLESS
from tests.support.data_kinds import KINDS
from tests.support.data_kinds import REFUSED
from tests.support.data_kinds import training
from tests.support.data_kinds import validation
from tests.support.data_kinds import with_nan
from tests.support.models import small_encoder

pytestmark = pytest.mark.usefixtures("eager")
EVERY = pytest.mark.parametrize("name", TRIED)


@pytest.mark.one_backend
@EVERY
def test_units_of_the_label_do_not_matter(name):
    """What is measured in meters trains as if in nanometers."""

    def trained(unit):
        bins = LabelGroups.equal_width(0, 8 * unit, width=unit)
        return fitted(
            name,
            LabelTask(unit * Y, bins),
            y=unit * Y,
            optimizer=keras.optimizers.SGD(0.05),
            batch_size=24,
            epochs=1,
        ).model.predict(X, verbose=0)

    small, large = trained(1e-9) / 1e-9, trained(1e9) / 1e9
    spread = small.std()
    assert spread > 1e-3
    np.testing.assert_allclose(large, small, atol=0.02 * spread)


@pytest.mark.one_backend
@EVERY
def test_degenerate_batches_are_finite(name):
    """One label or one sample in a batch, ties, and bins without labels."""
    bins = LabelGroups.equal_width(0, 8, width=0.25)
    repeats = [32, 8, 4, 5]
    y = np.repeat([0.0, 0.1, 2.0, 8.0], repeats).astype("float32")
    # All inputs of a label are the same, and the last batch holds one of them.
    model, histories = fitted(
        name,
        LabelTask(y, bins, error="squared", reweight="inverse"),
        np.repeat(X[:4], repeats, axis=0),
        y,
        batch_size=8,
        epochs=1,
        shuffle=False,
    )
    assert np.isfinite(model.predict(X, verbose=0)).all()
    for history in histories:
        assert np.isfinite(history["loss"]).all()
    for weight in weights_of(model):
        assert np.isfinite(weight).all()


@pytest.mark.one_backend
@EVERY
@pytest.mark.parametrize("dtype", ["float16", ml_dtypes.bfloat16])
def test_half_precision_data_train_as_others_do(name, dtype):
    rounded = X.astype(dtype), Y.astype(dtype)
    as_given, _ = fitted(name, None, *rounded)
    as_floats, _ = fitted(name, None, *(a.astype("float32") for a in rounded))
    predictions = (
        model.predict(X, verbose=0) for model in (as_given, as_floats)
    )
    np.testing.assert_allclose(*predictions, rtol=1e-4, atol=1e-4)


@pytest.mark.one_backend
@EVERY
@pytest.mark.parametrize("kind", ["frames", "sparse"])
def test_a_table_of_another_kind_is_the_same_table(name, kind):
    as_given, stages = fitted(name, None, *KINDS[kind](X, Y))
    as_array, same = fitted(name, None, X, Y)
    assert len(stages) == len(same)
    predictions = (
        model.predict(X, verbose=0) for model in (as_given, as_array)
    )
    np.testing.assert_allclose(*predictions, rtol=1e-5, atol=1e-5)


@EVERY
def test_labels_that_training_never_saw_have_finite_weights(name):
    bins = LabelGroups.equal_width(0, 8, width=0.25)
    task = LabelTask(Y, bins, held_out=bins.centers)
    for stage in make_recipe(name).stages:
        if stage.weigh is not None:
            weights = stage.weigh(bins.centers, task=task)
            assert np.isfinite(weights).all()
            assert (weights > 0).all()
            assert stage.weigh(Y, task=task).mean() == pytest.approx(1, 1e-5)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("vanilla", marks=pytest.mark.one_backend),
        pytest.param("smogn", marks=pytest.mark.one_backend),
        "vae",
        "groupdir",
    ],
)
def test_seeds_decide(name):
    def trained():
        return weights_of(fitted(name).model)

    for one, other in zip(trained(), trained(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def pairs_of_kinds():
    """All kinds for recipes that use data in each way there is.

    Where all recipes are tried, two kinds for each of the others; else there is
    one such recipe.
    """
    kinds = [kind for kind in KINDS if kind not in REFUSED]
    for place, name in enumerate(RECIPES):
        are_all = len(TRIED) == len(RECIPES)
        every_kind = name in ("rrt", "lds_fds_der")[: 1 + are_all]
        some = [place] if are_all else []
        for start in range(len(kinds)) if every_kind else some:
            pair = [kinds[(start + step) % len(kinds)] for step in (0, 3)]
            yield pytest.param(name, *pair, id="-".join([name, *pair]))


COMPILED = defaultdict(CompiledModels)


@pytest.mark.parametrize(("name", "train", "held_out"), list(pairs_of_kinds()))
def test_data_of_every_kind_train_and_validate(name, train, held_out):
    # The last batch holds one sample.
    x, y = X[:17], Y[:17]
    arguments = {
        "epochs": 1,
        "compiled": COMPILED[name],
        "x": x,
        "y": y,
        **training(train, x, y),
        **validation(held_out, x, y),
    }
    if "y" not in training(train, x, y):
        arguments["y"] = None
    arguments.pop("validation_steps", None)
    if held_out in ENDLESS:
        with pytest.raises(ValueError, match="`validation_data` must be"):
            fitted(name, LabelTask(y, BINS), **arguments)
        arguments["validation_data"] = x, y
    rereads = any(
        stage.weigh or stage.trains == "head" or "fds" in name
        for stage in make_recipe(name).stages
    )
    if train in ENDLESS and rereads:
        with pytest.raises(ValueError, match=r"`x` must be"):
            fitted(name, LabelTask(y, BINS), **arguments)
        return
    _, histories = fitted(name, LabelTask(y, BINS), **arguments)
    assert np.isfinite(histories[-1]["loss"]).all()
    assert np.isfinite(histories[-1]["val_prediction_mae"]).all()


@EVERY
def test_labels_that_are_not_finite_are_refused(name):
    bad = with_nan(Y)
    task = LabelTask(Y, BINS)
    with pytest.raises(ValueError, match="`y` must be finite"):
        fitted(name, task, y=bad)
    for kind in (tuple, list):
        match = r"`validation_data\[1\]` must be finite"
        with pytest.raises(ValueError, match=match):
            fitted(name, task, validation_data=kind([X, bad]))


@pytest.mark.one_backend
@pytest.mark.parametrize("name", FORMS)
def test_an_encoder_may_have_the_names_of_its_layers(name):
    task = LabelTask(Y, BINS)
    (*_, stage) = make_recipe(name).stages
    names = [layer.name for layer in stage.build(small_encoder(), task).layers]
    for taken in names:
        model = stage.build(small_encoder(taken), task)
        assert model.predict(X[:3], verbose=0).shape == (3, 1)
