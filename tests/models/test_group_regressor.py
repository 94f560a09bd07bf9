import keras
import numpy as np
import pytest
from keras import ops

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import OrdinalGroupContrastive
from keras_groupdir.losses import RoutedError
from keras_groupdir.losses import ScaledError
from keras_groupdir.losses import SoftGroupCrossentropy
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import fit_group_weights
from tests.layers.test_routing import reference as routing_reference
from tests.losses.test_ordinal_group_contrastive import (
    reference as contrastive_reference,
)
from tests.losses.test_routed_error import reference as routed_reference
from tests.losses.test_scaled_error import reference as scaled_reference
from tests.losses.test_soft_group_crossentropy import (
    reference as soft_reference,
)
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor
from tests.support.models import start_again
from tests.support.numeric import groups_of

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data()


@pytest.fixture(scope="module")
def trained():
    """A model with the defaults and its weights before training."""
    keras.utils.set_random_seed(2)
    model = small_regressor()
    model.compile(keras.optimizers.SGD())
    return model, model.get_weights()


@pytest.fixture
def model(trained):
    return start_again(*trained)


def parts(model, x, y):
    """The four losses of each sample, by the references, one batch."""
    outputs = model.predict_outputs(x, batch_size=len(x), verbose=0)
    edges = model.groups.edges
    return {
        "embedding": contrastive_reference(
            groups_of(y, edges), outputs["embedding"], 0.2, "cosine"
        ),
        "group_logits": soft_reference(
            y, outputs["group_logits"], edges, beta=1.0
        ),
        "expert_values": routed_reference(
            y, outputs["expert_values"], edges, model.error, None, scale=8.0
        ),
        "prediction": scaled_reference(
            y, outputs["prediction"], 8.0, model.error, None
        ),
    }


# Led by what is predicted; those of eq. (5).
LOSS_WEIGHTS = {
    "embedding": 0.0,
    "group_logits": 0.3,
    "expert_values": 1.0,
    "prediction": 10.0,
}
PAPER_WEIGHTS = {
    "embedding": 1.0,
    "group_logits": 1.0,
    "expert_values": 10.0,
    "prediction": 0.0,
}


def total(means, **others):
    """The loss, with other weights than the default ones if given."""
    weights = {**LOSS_WEIGHTS, **others}
    return sum(weights[name] * mean for name, mean in means.items())


def evaluate(model, *data, **settings):
    return model.evaluate(*data, verbose=0, return_dict=True, **settings)


def means_of(model, weights=1.0):
    return {k: np.mean(weights * v) for k, v in parts(model, X, Y).items()}


def test_the_default_loss_is_led_by_the_error_of_the_prediction(model):
    logs = evaluate(model, X, Y, batch_size=24)
    means = means_of(model)
    assert "embedding_loss" not in logs
    for name in ("group_logits", "expert_values", "prediction"):
        mean = means[name]
        assert logs[f"{name}_loss"] == pytest.approx(mean, rel=1e-4)
    assert logs["loss"] == pytest.approx(total(means), rel=1e-4)
    assert model.default_loss_weights() == LOSS_WEIGHTS
    assert model.error == "absolute"


def test_with_the_papers_weights_the_loss_is_eq_5(model):
    other = GroupRegressor(model.encoder, GROUPS, error="squared")
    other.set_weights(model.get_weights())
    assert GroupRegressor.PAPER_WEIGHTS == PAPER_WEIGHTS
    other.compile("sgd", loss_weights=GroupRegressor.PAPER_WEIGHTS)
    logs = evaluate(other, X, Y, batch_size=24)
    expected = total(means_of(other), **PAPER_WEIGHTS)
    assert logs["loss"] == pytest.approx(expected, rel=1e-4)
    # It is not computed; the metrics of the prediction are.
    assert "prediction_loss" not in logs
    assert "prediction_mae" in logs
    assert sorted(other.loss) == ["embedding", "expert_values", "group_logits"]


