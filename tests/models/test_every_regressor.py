"""What holds for every model that knows how it is trained."""

import inspect
import sys

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import VanillaRegressor
from keras_groupdir import models
from keras_groupdir.models import EncoderRegressor
from keras_groupdir.models import FeatureSmoothingRegressor
from tests.support.data_kinds import ENDLESS
from tests.support.data_kinds import KINDS
from tests.support.data_kinds import REFUSED
from tests.support.data_kinds import training
from tests.support.data_kinds import validation
from tests.support.eagerly import eagerly
from tests.support.models import GROUPS
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import start_again

X, Y = skewed_data()
BAD = np.where(Y > 3, np.nan, Y)
BINS = LabelGroups.histogram(Y, num_bins=8)
BINS_OF_RANGE = LabelGroups.equal_width(0, 8, num_groups=16)
OF_GROUPS = (
    GroupRegressor,
    models.DistributionRegressor,
    models.OrdinalRegressor,
)


def vanilla():
    return VanillaRegressor(small_encoder(), low=0, high=8)


def smoothed_groups():
    model = GroupRegressor(small_encoder(), GROUPS)
    return FeatureSmoothingRegressor(model, BINS)


def builders():
    """A function for each exported class, and for what has other forms."""
    found = {
        "FeatureSmoothingRegressor": lambda: FeatureSmoothingRegressor(
            vanilla(), BINS
        ),
        "FeatureSmoothingRegressor of groups": smoothed_groups,
        "VotingRegressor, weighted": lambda: models.VotingRegressor(
            small_encoder(), 0, 8, BINS, BINS.counts(Y)
        ),
        "VariationalRegressor, evidential": lambda: models.VariationalRegressor(
            small_encoder(), low=0, high=8, evidential=True
        ),
        "OrdinalRegressor, conditional": lambda: models.OrdinalRegressor(
            small_encoder(), GROUPS, conditional=True
        ),
        "DistributionRegressor and its mean": (
            lambda: models.DistributionRegressor(
                small_encoder(), BINS_OF_RANGE, prediction_weight=10.0
            )
        ),
        "MultiTargetRegressor of one": lambda: models.MultiTargetRegressor(
            [vanilla()]
        ),
        "HierarchicalRegressor": lambda: (
            models.HierarchicalRegressor.from_labels(
                small_encoder(), Y, 3, low=0, high=8
            )
        ),
    }
    for name in models.__all__:
        kind = getattr(models, name)
        if not inspect.isclass(kind) or not issubclass(kind, EncoderRegressor):
            continue
        if kind in OF_GROUPS:
            found[name] = lambda kind=kind: kind(small_encoder(), GROUPS)
        elif kind is not EncoderRegressor and name not in found:
            found[name] = lambda kind=kind: kind(small_encoder(), 0, 8)
    return found


BUILDERS = builders()
# What is quantized is the encoder, which is the same in all of them.
QUANTIZED = (
    tuple(BUILDERS)
    if keras.config.backend() == "torch"
    else ("GroupRegressor", "FeatureSmoothingRegressor of groups")
)

# Whose losses divide by what a batch holds.
LIKELY = ("GroupRegressor", "VariationalRegressor", "EvidentialRegressor")


@pytest.fixture(scope="module", params=BUILDERS)
def built(request):
    """A model compiled with nothing but an optimizer, and its weights."""
    keras.utils.set_random_seed(2)
    model = BUILDERS[request.param]()
    model.compile("adam")
    model.optimizer.build(model.trainable_variables)
    return model, model.get_weights()


@pytest.fixture
def model(built):
    return restarted(*built)


def restarted(model, weights):
    """With its weights and a new Adam's, all of which are 0 but for one."""
    for variable in model.optimizer.variables:
        variable.assign(np.zeros(variable.shape))
    return start_again(model, weights, learning_rate=0.001)


def evaluate(model, x=X, y=Y, **settings):
    settings = {"batch_size": 24, "verbose": 0, **settings}
    return model.evaluate(x, y, return_dict=True, **settings)


def test_the_classes_are_those_of_the_room():
    kinds = {type(build()).__name__ for build in BUILDERS.values()}
    assert kinds == {
        "DistributionRegressor",
        "EvidentialRegressor",
        "FeatureSmoothingRegressor",
        "GroupRegressor",
        "HierarchicalRegressor",
        "MultiTargetRegressor",
        "OrdinalRegressor",
        "QuantileRegressor",
        "VanillaRegressor",
        "VariationalRegressor",
        "VotingRegressor",
    }


