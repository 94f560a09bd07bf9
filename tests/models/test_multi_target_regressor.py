"""Several targets on one encoder."""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import VanillaRegressor
from keras_groupdir import evaluate_shots
from keras_groupdir import models
from keras_groupdir.losses import RankNContrast
from keras_groupdir.models import MultiTargetRegressor
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data(24)
# Another target, in other units, and three groups of its own.
OTHER = (1000 * X[:, 1] - 50).astype("float32")
BOTH = np.stack([Y, OTHER], axis=1)
NAMES = ["size", "price"]
OTHER_GROUPS = LabelGroups.from_labels(OTHER, 3)
BAD = np.where(BOTH > 3, np.nan, BOTH)


def build(kind=GroupRegressor, **settings):
    encoder = small_encoder()
    heads = [
        kind(encoder, GROUPS, **settings),
        GroupRegressor(encoder, OTHER_GROUPS, beta=0.5, error="squared"),
    ]
    return MultiTargetRegressor(heads, NAMES)


def trained(model, y=BOTH, x=X, **settings):
    model.compile(keras.optimizers.SGD(0.01))
    given = {"batch_size": 16, "epochs": 1, "verbose": 0, "shuffle": False}
    return model.fit(x, y, **{**given, **settings}).history


@pytest.fixture(scope="module")
def fitted(eager):
    keras.utils.set_random_seed(1)
    model = build()
    return model, trained(model)