def test_from_labels_starts_as_the_best_constant():
    labels = np.array([0.0, 1.0, 1.0, 1.0, 9.0])
    model = GroupRegressor.from_labels(small_encoder(), labels, groups=3)
    assert model.groups == LabelGroups.from_labels(labels, 3)
    assert (model.head.start, model.head.spread) == (1.0, labels.std())
    np.testing.assert_allclose(model.predict(X, verbose=0), 1.0, rtol=1e-6)
    outputs = model.predict_outputs(X, verbose=0)
    np.testing.assert_allclose(outputs["expert_values"], 1.0, rtol=1e-6)


def test_from_labels_takes_groups_and_settings():
    model = GroupRegressor.from_labels(
        small_encoder(), Y, GROUPS, "soft", start=2.0, error="squared"
    )
    assert model.groups == GROUPS
    assert (model.head.routing, model.error) == ("soft", "squared")
    assert (model.head.start, model.head.spread) == (
        2.0,
        np.std(Y, dtype="float64"),
    )


def test_where_experts_start_is_kept():
    model = small_regressor(start=2.0, spread=0.5)
    for same in (
        GroupRegressor.from_config(model.get_config()),
        model.with_routing("soft"),
    ):
        assert (same.head.start, same.head.spread) == (2.0, 0.5)


def test_experts_that_start_at_their_centers_go_by_the_width_of_a_group():
    model = small_regressor()
    assert (model.head.start, model.head.spread) == (None, 2.0)
    values = model.predict_outputs(X, verbose=0)["expert_values"]
    np.testing.assert_allclose(values[0], [1, 3, 5, 7])
    # Before, that was the width of the range, and files do not say so.
    old = {**model.get_config(), "spread": None}
    for config, spread in ((model.get_config(), 2.0), (old, 8.0)):
        same = GroupRegressor.from_config(config)
        assert same.head.spread == spread
        outputs = same.predict_outputs(X, verbose=0)
        np.testing.assert_allclose(outputs["expert_values"], values)


def test_labels_that_are_all_the_same_have_no_deviation_to_go_by():
    model = GroupRegressor.from_labels(small_encoder(), [3.0, 3.0], GROUPS)
    assert (model.head.start, model.head.spread) == (3.0, None)


@pytest.mark.parametrize("error", ["absolute", "squared", "huber"])
def test_experts_and_prediction_share_the_kind_of_their_error(error):
    model = small_regressor(error=error)
    losses = model.default_losses()
    assert type(losses["expert_values"]) is RoutedError
    assert type(losses["prediction"]) is ScaledError
    for name in ("expert_values", "prediction"):
        assert losses[name].error == error
        assert losses[name].scale == 8.0
    assert model.with_routing("hard").error == error
    revived = GroupRegressor.from_config(model.get_config())
    assert revived.error == error


def test_weights_of_samples_count_in_every_loss(model):
    weights = np.linspace(0, 2, 24).astype("float32")
    logs = evaluate(model, X, Y, batch_size=24, sample_weight=weights)
    expected = total(means_of(model, weights))
    assert logs["loss"] == pytest.approx(expected, rel=1e-4)


def test_a_weight_of_zero_removes_what_the_label_of_a_sample_teaches():
    # Without the contrastive loss, in which a sample is also compared with.
    model = small_regressor()
    model.compile(
        keras.optimizers.SGD(),
        loss={
            "group_logits": SoftGroupCrossentropy(GROUPS),
            "expert_values": RoutedError(GROUPS),
        },
    )
    start = model.get_weights()
    weights = np.ones(24, dtype="float32")
    weights[[3, 8]] = 0.0
    ends = []
    for wrong in (0.0, 7.9):
        y = Y.copy()
        y[[3, 8]] = wrong
        start_again(model, start)
        model.fit(X, y, sample_weight=weights, batch_size=24, verbose=0)
        ends.append(model.get_weights())
    for first, second in zip(*ends, strict=True):
        np.testing.assert_allclose(first, second, rtol=1e-5, atol=1e-7)
    assert any(np.any(a != b) for a, b in zip(start, ends[0], strict=True))