def test_an_optimizer_alone_trains_it(model):
    start = [np.array(weight) for weight in model.trainable_weights]
    before = evaluate(model)
    # 30 steps.
    x, y = repeated(10, X, Y)
    history = model.fit(x, y, batch_size=24, epochs=3, verbose=0).history
    after = evaluate(model)
    assert np.isfinite(history["loss"]).all()
    assert after["loss"] < before["loss"]
    assert after["prediction_mae"] < before["prediction_mae"]
    for old, new in zip(start, model.trainable_weights, strict=True):
        assert np.any(old != keras.ops.convert_to_numpy(new)), new.path


def test_defaults_belong_together(model):
    losses, weights = model.default_losses(), model.default_loss_weights()
    assert losses.keys() == weights.keys()
    assert losses.keys() <= model.output.keys()
    assert model.default_metrics().keys() <= model.output.keys()
    # A weight of 0 leaves out what can be asked for.
    assert all(weight >= 0 for weight in weights.values())
    assert max(weights.values()) > 0


@pytest.mark.one_backend
def test_it_knows_the_range_of_its_labels(model):
    assert model.label_range == (0.0, 8.0)
    with pytest.raises(ValueError, match=r"`y` must hold labels in the range"):
        model.fit(X, Y + 100, verbose=0)
    said = r"1 of 24 labels in `y` lie outside"
    with pytest.warns(UserWarning, match=said) as caught:
        model.fit(X, [8.5, *Y[1:]], batch_size=24, verbose=0)
    # Shown at the user's line, however many calls are between.
    assert __file__ in [warning.filename for warning in caught]


@pytest.mark.parametrize(
    "call",
    [
        lambda model: model.fit(X, BAD, verbose=0),
        lambda model: model.fit(x=X, y=BAD, verbose=0),
        lambda model: model.fit(X, {"prediction": BAD}, verbose=0),
        lambda model: model.evaluate(X, BAD, verbose=0),
        lambda model: model.train_on_batch(X, BAD),
        lambda model: model.test_on_batch(x=X, y=BAD, return_dict=True),
    ],
    ids=["fit", "by keyword", "by output", "evaluate", "train", "test"],
)
def test_labels_that_are_not_finite_are_refused(model, call):
    with pytest.raises(ValueError, match=r"`y` must be finite"):
        call(model)


@pytest.mark.parametrize(
    "call",
    [
        lambda model, data: model.fit(X, Y, validation_data=data, verbose=0),
        # By position: batch size, epochs, verbose, callbacks, split, and this.
        lambda model, data: model.fit(X, Y, 24, 1, 0, None, 0.0, data),
    ],
    ids=["by keyword", "by position"],
)
@pytest.mark.parametrize("kind", [tuple, list])
@pytest.mark.parametrize("more", [(), (np.ones(24),)], ids=["", "weighted"])
def test_validation_labels_that_are_not_finite_are_refused(
    model, call, kind, more
):
    before = model.get_weights()
    match = r"`validation_data\[1\]` must be finite"
    with pytest.raises(ValueError, match=match):
        call(model, kind([X, BAD, *more]))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.one_backend
@pytest.mark.usefixtures("eager_here")
def test_validation_data_may_be_a_list_or_come_by_position(model):
    def logs(*arguments, **settings):
        restarted(model, start)
        history = model.fit(X, Y, 24, 1, 0, *arguments, **settings).history
        return {k: v for k, v in history.items() if k.startswith("val_")}

    start = model.get_weights()
    # What an embedding is drawn by in training goes on.
    rel = 1e-4 if type(model) is not models.VariationalRegressor else 0.1
    expected = logs(validation_data=(X[:7], Y[:7]))
    assert "val_prediction_mae" in expected
    for found in (
        logs(validation_data=[X[:7], Y[:7].tolist()]),
        logs(None, 0.0, (X[:7], Y[:7, None])),
        logs(None, 0.0, [X[:7], {"prediction": Y[:7]}]),
    ):
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            assert found[key] == pytest.approx(value, rel=rel), key


@pytest.mark.ecosystem(
    "`class_weight`",
    "refused",
    "labels are no classes; the error names `sample_weight`",
)
def test_weights_of_classes_are_refused(model):
    with pytest.raises(ValueError, match=r"`class_weight` is for classes"):
        model.fit(X, Y, class_weight={0: 1.0, 1: 2.0}, verbose=0)
    with pytest.raises(ValueError, match=r"Give `sample_weight`"):
        # By position, after what is told above, shuffle.
        model.fit(X, Y, 24, 1, 0, None, 0.0, None, True, {0: 1.0})