@pytest.mark.parametrize("y", [Y, Y[:, None]], ids=["flat", "column"])
@pytest.mark.parametrize("kind", [GroupRegressor, VanillaRegressor])
def test_of_one_target_it_is_that_model(kind, y):
    keras.utils.set_random_seed(3)
    alone = kind.from_labels(small_encoder(), Y)
    expected = trained(alone, Y)
    keras.utils.set_random_seed(3)
    model = MultiTargetRegressor.from_labels(small_encoder(), y, kind)
    history = trained(model, y)
    assert history["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    for name, values in expected.items():
        if name.startswith(("prediction_m", "group_logits_")):
            key = f"target_0_{name}"
            assert history[key] == pytest.approx(values, rel=1e-4), key
    np.testing.assert_allclose(
        model.predict(X, verbose=0), alone.predict(X, verbose=0), rtol=1e-5
    )
    for found, weight in zip(
        model.target(0).get_weights(), alone.get_weights(), strict=True
    ):
        np.testing.assert_allclose(found, weight, rtol=1e-4, atol=1e-6)


def test_the_loss_is_the_sum_of_those_of_the_targets(fitted):
    model, _ = fitted
    logs = model.evaluate(X, BOTH, verbose=0, return_dict=True)
    total = 0.0
    for place, target in enumerate(NAMES):
        alone = model.target(target)
        alone.compile("sgd")
        own = alone.evaluate(X, BOTH[:, place], verbose=0, return_dict=True)
        total += own["loss"]
        for metric in ("prediction_mae", "group_logits_group_accuracy"):
            key = f"{target}_{metric}"
            assert logs[key] == pytest.approx(own[metric], rel=1e-4), key
    assert logs["loss"] == pytest.approx(total, rel=1e-4)


def test_each_head_learns_its_own_column(fitted):
    model, history = fitted
    assert np.isfinite(history["loss"]).all()
    before = [np.array(w) for w in model.get_weights()]
    start = model.predict(X, verbose=0)
    # All of one target's outputs count nothing: its head stays as it is.
    weights = {"price": np.zeros(len(Y))}
    model.encoder.trainable = False
    trained(model, sample_weight=weights)
    model.encoder.trainable = True
    moved = model.predict(X, verbose=0)
    assert not np.allclose(moved[:, 0], start[:, 0])
    np.testing.assert_array_equal(moved[:, 1], start[:, 1])
    model.set_weights(before)


@pytest.mark.one_backend
def test_units_of_a_target_are_nothing_to_the_others():
    def losses_in(unit):
        keras.utils.set_random_seed(2)
        labels = BOTH * [1, unit]
        model = MultiTargetRegressor.from_labels(small_encoder(), labels)
        return trained(model, labels)["loss"]

    np.testing.assert_allclose(losses_in(1e-6), losses_in(1.0), rtol=1e-3)


def test_predictions_are_columns_and_targets_share_weights(fitted):
    model, _ = fitted
    predictions = model.predict(X, verbose=0)
    assert predictions.shape == (24, 2)
    interval = model.predict_interval(X, 0.5, verbose=0)
    assert interval.shape == (24, 2, 2)
    tables = model.evaluate_shots(X, BOTH, BOTH, verbose=0)
    assert list(tables) == NAMES
    for place, target in enumerate(NAMES):
        one = model.target(target)
        assert one is model.target(place)
        alone = one.predict(X, verbose=0)[:, 0]
        np.testing.assert_allclose(predictions[:, place], alone, rtol=1e-5)
        np.testing.assert_allclose(
            interval[:, place], one.predict_interval(X, 0.5, verbose=0)
        )
        expected = evaluate_shots(
            one, X, BOTH[:, place], BOTH[:, place], verbose=0
        )
        assert tables[target].as_dict() == expected.as_dict()


def test_a_file_brings_everything_back(fitted, tmp_path):
    model, _ = fitted
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.names == NAMES
    assert loaded.target("price").groups == OTHER_GROUPS
    assert loaded.target("price").encoder is loaded.target("size").encoder
    before = model.predict_outputs(X, verbose=0)
    for name, values in loaded.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(values, before[name], rtol=1e-5, atol=1e-6)
    one = loaded.target("price").predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(one, before["prediction"][:, 1], rtol=1e-5)
    logs = [
        each.evaluate(X, BOTH, verbose=0, return_dict=True)
        for each in (model, loaded)
    ]
    assert logs[1] == pytest.approx(logs[0], rel=1e-4)
    steps = int(model.optimizer.iterations)
    loaded.fit(X, BOTH, batch_size=24, verbose=0)
    assert int(loaded.optimizer.iterations) == steps + 1
    again = type(model).from_config(model.get_config())
    again.set_weights(model.get_weights())
    np.testing.assert_allclose(
        again.predict(X, verbose=0), before["prediction"], rtol=1e-6
    )


@pytest.mark.skipif(
    keras.config.backend() != "tensorflow",
    reason="from other backends as any LabelModel, by tests/test_export.py",
)
def test_a_saved_model_serves_columns(fitted, tmp_path):
    import tensorflow as tf

    model, _ = fitted
    model.export(tmp_path / "served", verbose=False)
    loaded = tf.saved_model.load(str(tmp_path / "served"))
    served = loaded.serve(X)
    np.testing.assert_allclose(
        served, model.predict(X, verbose=0), rtol=1e-4, atol=1e-3
    )


@pytest.mark.parametrize(
    "names", [["house price", "house_price"], ["größe", "price (USD)"]]
)
def test_names_may_be_what_columns_are_called(names, tmp_path):
    model = MultiTargetRegressor.from_labels(small_encoder(), BOTH, names=names)
    assert np.isfinite(trained(model)["loss"]).all()
    assert f"{names[0]}_prediction" in model.output
    if keras.config.backend() != "jax":
        pytest.importorskip("tensorflow")
        model.export(tmp_path / "served", verbose=False)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert loaded.names == names


@pytest.mark.one_backend
def test_columns_go_by_their_names_in_any_order():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(BOTH, columns=NAMES)
    turned = frame[NAMES[::-1]]
    weights = []
    for given in (frame, turned):
        keras.utils.set_random_seed(2)
        model = MultiTargetRegressor.from_labels(small_encoder(), frame)
        trained(model, given, validation_data=(X, given))
        weights.append(model.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
    tables = [
        model.evaluate_shots(X, y, y, verbose=0)["size"].as_dict()
        for y in (frame, turned)
    ]
    assert tables[0] == tables[1]
    with pytest.raises(ValueError, match=r"`y` must have the columns.*'cost'"):
        trained(model, frame.rename(columns={"price": "cost"}))
    # Of which it knows none, they are taken as they come.
    trained(model, frame.rename(columns={"price": "b", "size": "a"}))


@pytest.mark.one_backend
def test_kinds_may_differ_and_frames_have_names():
    pd = pytest.importorskip("pandas")
    encoder = small_encoder()
    model = MultiTargetRegressor(
        [
            GroupRegressor(encoder, GROUPS),
            VanillaRegressor.from_labels(encoder, OTHER),
        ]
    )
    assert model.names == ["target_0", "target_1"]
    assert np.isfinite(trained(model)["loss"]).all()
    with pytest.raises(ValueError, match="no intervals of its own"):
        model.predict_interval(X, verbose=0)
    frame = pd.DataFrame(BOTH, columns=NAMES)
    model = MultiTargetRegressor.from_labels(small_encoder(), frame)
    assert model.names == NAMES
    trained(model, frame, validation_data=(X, frame))
    outside = BOTH.copy()
    outside[3, 1] = 9e5
    with pytest.warns(UserWarning, match="1 of 24 labels in `y` lie outside"):
        trained(model, outside)


def test_a_loss_on_the_embedding_sees_all_targets():
    model = build()
    embedding = model.predict_outputs(X, verbose=0)["embedding"]
    contrast = RankNContrast()
    model.compile("sgd", loss={"embedding": contrast})
    logs = model.evaluate(X, BOTH, batch_size=24, verbose=0, return_dict=True)
    expected = float(contrast(BOTH, embedding))
    assert logs["loss"] == pytest.approx(expected, rel=1e-4)
    assert expected != pytest.approx(float(contrast(Y, embedding)), rel=1e-3)


def test_batches_and_validation_have_the_same_columns():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            rows = slice(16 * index, 16 * index + 16)
            return X[rows], BOTH[rows]

    keras.utils.set_random_seed(4)
    data = {"x": Batches(), "y": None}
    history = trained(build(), validation_data=(X, BOTH), **data)
    keras.utils.set_random_seed(4)
    expected = trained(build(), validation_data=(X, BOTH.tolist()))
    assert history.keys() == expected.keys()
    for name, values in expected.items():
        assert history[name] == pytest.approx(values, rel=1e-3), name


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda model: model.fit(X, Y), r"`y` must have shape \(n, 2\)"),
        (lambda model: model.fit(X, BAD), "`y` must be finite"),
        (lambda model: model.fit(X[:5], BOTH), "`y` must hold one number for"),
        (
            lambda model: model.fit(X, BOTH[:, [1, 0]] + 9e5),
            "`y` must hold labels in the range",
        ),
        (
            lambda model: model.fit(X, BOTH, validation_data=(X, Y)),
            r"`validation_data\[1\]` must have shape \(n, 2\)",
        ),
        (
            lambda model: model.fit(X, BOTH, validation_data=(X, BAD)),
            r"`validation_data\[1\]` must be finite",
        ),
        (
            lambda model: model.fit(X, BOTH, class_weight={0: 1}),
            "`class_weight` is for classes",
        ),
        (
            lambda model: model.fit(X, BOTH, sample_weight=-Y),
            "`sample_weight` must not be negative",
        ),
        (
            lambda model: model.fit(X, BOTH, sample_weight={"age": Y}),
            "`sample_weight` must go by the names of outputs",
        ),
        (
            lambda model: model.compute_loss(X, Y, model(X)),
            r"`y` must have shape \(batch, 2\)",
        ),
        (
            lambda model: evaluate_shots(model, X, Y, Y, verbose=0),
            r"`model` has several targets.*model\.target\(0\)",
        ),
        (
            lambda model: model.evaluate_shots(X, Y, BOTH),
            r"`y` must have shape \(n, 2\)",
        ),
        (
            lambda model: model.evaluate_shots(X, BOTH, Y),
            r"`train_labels` must have shape \(n, 2\)",
        ),
        (lambda model: model.target("age"), r"`which` must be one of \['size'"),
        (lambda model: model.target(2), r"`which` must be one of \['size'"),
        (lambda _: MultiTargetRegressor([]), "`regressors` must be models on"),
        (
            lambda model: MultiTargetRegressor(
                [model.target(0), build().target(0)]
            ),
            "`regressors` must be models on one encoder.*Received: 2 encoders",
        ),
        (
            lambda model: MultiTargetRegressor(
                [models.VariationalRegressor(small_encoder(), 0, 8)]
            ),
            "`regressors` must have the encoder's output as their embedding",
        ),
        (
            lambda model: MultiTargetRegressor(model.regressors, ["a", "a"]),
            "`names` must be 2 different names",
        ),
        (
            lambda model: MultiTargetRegressor(model.regressors, ["a/b", "a"]),
            "`names` must be 2 different names",
        ),
        (
            lambda _: MultiTargetRegressor.from_labels(
                small_encoder(), BOTH[None]
            ),
            r"`labels` must have shape \(n, targets\)",
        ),
        (
            lambda _: trained(GroupRegressor(small_encoder(), GROUPS), BOTH),
            r"`y` must have shape \(n,\).*models\.MultiTargetRegressor",
        ),
    ],
)
def test_what_is_wrong_is_said(fitted, call, match):
    with pytest.raises(ValueError, match=match):
        call(fitted[0])


@pytest.mark.one_backend
def test_a_column_may_be_an_integer_of_numpy(fitted):
    model = fitted[0]
    for kind in (np.int64, np.int32, np.uint8):
        assert model.target(kind(1)) is model.regressors[1]
    for bad in (np.int64(2), np.int64(-1), np.float64(1)):
        with pytest.raises(ValueError, match="`which` must be one of"):
            model.target(bad)


@pytest.mark.one_backend
def test_without_intervals_it_says_to_take_one_target():
    model = MultiTargetRegressor.from_labels(
        small_encoder(), BOTH, VanillaRegressor
    )
    match = r"calibrate_intervals makes .* such as model\.target\(0\)\. Rec"
    with pytest.raises(ValueError, match=match):
        model.predict_interval(X, verbose=0)
    with pytest.raises(ValueError, match=r"some of any model\. Received"):
        model.target(0).predict_interval(X, verbose=0)


@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
def test_the_encoder_is_quantized_and_the_heads_are_not(tmp_path):
    model = build()
    before = model.predict(X, verbose=0)
    model.quantize("int8")
    after = model.predict(X, verbose=0)
    np.testing.assert_allclose(after, before, rtol=0.1, atol=30)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(loaded.predict(X, verbose=0), after, rtol=1e-5)