def test_loss_weights_and_losses_of_ones_own_replace_the_papers():
    model = small_regressor()
    model.compile(
        "sgd",
        loss={
            "embedding": OrdinalGroupContrastive(GROUPS),
            "group_logits": SoftGroupCrossentropy(GROUPS),
            "prediction": "mae",
        },
        loss_weights={"embedding": 0.5, "group_logits": 0.0, "prediction": 2.0},
        metrics={"prediction": "mse"},
    )
    logs = evaluate(model, X, Y, batch_size=24)
    mae = np.abs(model.predict(X, verbose=0)[:, 0] - Y).mean()
    contrastive = parts(model, X, Y)["embedding"].mean()
    assert logs["loss"] == pytest.approx(0.5 * contrastive + 2 * mae, rel=1e-4)
    assert "group_logits_group_accuracy" not in logs
    assert "prediction_mse" in logs


def test_loss_weights_alone_keep_the_default_losses(model):
    other = GroupRegressor(model.encoder, GROUPS)
    other.set_weights(model.get_weights())
    weights = {
        "embedding": 0.0,
        "group_logits": 2.0,
        "expert_values": 1.0,
        "prediction": 3.0,
    }
    other.compile("sgd", loss_weights=weights)
    expected = total(means_of(model), **weights)
    logs = evaluate(other, X, Y, batch_size=24)
    assert "embedding_loss" not in logs
    assert logs["loss"] == pytest.approx(expected, rel=1e-4)


def test_loss_weights_left_out_are_the_default_ones(trained):
    weights = start_again(*trained).get_weights()
    model = small_regressor()
    model.compile(keras.optimizers.SGD(), loss_weights={"expert_values": 2.0})
    model.set_weights(weights)
    logs = evaluate(model, X, Y, batch_size=24)
    expected = total(means_of(model), expert_values=2.0)
    assert logs["loss"] == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("bad", [{"experts": 2.0}, [1.0, 1.0, 10.0]])
def test_loss_weights_of_other_names_are_refused(bad):
    with pytest.raises(ValueError, match=r"`loss_weights` must be a dict by"):
        small_regressor().compile(loss_weights=bad)


def test_a_model_that_was_never_compiled_stays_so_in_a_file(tmp_path):
    small_regressor().save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert not loaded.compiled


@pytest.mark.parametrize("wish", [False, "auto"])
def test_what_was_asked_of_xla_comes_back_from_a_file(wish, tmp_path):
    model = small_regressor()
    model.compile(keras.optimizers.SGD(), jit_compile=wish)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.get_compile_config()["jit_compile"] == wish
    assert loaded.jit_compile == model.jit_compile


def test_one_hot_labels_are_trained_by_plain_crossentropy():
    model = small_regressor(beta=None)
    losses = model.default_losses()
    assert type(losses["group_logits"]) is GroupCrossentropy
    assert sorted(losses) == sorted(model.default_loss_weights())
    soft = small_regressor(beta=0.3).default_losses()["group_logits"]
    assert soft.beta == 0.3


def test_labels_of_both_shapes_train_the_same(trained):
    # In two models: Keras on TensorFlow cannot train one on both in turn.
    flat = start_again(*trained)
    column = flat.with_routing("mixture")
    column.compile(keras.optimizers.SGD())
    for model, labels in ((flat, Y), (column, Y[:, None].astype("float64"))):
        # The two share an encoder.
        start_again(model, trained[1])
        model.fit(X, labels, batch_size=8, shuffle=False, verbose=0)
        prediction = model.predict(X, verbose=0)
        if model is flat:
            expected = prediction
    np.testing.assert_allclose(prediction, expected, rtol=1e-5)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 3

    def __getitem__(self, index):
        rows = slice(8 * index, 8 * index + 8)
        return X[rows], Y[rows]


