import keras
import numpy as np
import pandas as pd
import pytest

from keras_groupdir import LabelModel
from keras_groupdir.losses import GroupCrossentropy
from tests.support.data_kinds import Batches
from tests.support.models import skewed_data
from tests.support.models import small_label_model
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")
X, Y = skewed_data()


def two_heads():
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(3, activation="tanh")(inputs)
    outputs = {
        "prediction": keras.layers.Dense(1, name="mean")(hidden),
        "spread": keras.layers.Dense(1, name="scale")(hidden),
        "hidden": hidden,
    }
    return LabelModel(inputs, outputs)


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(1)
    model = two_heads()
    model.compile(
        "sgd",
        loss={"prediction": "mse", "spread": "mae"},
        loss_weights={"prediction": 0.5, "spread": 3.0},
        metrics={"prediction": ["mae"]},
    )
    return model


def test_the_plain_label_reaches_every_output_that_has_a_loss(model):
    x, y = skewed_data()
    outputs = model.predict_outputs(x, verbose=0)
    mse = np.mean((outputs["prediction"][:, 0] - y) ** 2)
    mae = np.mean(np.abs(outputs["spread"][:, 0] - y))
    logs = model.evaluate(x, y, batch_size=24, verbose=0, return_dict=True)
    assert logs["prediction_loss"] == pytest.approx(mse, rel=1e-5)
    assert logs["spread_loss"] == pytest.approx(mae, rel=1e-5)
    assert logs["loss"] == pytest.approx(0.5 * mse + 3.0 * mae, rel=1e-5)
    assert "hidden_loss" not in logs


def test_the_plain_weight_reaches_every_output_that_has_a_loss(model):
    x, y = skewed_data()
    weights = np.linspace(0, 2, 24).astype("float32")
    outputs = model.predict_outputs(x, verbose=0)
    mse = np.mean(weights * (outputs["prediction"][:, 0] - y) ** 2)
    mae = np.mean(weights * np.abs(outputs["spread"][:, 0] - y))
    logs = model.evaluate(
        x, y, batch_size=24, sample_weight=weights, verbose=0, return_dict=True
    )
    assert logs["loss"] == pytest.approx(0.5 * mse + 3.0 * mae, rel=1e-5)


def test_metrics_go_by_output_name(model):
    x, y = skewed_data()
    logs = model.evaluate(x, y, verbose=0, return_dict=True)
    errors = np.abs(model.predict(x, verbose=0)[:, 0] - y)
    assert logs["prediction_mae"] == pytest.approx(errors.mean(), rel=1e-5)


def test_predict_returns_the_prediction_and_predict_outputs_all(model):
    x, _ = skewed_data()
    prediction = model.predict(x, batch_size=7, verbose=0)
    outputs = model.predict_outputs(x, batch_size=7, verbose=0)
    assert prediction.shape == (24, 1)
    assert {name: value.shape for name, value in outputs.items()} == {
        "prediction": (24, 1),
        "spread": (24, 1),
        "hidden": (24, 3),
    }
    np.testing.assert_array_equal(prediction, outputs["prediction"])


def test_one_loss_alone_leaves_the_other_head_untouched():
    model = two_heads()
    model.compile("sgd", loss={"prediction": "mse"})
    before = model.get_layer("scale").get_weights()
    moved = model.get_layer("mean").get_weights()
    x, y = skewed_data()
    model.fit(x, y[:, None], batch_size=24, verbose=0)
    for old, new in zip(
        before, model.get_layer("scale").get_weights(), strict=True
    ):
        np.testing.assert_array_equal(old, new)
    assert np.any(moved[0] != model.get_layer("mean").get_weights()[0])


def test_it_comes_back_from_a_file_and_trains_on(model, tmp_path):
    x, y = skewed_data()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is LabelModel
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-6
    )
    kept = loaded.evaluate(x, y, batch_size=24, verbose=0, return_dict=True)
    assert kept == pytest.approx(
        model.evaluate(x, y, batch_size=24, verbose=0, return_dict=True)
    )
    history = loaded.fit(x, y, epochs=3, batch_size=24, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]


def test_labels_with_two_columns_are_named():
    model = two_heads()
    model.compile("sgd", loss={"prediction": "mse"})
    x, _ = skewed_data()
    with pytest.raises(ValueError, match=r"`y` must have shape \(n,\) or"):
        model.evaluate(x, np.zeros((24, 2)), verbose=0)