@pytest.fixture(scope="module", params=BUILDERS)
def eager(request):
    """A model that is trained without a graph, step by step."""
    with eagerly():
        model = BUILDERS[request.param]()
        model.compile("sgd")
        yield model


def kinds_of(name):
    """All kinds of data for a `fit` of its own, else one of them."""
    kinds = [kind for kind in KINDS if kind not in REFUSED]
    if name == "FeatureSmoothingRegressor":
        return kinds[1:]
    if keras.config.backend() != "torch":  # where a fit takes the least
        return kinds[1::4] if name == "VanillaRegressor" else []
    others = kinds[1:]
    return [others[list(BUILDERS).index(name) % len(others)]]


@pytest.mark.ecosystem(
    "arrays, DataFrame and Series, `PyDataset`, `tf.data`, torch's "
    "`DataLoader`, generators",
    "works",
    "what plain Keras trains on, every regressor does; feature smoothing wants "
    "data with an end",
)
def test_data_of_every_kind_train_and_validate(eager, request):
    def logs(kind):
        keras.utils.set_random_seed(1)
        start_again(eager, weights)
        train, held_out = (
            f(kind, X[:9], Y[:9]) for f in (training, validation)
        )
        history = eager.fit(**train, **held_out, shuffle=False, verbose=0)
        return {k: v[0] for k, v in history.history.items()}

    kinds = kinds_of(request.node.callspec.params["eager"])
    if not kinds:
        return
    weights = eager.get_weights()
    expected = logs("arrays")
    assert "val_prediction_mae" in expected
    # What an embedding is drawn by in training goes on.
    random = isinstance(eager, models.VariationalRegressor)
    for kind in kinds:
        if kind in ENDLESS and isinstance(eager, FeatureSmoothingRegressor):
            with pytest.raises(ValueError, match=r"`x` must .*not a generator"):
                logs(kind)
            continue
        found = logs(kind)
        assert found.keys() == expected.keys()
        for key, value in found.items():
            if random:
                assert np.isfinite(value), (kind, key)
            else:
                assert value == pytest.approx(expected[key], rel=1e-3), kind


def test_a_batch_by_hand_has_labels_as_any_other(eager):
    eager.compile(keras.optimizers.SGD(0.0))
    x, column, nothing = X[:8], Y[:8, None].astype("float64"), np.zeros(8)
    weights = np.arange(8.0)
    expected = eager.evaluate(
        x, Y[:8], sample_weight=weights, verbose=0, return_dict=True
    )
    eager.reset_metrics()
    assert np.isfinite(
        eager.train_on_batch(x, column, return_dict=True)["loss"]
    )
    eager.reset_metrics()
    found = eager.test_on_batch(x, column, weights, return_dict=True)
    assert found == pytest.approx(expected, rel=1e-4)
    # Of one batch, weights may all be 0.
    assert np.isfinite(eager.test_on_batch(x, column, nothing)[0])


def test_rows_without_weight_and_batches_of_one_are_finite(eager, request):
    name = request.node.callspec.params["eager"]
    if name not in LIKELY and keras.config.backend() != "torch":
        return  # losses are tried on every backend, in tests/losses
    weights = eager.get_weights()
    # The last batch holds one sample, which counts, or does not.
    for sample_weight in (np.zeros(9), np.arange(9) % 2, np.arange(9) % 3):
        history = eager.fit(
            X[:9], Y[:9], 8, sample_weight=sample_weight, verbose=0
        ).history
        assert np.isfinite(history["loss"]).all()
        for value in eager.get_weights():
            assert np.isfinite(value).all()
    start_again(eager, weights)


@pytest.mark.ecosystem(
    "`quantize('int8')`, saved and loaded",
    "works",
    "every regressor; the encoder alone is quantized",
)
@pytest.mark.filterwarnings("ignore:Layer .* does not have a `quantize`")
@pytest.mark.parametrize("name", QUANTIZED)
def test_a_quantized_model_comes_back_from_a_file(name, tmp_path):
    model = BUILDERS[name]()
    with eagerly():
        before = model.predict(X, verbose=0)
        model.quantize("int8")
        quantized = model.predict(X, verbose=0)
        outputs = model.predict_outputs(X, verbose=0)
        # Rounded, and not by much: labels range over 8.
        assert not np.array_equal(outputs["embedding"], before)
        np.testing.assert_allclose(quantized, before, atol=0.5)
        model.save(tmp_path / "model.keras")
        loaded = keras.saving.load_model(tmp_path / "model.keras")
        again = loaded.predict(X, verbose=0)
    np.testing.assert_allclose(again, quantized, rtol=1e-5)