@pytest.mark.one_backend
def test_training_lowers_the_loss_and_the_error(model):
    before = evaluate(model, X, Y)
    model.fit(X, Y, batch_size=24, epochs=40, verbose=0)
    after = evaluate(model, X, Y)
    assert after["loss"] < 0.9 * before["loss"]
    assert after["prediction_mae"] < before["prediction_mae"]


def test_the_error_is_that_of_numpy_on_the_predictions(model):
    logs = evaluate(model, X, Y, batch_size=7)
    outputs = model.predict_outputs(X, verbose=0)
    errors = outputs["prediction"][:, 0] - Y
    distance = np.abs(
        outputs["group_logits"].argmax(axis=1) - groups_of(Y, GROUPS.edges)
    )
    expected = {
        "prediction_mae": np.abs(errors).mean(),
        "prediction_mse": np.square(errors).mean(),
        "group_logits_group_accuracy": (distance == 0).mean(),
        "group_logits_mean_group_distance": distance.mean(),
    }
    assert {k: logs[k] for k in expected} == pytest.approx(expected, rel=1e-5)


def test_training_stops_early_at_the_best_validation_error(trained):
    # Steps this long soon overshoot, so that the error rises again.
    model = start_again(*trained, learning_rate=0.1)
    history = model.fit(
        X,
        Y,
        batch_size=24,
        epochs=30,
        validation_data=(X[:8], Y[:8]),
        callbacks=[
            keras.callbacks.EarlyStopping(
                "val_prediction_mae",
                mode="min",
                patience=1,
                restore_best_weights=True,
            )
        ],
        verbose=0,
    ).history
    errors = history["val_prediction_mae"]
    assert len(errors) < 30
    assert evaluate(model, X[:8], Y[:8])["prediction_mae"] == pytest.approx(
        min(errors), rel=1e-5
    )


def test_outputs_have_their_names_and_shapes(model):
    outputs = model.predict_outputs(X, batch_size=7, verbose=0)
    assert {name: value.shape for name, value in outputs.items()} == {
        "prediction": (24, 1),
        "group_logits": (24, 4),
        "expert_values": (24, 4),
        "embedding": (24, 6),
    }
    prediction = model.predict(X, batch_size=7, verbose=0)
    np.testing.assert_array_equal(prediction, outputs["prediction"])


def test_predicted_groups_are_those_of_the_largest_logit(model):
    groups = model.predict_groups(X, verbose=0)
    logits = model.predict_outputs(X, verbose=0)["group_logits"]
    expected = [list(row).index(max(row)) for row in logits]
    assert groups.tolist() == expected
    assert np.issubdtype(groups.dtype, np.integer)


@pytest.mark.parametrize("routing", ["hard", "soft", "mixture"])
def test_another_routing_reuses_the_same_weights(trained, routing):
    model = start_again(*trained)
    outputs = model.predict_outputs(X, verbose=0)
    other = model.with_routing(routing)
    assert other.head.routing == routing
    assert other.head.beta == model.head.beta
    shares = routing_reference(outputs["group_logits"], routing, beta=1.0)
    np.testing.assert_allclose(
        other.predict(X, verbose=0)[:, 0],
        np.sum(shares * outputs["expert_values"], axis=1),
        rtol=1e-3,
        atol=1e-4,
    )


def test_another_routing_keeps_the_other_settings():
    model = small_regressor(beta=0.4, expert_units=3)
    other = model.with_routing("hard")
    expected = {**model.get_config(), "routing": "hard"}
    for name in ("routing", "beta", "expert_units", "groups"):
        assert other.get_config()[name] == expected[name]


class Tagged(GroupRegressor):
    def __init__(self, encoder, groups, *, tag="a", **settings):
        super().__init__(encoder, groups, **settings)
        self.tag = tag

    def get_config(self):
        return {**super().get_config(), "tag": self.tag}


