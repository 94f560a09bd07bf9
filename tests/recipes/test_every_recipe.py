"""Every method trains, learns, is saved, loaded and exported."""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir.recipes import make_recipe
from tests.recipes.problem import FORMS
from tests.recipes.problem import TRIED
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.problem import fitted
from tests.support.models import repeated

# From torch, each is exported in a process of its own; JAX compiles each anew.
FEW = ("con_r", "vir", "groupdir")
EXPORTED = {"jax": FEW, "torch": FEW}.get(keras.config.backend(), FORMS)
# A model of every class is, by tests/models/test_every_regressor.py.
SAVED = TRIED if keras.config.backend() == "torch" else FEW

# With 8 bins for a window of 5, smoothed features are far from plain ones; and
# balanced MSE goes beyond the range for the sake of rare labels.
FAR = ("lds_fds", "lds_fds_der", "vir", "bmc", "gai", "bni")


STEPS = []


@pytest.fixture(scope="module", params=TRIED)
def trained(request):
    name = request.param
    STEPS.clear()
    step = LabelModel.train_step

    def counted(model, *arguments):
        STEPS.append(model)
        return step(model, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(LabelModel, "train_step", counted)
        model, histories = fitted(
            name,
            None,
            *repeated(6, X, Y),
            validation_data=(X, Y),
            optimizer=keras.optimizers.Adam(0.03),
            epochs=5,
        )
    return name, model, histories


@pytest.mark.skipif(
    keras.config.backend() != "tensorflow", reason="as a backend traces"
)
def test_a_step_is_traced_once(trained):
    _, _, histories = trained
    assert len(STEPS) == len(histories)


def test_trains_on_plain_labels(trained):
    name, model, histories = trained
    assert isinstance(model, LabelModel)
    # Features of a table are resampled before the only stage.
    stages = 1 if "smo" in name else len(make_recipe(name).stages)
    assert len(histories) == stages
    assert all(np.isfinite(histories[-1]["loss"]))
    assert {"val_prediction_mae", "val_prediction_mse"} <= histories[-1].keys()


@pytest.mark.usefixtures("eager_here")
def test_learns(trained):
    name, model, _ = trained
    prediction = model.predict(X, verbose=0)
    assert prediction.shape == (48, 1)
    prediction = prediction.reshape(-1)
    assert np.corrcoef(prediction, Y)[0, 1] > 0.8
    if name not in FAR:
        assert np.mean((prediction - Y) ** 2) < 0.8 * np.var(Y)


@pytest.mark.usefixtures("eager_here")
def test_is_the_same_from_a_file(trained, tmp_path):
    name, model, _ = trained
    if name not in SAVED:
        return
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0),
        model.predict(X, verbose=0),
        rtol=1e-4,
        atol=1e-4,
    )
    before = model.evaluate(X, Y, batch_size=48, verbose=0, return_dict=True)
    after = loaded.evaluate(X, Y, batch_size=48, verbose=0, return_dict=True)
    assert before.keys() == after.keys()
    for key, value in before.items():
        assert after[key] == pytest.approx(value, rel=1e-3, abs=1e-4), key


def test_exports_the_prediction_alone(trained, tmp_path):
    tensorflow = pytest.importorskip("tensorflow")
    name, model, _ = trained
    if name not in EXPORTED:
        return
    model.export(tmp_path / "saved", verbose=False)
    served = tensorflow.saved_model.load(str(tmp_path / "saved"))
    np.testing.assert_allclose(
        np.array(served.serve(X[:5])),
        model.predict(X[:5], verbose=0),
        rtol=1e-4,
        atol=1e-4,
    )


@pytest.mark.parametrize(
    ("name", "routing"),
    [
        ("groupdir", "mixture"),
        ("groupdir_soft", "soft"),
        ("groupdir_paper", "hard"),
        ("group_la_hard", "hard"),
        ("group_ce", "soft"),
    ],
)
def test_group_recipes_have_the_routing_of_their_name(name, routing):
    model = fitted(name, epochs=0).model
    assert isinstance(model, GroupRegressor)
    assert model.head.routing == routing
    assert (model.head.beta is None) == name.startswith("group_")