def test_an_evaluation_with_bad_labels_leaves_the_model_whole(model):
    x, y = skewed_data()
    before = model.evaluate(x, y, verbose=0)
    with pytest.raises(ValueError, match=r"`y` must have shape \(n,\) or"):
        model.evaluate(x, np.zeros((24, 2)), verbose=0)
    assert model.evaluate(x, y, verbose=0) == pytest.approx(before)


def test_a_model_that_was_never_compiled_says_so():
    model = two_heads()
    for method in (model.fit, model.evaluate, model.train_on_batch):
        with pytest.raises(ValueError, match=r"`compile\(\)`"):
            method(X, Y)


def test_an_error_in_the_first_step_leaves_weights_and_optimizer():
    x, y = skewed_data()
    two = Batches(x, np.stack([y, y], axis=1))
    model = small_label_model()
    model.compile("adam")
    if keras.config.backend() == "jax":  # only then are weights at stake
        model.fit(x, y, batch_size=8, verbose=0)
    before = model.predict(x, verbose=0)
    with pytest.raises(ValueError, match="`y` must have shape"):
        model.fit(two, verbose=0)
    np.testing.assert_array_equal(model.predict(x, verbose=0), before)
    for labels in (y, y[:, None]):
        history = model.fit(Batches(x, labels), verbose=0).history
        assert np.isfinite(history["loss"]).all()


def test_weights_may_go_by_output_and_leave_some_out(model):
    x, y = skewed_data()
    weights = np.linspace(0, 2, 24).astype("float32")
    outputs = model.predict_outputs(x, verbose=0)
    mse = np.mean(weights * (outputs["prediction"][:, 0] - y) ** 2)
    mae = np.mean(np.abs(outputs["spread"][:, 0] - y))
    logs = model.evaluate(
        x,
        y,
        batch_size=24,
        sample_weight={"prediction": weights},
        verbose=0,
        return_dict=True,
    )
    assert logs["loss"] == pytest.approx(0.5 * mse + 3.0 * mae, rel=1e-5)


@pytest.mark.parametrize("first", ["prediction", "spread"])
def test_an_output_without_weights_weighs_one(model, first):
    x, y = skewed_data()
    weights = {"prediction": None, "spread": np.linspace(0, 2, 24)}
    weights = {first: weights[first], **weights}

    def loss(given):
        return model.evaluate(
            x, y, batch_size=24, sample_weight=given, verbose=0
        )[0]

    expected = loss({"prediction": np.ones(24), "spread": weights["spread"]})
    assert loss(weights) == pytest.approx(expected, rel=1e-5)
    assert loss({"prediction": None}) == pytest.approx(loss(None), rel=1e-5)


def test_weights_of_an_output_that_there_is_not_are_named():
    model = two_heads()
    model.compile("sgd", loss={"prediction": "mse"})
    x, y = skewed_data()
    with pytest.raises(ValueError, match=r"names of outputs.*'spread'.*'mean'"):
        model.fit(x, y, sample_weight={"mean": np.ones(24)}, verbose=0)


def test_an_output_must_be_the_prediction():
    inputs = keras.Input((4,))
    with pytest.raises(ValueError, match=r"'prediction'. Received: .'mean'"):
        LabelModel(inputs, {"mean": keras.layers.Dense(1)(inputs)})


def test_what_is_given_without_a_name_is_of_the_prediction():
    model = two_heads()
    model.compile(
        "sgd",
        loss="mse",
        loss_weights=0.5,
        metrics=["mae"],
        weighted_metrics="mse",
    )
    x, y = skewed_data()
    errors = model.predict(x, verbose=0)[:, 0] - y
    weights = np.linspace(0, 2, 24).astype("float32")
    logs = model.evaluate(
        x, y, batch_size=24, sample_weight=weights, verbose=0, return_dict=True
    )
    mse = np.mean(weights * errors**2)
    assert logs["loss"] == pytest.approx(0.5 * mse, rel=1e-5)
    mae = np.abs(errors).mean()
    assert logs["prediction_mae"] == pytest.approx(mae, rel=1e-5)
    assert not [key for key in logs if key.startswith(("spread", "hidden"))]