class TaggedByPosition(Tagged):
    """Takes what it does not know and hands it on, by position too."""

    def __init__(self, encoder, groups, *args, tag="a", **settings):
        GroupRegressor.__init__(self, encoder, groups, *args, **settings)
        self.tag = tag


@pytest.mark.one_backend
@pytest.mark.parametrize("kind", [Tagged, TaggedByPosition])
def test_another_routing_keeps_what_a_subclass_adds(kind):
    model = kind(small_encoder(), GROUPS, tag="b", beta=0.4, error="huber")
    weights = np.linspace(1, 30, GROUPS.num_groups)
    other = model.with_routing("soft", weights, temperature=2.0)
    assert (type(other), other.tag) == (kind, "b")
    assert other.encoder is model.encoder
    assert other.name != model.name
    assert (other.head.beta, other.error) == (0.4, "huber")
    expected = small_regressor(group_weights=weights).head.group_weights
    assert other.head.group_weights == expected
    assert other.head.temperature == 2.0


@pytest.mark.one_backend
@pytest.mark.parametrize("kind", [Tagged, TaggedByPosition])
def test_what_tries_routings_takes_subclasses(kind):
    model = kind(small_encoder(), GROUPS, tag="b")
    given = {"verbose": 0, "samples_per_group": 1, "penalty": 0.0}
    fitted = fit_group_weights(model, X, Y, **given)
    chosen = choose_prior_correction(
        model.with_routing("mixture", temperature=2.0), X, Y, Y, verbose=0
    )
    for found in (fitted, chosen):
        assert found.model is not model
        assert (type(found.model), found.model.tag) == (kind, "b")


@pytest.mark.one_backend
def test_another_routing_needs_no_config_of_the_encoder(monkeypatch):
    model = small_regressor()

    def get_config():
        raise NotImplementedError

    monkeypatch.setattr(model.encoder, "get_config", get_config)
    assert model.with_routing("soft").encoder is model.encoder


def test_group_weights_survive_a_file_and_move_predictions(tmp_path):
    plain = small_regressor()
    weights = np.linspace(1, 30, GROUPS.num_groups)
    model = plain.with_routing("mixture", weights, temperature=2.0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.head.temperature == 2.0
    prediction = model.predict(X, verbose=0)
    # The later groups weigh more; a mixture of one group stays what it is.
    before = plain.predict(X, verbose=0)
    assert (prediction >= before - 1e-5).all()
    assert prediction.mean() > before.mean() + 0.1
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0), prediction, rtol=1e-5
    )


def pair_encoder(structure):
    left = keras.Input((4,), name="left")
    right = keras.Input((2,), name="right")
    hidden = keras.layers.Concatenate()([left, right])
    inputs = {
        "dict": {"left": left, "right": right},
        "list": [left, right],
        "tuple": (left, right),
    }[structure]
    return keras.Model(inputs, keras.layers.Dense(5)(hidden))


@pytest.mark.parametrize("structure", ["dict", "list", "tuple"])
def test_an_encoder_may_have_several_inputs(structure, tmp_path):
    model = GroupRegressor(pair_encoder(structure), GROUPS)
    right = X[:, :2] + 1
    x = {
        "dict": {"left": X, "right": right},
        "list": [X, right],
        "tuple": (X, right),
    }[structure]
    model.compile("sgd")
    history = model.fit(x, Y, batch_size=24, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    outputs = model.predict_outputs(x, verbose=0)
    np.testing.assert_allclose(
        loaded.predict(x, verbose=0), outputs["prediction"], rtol=1e-5
    )
    embedding = ops.convert_to_numpy(model.encoder(x))
    np.testing.assert_allclose(outputs["embedding"], embedding, rtol=1e-5)


def test_a_sequential_encoder_that_knows_its_input_is_taken():
    encoder = keras.Sequential([keras.Input((4,)), keras.layers.Dense(6)])
    model = GroupRegressor(encoder, GROUPS)
    assert model.predict(X, verbose=0).shape == (24, 1)


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        (np.where(Y > 3, np.nan, Y), r"`y` must be finite. Received \d+ NaN"),
        (np.where(Y > 3, np.inf, Y), r"`y` must be finite"),
        (np.stack([Y, Y], axis=1), r"Received: shape \(24, 2\)"),
        (Y[:, None, None], r"Received: shape \(24, 1, 1\)"),
        (Y + 100, r"`y` must hold labels in the range \[0, 8\].*24 labels"),
        (np.array(["a"] * 24), r"`y` must hold numbers"),
    ],
)
def test_labels_that_cannot_be_trained_on_are_named(model, labels, match):
    with pytest.raises(ValueError, match=match):
        model.fit(X, labels, verbose=0)