@pytest.mark.one_backend
@pytest.mark.parametrize("name", BUILDERS)
def test_an_encoder_may_have_the_names_of_its_layers(name, monkeypatch):
    here = sys.modules[__name__]
    for layer in BUILDERS[name]().layers:
        encoder = small_encoder(layer.name)
        monkeypatch.setattr(here, "small_encoder", lambda one=encoder: one)
        model = BUILDERS[name]()
        monkeypatch.undo()
        assert model.predict(X[:3], verbose=0).shape == (3, 1)


@pytest.mark.parametrize("name", BUILDERS)
def test_an_optional_input_stays_optional(name, monkeypatch):
    one, other = keras.Input((4,)), keras.Input((4,), name="b", optional=True)
    hidden = AddIfThere()([one, other])
    encoder = keras.Model([one, other], hidden)
    here = sys.modules[__name__]
    monkeypatch.setattr(here, "small_encoder", lambda: encoder)
    model = BUILDERS[name]()
    assert [layer.optional for layer in model.layers[:2]] == [False, True]
    assert model([X[:3], None])["prediction"].shape == (3, 1)


class AddIfThere(keras.layers.Layer):
    def call(self, inputs):
        one, other = inputs
        return one if other is None else one + other

    def compute_output_shape(self, input_shapes):
        return input_shapes[0]


@pytest.mark.one_backend
@pytest.mark.parametrize("name", BUILDERS)
def test_a_loss_without_a_name_is_of_the_prediction(name):
    model = BUILDERS[name]()
    model.compile("adam", loss="mae", metrics=["mae"])
    errors = np.abs(model.predict(X, verbose=0)[:, 0] - Y)
    logs = evaluate(model)
    assert logs["loss"] == pytest.approx(errors.mean(), rel=1e-4)
    assert logs["prediction_mae"] == pytest.approx(errors.mean(), rel=1e-4)
    assert not {key for key in logs if "group" in key or "embedding" in key}
    history = model.fit(X, Y, batch_size=24, epochs=3, verbose=0).history
    assert np.isfinite(history["loss"]).all()


def settings_of(model):
    """Without the encoder: Keras tells of its inputs in lists or tuples."""
    config = model.get_config()
    return {k: v for k, v in config.items() if k not in ("encoder", "model")}


def test_several_steps_at_once_do_not_bind_a_backend():
    model = BUILDERS["GroupRegressor"]()
    steps = 1 if keras.config.backend() == "torch" else 2
    config = {**model.get_compile_config(), "steps_per_execution": 2}
    model.compile_from_config(config)
    assert model.steps_per_execution == steps
    model.fit(X, Y, batch_size=24, verbose=0)


@pytest.mark.usefixtures("eager_here")
def test_a_file_brings_everything_back(model, tmp_path):
    model.fit(X, Y, batch_size=24, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    assert settings_of(loaded) == settings_of(model)
    assert loaded.get_compile_config()["jit_compile"] == "auto"
    assert loaded.jit_compile == model.jit_compile
    assert loaded.label_range == model.label_range
    assert [w.path for w in loaded.weights] == [w.path for w in model.weights]
    before = model.predict_outputs(X, verbose=0)
    for output, values in loaded.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(values, before[output], rtol=1e-5, atol=1e-6)
    assert evaluate(loaded) == pytest.approx(evaluate(model), rel=1e-4)
    steps = int(model.optimizer.iterations)
    assert int(loaded.optimizer.iterations) == steps
    loaded.fit(X, Y, batch_size=24, verbose=0)
    assert int(loaded.optimizer.iterations) == steps + 1


@pytest.mark.usefixtures("eager_here")
@pytest.mark.parametrize("name", BUILDERS)
def test_a_config_makes_the_same_model_again(name):
    model = BUILDERS[name]()
    revived = type(model).from_config(model.get_config())
    assert settings_of(revived) == settings_of(model)
    revived.set_weights(model.get_weights())
    np.testing.assert_allclose(
        revived.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5
    )