def test_an_optimizer_alone_trains_the_prediction():
    model = two_heads()
    model.compile("sgd")
    x, y = skewed_data()
    mae = np.abs(model.predict(x, verbose=0)[:, 0] - y).mean()
    logs = model.evaluate(x, y, batch_size=24, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(mae, rel=1e-5)
    assert {"prediction_mae", "prediction_mse"} <= logs.keys()


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"loss": ["mse", "mae", None]}, r"`loss` must be a dict by the names"),
        ({"loss": ("mse",)}, r"`loss` must be a dict by the names of outputs"),
        (
            {"metrics": [["mae"], ["mse"], []]},
            r"`metrics` must be a dict by the names of outputs",
        ),
        ({"loss": {"mean": "mse"}}, r"`loss` must go by .*Received: .'mean'"),
        (
            {"loss": "mse", "loss_weights": {"mean": 1.0}},
            r"`loss_weights` must go by the names .*Received: .'mean'",
        ),
        (
            {"metrics": {"predictoin": "mae"}},
            r"`metrics` must go by the names.*'prediction'.*'predictoin'",
        ),
        (
            {"weighted_metrics": {"mean": ["mae"]}},
            r"`weighted_metrics` must go by the names of outputs",
        ),
        (
            {"loss_weights": {"spread": 1.0}},
            r"`loss_weights` must be a dict by output name.*default losses",
        ),
        ({"loss_weights": [1.0]}, r"`loss_weights` must be a dict by output"),
        (
            {"loss_weights": {"prediction": 0.0}},
            r"`loss_weights` must not all be 0.*'prediction': 0",
        ),
    ],
)
def test_what_names_no_output_is_refused(arguments, match):
    with pytest.raises(ValueError, match=match):
        two_heads().compile("sgd", **arguments)


def test_loss_weights_go_by_name():
    model = small_regressor()
    groups = GroupCrossentropy(model.groups)
    losses = {"prediction": "mae", "group_logits": groups}
    model.compile("sgd", losses, loss_weights={"prediction": 3})
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    parts = 3 * logs["prediction_loss"] + logs["group_logits_loss"]
    assert logs["loss"] == pytest.approx(parts, rel=1e-5)
    at_least = r"`loss_weights\['prediction'\]` must be at least 0"
    for wrong, match in (
        ({"embedding": 1}, "of outputs that have a loss"),
        ({"prediction": -1}, at_least),
    ):
        with pytest.raises(ValueError, match=match):
            model.compile("sgd", {"prediction": "mae"}, loss_weights=wrong)


@pytest.mark.parametrize(
    "kind",
    [
        list,
        lambda w: pd.Series(w).astype("Float64"),
        lambda w: w.astype(object),
        lambda w: {"prediction": list(w)},
    ],
)
def test_weights_of_every_kind_are_trained_on(kind):
    weights = np.linspace(0, 2, len(Y))
    model = small_label_model()
    model.compile("sgd", "mae")
    found = model.evaluate(X, Y, sample_weight=kind(weights), verbose=0)
    expected = model.evaluate(X, Y, sample_weight=weights, verbose=0)
    assert found[0] == pytest.approx(expected[0], rel=1e-5)
    held_out = X, Y, kind(weights)
    model.fit(X, Y, None, 1, 0, validation_data=held_out)
    with pytest.raises(
        ValueError, match="`sample_weight` must not be negative"
    ):
        model.fit(X, Y, sample_weight=kind(-weights), verbose=0)


def test_validation_data_without_labels_are_refused():
    model = small_label_model()
    model.compile("sgd", "mae")
    with pytest.raises(ValueError, match=r"`validation_data` must be \(x, y\)"):
        model.fit(X, Y, validation_data=(X,), verbose=0)


def test_a_loss_that_does_not_count_is_not_computed():
    model = two_heads()
    losses = dict.fromkeys(model.output, "mae")
    weights = dict.fromkeys(losses, 1.0)
    idle = next(name for name in losses if name != "prediction")
    model.compile("sgd", loss=losses, loss_weights={**weights, idle: 0.0})
    assert idle not in model.get_compile_config()["loss"]
    model.compile("sgd", loss=losses, loss_weights=weights)
    assert idle in model.get_compile_config()["loss"]
    with pytest.raises(ValueError, match="`loss_weights` must not all be 0"):
        model.compile("sgd", loss=losses, loss_weights=dict.fromkeys(losses, 0))