def test_labels_may_be_a_list():
    model = small_regressor()
    model.compile("sgd")
    history = model.fit(X, Y.tolist(), verbose=0).history
    assert np.isfinite(history["loss"]).all()


class TwoColumns(Batches):
    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x, np.stack([y, y], axis=1)


@pytest.mark.parametrize("kind", [list, tuple])
def test_labels_in_lists_and_tuples_validate_and_evaluate(model, kind):
    labels = kind(Y.tolist())
    history = model.fit(X, labels, validation_data=(X, labels), verbose=0)
    assert np.isfinite(history.history["val_loss"]).all()
    assert model.evaluate(X, labels, verbose=0) == model.evaluate(
        X, Y, verbose=0
    )


def test_labels_of_a_loader_that_have_two_columns_are_named():
    model = small_regressor()
    model.compile("sgd")
    with pytest.raises(ValueError, match=r"`y` must have shape \(batch,\)"):
        model.fit(TwoColumns(), verbose=0)


def test_validation_labels_are_checked_before_training(model):
    bad = np.where(Y > 3, np.nan, Y)
    before = model.get_weights()
    match = r"`validation_data\[1\]` must be finite"
    with pytest.raises(ValueError, match=match):
        model.fit(X, Y, validation_data=(X, bad), verbose=0)
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


def test_labels_outside_the_range_are_counted_in_a_warning(model):
    labels = Y.copy()
    labels[[0, 5, 9]] = [-3.0, 8.5, 1e6]
    with pytest.warns(UserWarning, match=r"3 of 24 labels in `y` lie outside"):
        history = model.fit(
            X, np.clip(labels, -3, 9), batch_size=24, verbose=0
        ).history
    assert np.isfinite(history["loss"]).all()


def test_labels_inside_the_range_warn_of_nothing(model, recwarn):
    model.fit(X, Y, batch_size=24, verbose=0)
    assert not [w for w in recwarn if "lie outside" in str(w.message)]


class Subclassed(keras.Model):
    def call(self, inputs):
        return inputs


def sequence_encoder():
    inputs = keras.Input((None, 3))
    return keras.Model(inputs, keras.layers.Dense(4)(inputs))


def two_output_encoder():
    inputs = keras.Input((4,))
    return keras.Model(inputs, [inputs, keras.layers.Dense(2)(inputs)])


@pytest.mark.parametrize(
    ("encoder", "match"),
    [
        (sequence_encoder, r"shape \(None, None, 4\). Add pooling"),
        (two_output_encoder, r"Received: list. Add pooling, or pick one"),
        (lambda: keras.Sequential([keras.layers.Dense(3)]), r"know its inputs"),
        (Subclassed, r"build it with keras.Input.* Subclassed"),
        (lambda: keras.layers.Dense(3), r"`encoder` must be a keras.Model"),
        (lambda: "resnet", r"Received: encoder='resnet'"),
    ],
)
def test_encoders_that_cannot_be_used_are_named(encoder, match):
    with pytest.raises(ValueError, match=match):
        GroupRegressor(encoder(), GROUPS)


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"groups": [0, 4, 8]}, r"`groups` must be a LabelGroups"),
        ({"routing": "oracle"}, r"`routing` must be one of"),
        ({"beta": 0}, r"`beta` must be a number of at least 0.001"),
        ({"expert_units": 1.5}, r"`expert_units` must be a whole number"),
    ],
)
def test_settings_are_checked(settings, match):
    with pytest.raises(ValueError, match=match):
        GroupRegressor(small_encoder(), **{"groups": GROUPS, **settings})


def test_everything_comes_back_from_a_file_and_trains_on(tmp_path):
    groups = LabelGroups.from_edges([0, 1, 2.5, 8])
    model = GroupRegressor(
        small_encoder(),
        groups,
        routing="soft",
        beta=0.5,
        expert_units=3,
        name="kept",
    )
    losses = {
        "embedding": OrdinalGroupContrastive(groups, 0.7, "l2"),
        "group_logits": SoftGroupCrossentropy(groups, beta=0.5),
        "expert_values": RoutedError(groups, "huber", 0.3, 2.0),
    }
    model.compile(
        keras.optimizers.Adam(0.01),
        losses,
        loss_weights={"embedding": 0.1, "group_logits": 2, "expert_values": 3},
    )
    model.fit(X, Y, batch_size=24, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")

    assert type(loaded) is GroupRegressor
    assert loaded.groups == groups
    config = loaded.get_config()
    assert config["name"] == "kept"
    assert (config["routing"], config["beta"]) == ("soft", 0.5)
    assert config["expert_units"] == 3
    assert loaded.head.get_config() == model.head.get_config()
    for name, loss in losses.items():
        assert loaded.loss[name].get_config() == loss.get_config()
    outputs = loaded.predict_outputs(X, verbose=0)
    for name, output in model.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(
            outputs[name], output, rtol=1e-5, atol=1e-6, err_msg=name
        )
    assert evaluate(loaded, X, Y, batch_size=24) == pytest.approx(
        evaluate(model, X, Y, batch_size=24), rel=1e-5
    )
    assert int(loaded.optimizer.iterations) == 2

    # Adam goes on with the moments it had.
    for continued in (model, loaded):
        continued.fit(X, Y, batch_size=24, verbose=0)
    np.testing.assert_allclose(
        loaded.predict(X, verbose=0),
        model.predict(X, verbose=0),
        rtol=1e-4,
        atol=1e-5,
    )


def test_the_default_losses_come_back_from_a_file(model, tmp_path):
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert evaluate(loaded, X, Y, batch_size=24) == pytest.approx(
        evaluate(model, X, Y, batch_size=24), rel=1e-5
    )


@pytest.fixture
def _half_precision():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.usefixtures("_half_precision")
def test_half_precision_leaves_prediction_and_head_in_float32():
    groups = LabelGroups.equal_width(0, 80_000, num_groups=4)
    model = GroupRegressor(small_encoder(), groups)
    model.compile("sgd")
    labels = 10_000 * Y
    history = model.fit(X, labels, batch_size=24, epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    dtypes = {
        name: keras.backend.standardize_dtype(output.dtype)
        for name, output in model.output.items()
    }
    assert dtypes == {
        "prediction": "float32",
        "group_logits": "float32",
        "expert_values": "float32",
        "embedding": "bfloat16",
    }
    assert model.predict(X, verbose=0).dtype == "float32"


def test_a_new_model_predicts_within_the_range_of_labels():
    model = small_regressor()
    zeros = np.zeros((3, 4), dtype="float32")
    prediction = model.predict(zeros, verbose=0)
    # Equal logits and experts at the centers: the middle of the range.
    np.testing.assert_allclose(prediction, [[4.0]] * 3, rtol=1e-5)
    values = ops.convert_to_numpy(model(zeros)["expert_values"])
    np.testing.assert_allclose(values, [[1.0, 3.0, 5.0, 7.0]] * 3, rtol=1e-5)
