import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import VanillaRegressor
from keras_groupdir.labels.histogram_weights import histogram_weights
from keras_groupdir.models.split_model import encoder_of
from keras_groupdir.models.split_model import head_of
from keras_groupdir.recipes import RECIPES
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.checked_data import checked_data
from tests.recipes.problem import BINS
from tests.recipes.problem import X
from tests.recipes.problem import Y
from tests.recipes.problem import weights_of
from tests.support.models import small_encoder

pytestmark = pytest.mark.usefixtures("eager")

TASK = LabelTask(Y, BINS, error="squared")
SGD = keras.optimizers.SGD(0.05)


class Batches(keras.utils.PyDataset):
    """Batches in a fixed order."""

    def __init__(self, x, y, size=16):
        super().__init__()
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return len(self.y) // self.size

    def __getitem__(self, index):
        rows = slice(index * self.size, (index + 1) * self.size)
        return self.x[rows], self.y[rows]


class WithWeights(Batches):
    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x, y, np.arange(len(y)) / 4


def fitted(name, x=X, y=Y, task=TASK, encoder=None, **arguments):
    keras.utils.set_random_seed(0)
    settings = {
        "epochs": 2,
        "batch_size": 16,
        "verbose": 0,
        "shuffle": False,
        **arguments,
    }
    return fit_recipe(
        name,
        encoder or small_encoder(),
        task,
        x,
        y,
        optimizer=SGD,
        **settings,
    )


def on_torch(*values):
    """Of a recipe that differs from another here in what NumPy computes."""
    return pytest.param(*values, marks=pytest.mark.one_backend)


def predictions(model):
    return model.predict(X, verbose=0)


def test_the_plain_recipe_is_a_plain_regression():
    model, _ = fitted("vanilla")
    keras.utils.set_random_seed(0)
    # From the best constant on, in steps of the labels' deviation.
    by_hand = VanillaRegressor(small_encoder(), 0, 8, np.mean(Y), np.std(Y))
    # For labels whose range is 1: a squared error over 8**2.
    by_hand.compile(keras.optimizers.SGD(0.05 / 64), loss={"prediction": "mse"})
    by_hand.fit(X, Y, batch_size=16, epochs=2, shuffle=False, verbose=0)
    np.testing.assert_allclose(
        predictions(model), predictions(by_hand), rtol=1e-4
    )


@pytest.mark.one_backend
@pytest.mark.parametrize(
    ("name", "weights"),
    [
        ("inv", {"reweight": "inverse", "clip": (2, 9)}),
        on_torch("sqinv", {"reweight": "sqrt_inverse"}),
        on_torch("fourth_root_inv", {"reweight": "fourth_root_inverse"}),
        on_torch(
            "sqinv_lds", {"reweight": "sqrt_inverse", "kernel": "gaussian"}
        ),
    ],
)
def test_weights_are_those_of_the_density(name, weights):
    model, _ = fitted(
        name, task=LabelTask(Y, BINS, error="squared", clip=(2, 9))
    )
    keras.utils.set_random_seed(0)
    # From the best constant on, in steps of the labels' deviation.
    by_hand = VanillaRegressor(small_encoder(), 0, 8, np.mean(Y), np.std(Y))
    by_hand.compile(keras.optimizers.SGD(0.05 / 64), loss={"prediction": "mse"})
    by_hand.fit(
        X,
        Y,
        sample_weight=histogram_weights(Y, BINS, **weights),
        batch_size=16,
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    np.testing.assert_allclose(
        predictions(model), predictions(by_hand), rtol=1e-4
    )
    assert not np.allclose(
        predictions(model), predictions(fitted("vanilla")[0])
    )


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["vanilla", "inv"])
def test_weights_of_samples_multiply_those_of_the_recipe(name):
    model, _ = fitted(name, sample_weight=Y)
    keras.utils.set_random_seed(0)
    by_hand = VanillaRegressor(small_encoder(), 0, 8, np.mean(Y), np.std(Y))
    by_hand.compile(keras.optimizers.SGD(0.05 / 64), loss={"prediction": "mse"})
    own = histogram_weights(Y, BINS, "inverse") if name == "inv" else 1
    by_hand.fit(
        X,
        Y,
        sample_weight=Y * own,
        batch_size=16,
        epochs=2,
        shuffle=False,
        verbose=0,
    )
    np.testing.assert_allclose(
        predictions(model), predictions(by_hand), rtol=1e-4
    )
    assert not np.allclose(predictions(model), predictions(fitted(name)[0]))


def test_weights_of_samples_count_for_a_head_on_its_own():
    recipe = make_recipe("rrt")
    data = checked_data(recipe, X, Y, None, None, TASK, weights=Y)
    batches = data.embedded(small_encoder()).batches(recipe.stages[0], 16, None)
    np.testing.assert_allclose(batches["x"][0][2], Y[:16])


@pytest.mark.parametrize("reweight", ["inverse", "sqrt_inverse"])
def test_lds_alone_weighs_as_the_task_says(reweight):
    task = LabelTask(Y, BINS, reweight=reweight)
    stage = make_recipe("rrt_lds").stages[-1]
    np.testing.assert_allclose(
        stage.weigh(Y, task=task),
        histogram_weights(Y, BINS, reweight, kernel="gaussian"),
    )


@pytest.mark.parametrize(
    "name",
    [
        "lds_fds",
        "rrt_lds",
        "groupdir",
        *map(on_torch, ("vanilla", "inv_lds", "smogn_lds")),
    ],
)
def test_a_data_set_trains_like_arrays(name):
    # A dict of inputs is no table, which smogn would resample as it is.
    def encoder():
        inputs = keras.Input((4,), name="features")
        return keras.Model(
            {"features": inputs}, keras.layers.Dense(6, "tanh")(inputs)
        )

    x = {"features": X}

    class Named(Batches):
        def __getitem__(self, index):
            inputs, labels = super().__getitem__(index)
            return {"features": inputs}, labels

    class LabelsByName(Named):
        def __getitem__(self, index):
            inputs, labels = super().__getitem__(index)
            return inputs, {"prediction": labels}

    named = Named(X, Y)
    as_list = [named[index] for index in range(named.num_batches)]
    keras.utils.set_random_seed(0)
    arrays, histories = fitted(name, x, encoder=encoder())
    for data in (named, LabelsByName(X, Y), as_list):
        keras.utils.set_random_seed(0)
        batches, others = fitted(name, data, None, encoder=encoder())
        assert len(histories) == len(others)
        np.testing.assert_allclose(
            arrays.predict(x, verbose=0),
            batches.predict(x, verbose=0),
            rtol=1e-4,
            atol=1e-4,
        )


@pytest.mark.parametrize(
    "name", ["rrt", "rrt_lds", "smoter", "rank_n_contrast"]
)
def test_the_second_stage_trains_the_head_alone(name):
    encoder = small_encoder()
    start = weights_of(encoder)
    x = {"features": X}
    recipe = make_recipe(name)
    named = keras.Input((4,), name="features")
    encoder = keras.Model({"features": named}, encoder(named))
    model, histories = fit_recipe(
        recipe, encoder, TASK, x, Y, epochs=2, batch_size=16, verbose=0
    )
    assert len(histories) == 2
    # What the first stage made of the encoder, which it trains in place.
    for first, second in zip(
        weights_of(encoder), weights_of(encoder_of(model)), strict=True
    ):
        np.testing.assert_allclose(first, second)
    assert not np.allclose(start[0], weights_of(encoder)[0])
    assert not encoder_of(model).trainable_weights
    kernel, bias = weights_of(head_of(model))
    assert np.any(kernel)
    assert bias != 0.5


@pytest.mark.one_backend
def test_pretraining_gets_no_callbacks_and_no_validation():
    seen = []

    class Spy(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            seen.append(len(self.model.trainable_weights))

    _, (first, second) = fitted(
        "rank_n_contrast", validation_data=(X, Y), callbacks=lambda: [Spy()]
    )
    assert seen == [2]
    assert not any(key.startswith("val_") for key in first)
    assert "val_prediction_mse" in second


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["vanilla", "rrt_lds", "lds_fds", "groupdir"])
def test_labels_may_be_a_list_or_a_column(name):
    arrays = predictions(fitted(name, validation_data=(X, Y))[0])
    for y in (Y.tolist(), Y[:, None]):
        model, histories = fitted(name, y=y, validation_data=[X, y])
        assert "val_prediction_mse" in histories[-1]
        np.testing.assert_allclose(predictions(model), arrays, rtol=1e-4)


def test_an_encoder_is_trained_by_one_recipe_alone():
    encoder = small_encoder()
    fitted("vanilla", encoder=encoder, epochs=0)
    for name in ("vanilla", "rrt"):
        with pytest.raises(ValueError, match=r"`encoder` must not have been"):
            fitted(name, encoder=encoder)


@pytest.mark.one_backend
def test_a_function_builds_an_encoder_for_each_call():
    built = []

    def build():
        built.append(small_encoder())
        return built[-1]

    one, same = (predictions(fitted("rrt", encoder=build)[0]) for _ in "ab")
    assert len(built) == 2
    np.testing.assert_allclose(one, same, rtol=1e-5)
    expected = predictions(fitted("rrt")[0])
    np.testing.assert_allclose(one, expected, rtol=1e-5)


def test_validation_is_of_the_prediction_alone():
    model, histories = fitted("groupdir", validation_data=(X[:9], Y[:9]))
    logs = histories[-1]
    assert {key for key in logs if key.startswith("val_")} == {
        "val_prediction_mae",
        "val_prediction_mse",
    }
    errors = model.predict(X[:9], verbose=0)[:, 0] - Y[:9]
    assert logs["val_prediction_mae"][-1] == pytest.approx(
        np.abs(errors).mean(), rel=1e-4
    )


class Noisy(Batches):
    """Batches whose inputs are nothing like those of the samples."""

    def __getitem__(self, index):
        x, y = super().__getitem__(index)
        return x + 100.0, y


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["rrt", "rrt_lds", "smogn"])
def test_a_frozen_encoder_embeds_samples_as_they_are(name):
    seen = []

    class Spy(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            if len(self.model.trainable_weights) == 2:
                seen.append(self.model)

    noisy = Noisy(X, Y)
    arguments = {"encoder": small_encoder, "callbacks": lambda: [Spy()]}
    still, _ = fitted(name, noisy, None, still_data=(X, Y), **arguments)
    changed, _ = fitted(name, noisy, None, **arguments)
    # The first stage is the same, of noisy inputs.
    for one, other in zip(
        weights_of(encoder_of(still)),
        weights_of(encoder_of(changed)),
        strict=True,
    ):
        np.testing.assert_allclose(one, other, rtol=1e-5)
    # tanh is flat at 100: of noisy inputs all embeddings are alike.
    kernels = [weights_of(head_of(model))[0] for model in (still, changed)]
    assert not np.allclose(*kernels, rtol=1e-2)
    assert len(seen) == 2


def test_feature_smoothing_takes_statistics_of_samples_as_they_are():
    noisy = Noisy(X, Y)
    still, _ = fitted("lds_fds", noisy, None, still_data=(X, Y), epochs=1)
    changed, _ = fitted("lds_fds", noisy, None, epochs=1)
    for model, inputs in ((still, X), (changed, X + 100)):
        mean = keras.ops.convert_to_numpy(model.smoothing.mean)
        features = model.encoder.predict(inputs, verbose=0)
        bins = BINS.assign(Y)
        common = np.argmax(BINS.counts(Y))
        np.testing.assert_allclose(
            mean[common], features[bins == common].mean(axis=0), rtol=1e-4
        )


@pytest.mark.one_backend
def test_the_seed_decides_the_order_of_arrays():
    one, same, other, still = (
        predictions(fitted("vanilla", **arguments)[0])
        for arguments in (
            {"shuffle": True, "seed": 1},
            {"shuffle": True, "seed": 1},
            {"shuffle": True, "seed": 2},
            {"shuffle": False, "seed": 2},
        )
    )
    np.testing.assert_allclose(one, same, rtol=1e-5)
    assert not np.allclose(one, other, rtol=1e-5)
    assert not np.allclose(still, other, rtol=1e-5)


def test_callbacks_may_be_a_list():
    calls = []
    spy = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: calls.append(epoch)
    )
    fitted("rrt", callbacks=[spy])
    assert calls == [0, 1, 0, 1]


def test_labels_outside_the_bins_are_warned_about():
    labels = np.append(Y[:-1], 9.0)
    with pytest.warns(UserWarning, match="1 of 48 labels in `task.labels`"):
        fitted("vanilla", y=labels, task=LabelTask(labels, BINS), epochs=0)


def test_a_table_is_resampled_before_training():
    _, histories = fitted("smoter")
    assert len(histories) == 1


@pytest.mark.one_backend
def test_made_up_samples_follow_the_seed():
    one, same, other = (
        predictions(fitted("smogn", seed=seed)[0]) for seed in (1, 1, 2)
    )
    np.testing.assert_allclose(one, same, rtol=1e-5)
    assert not np.allclose(one, other, rtol=1e-5)


@pytest.mark.one_backend
def test_an_optimizer_serves_several_stages_and_stays_as_it_is():
    optimizer = keras.optimizers.Adam(
        keras.optimizers.schedules.CosineDecay(0.01, 6), global_clipnorm=0.5
    )
    fit_recipe(
        make_recipe("rrt"),
        small_encoder(),
        TASK,
        X,
        Y,
        optimizer=optimizer,
        verbose=0,
    )
    assert not optimizer.built


def test_the_paper_s_rows_are_all_there():
    titles = {make_recipe(name).title for name in RECIPES}
    tables = {
        "VANILLA", "SMOTER", "SMOGN", "SMOGN + LDS", "RRT", "RRT + LDS",
        "FOCAL-R", "FOCAL-R + LDS", "INV", "INV + LDS", "SQINV",
        "SQINV + LDS", "LDS + FDS", "BMC", "GAI", "VAE", "DER", "Con-R",
        "RankSim", "VIR", "LDS + FDS + DER", "Group-DIR (CE, hard)",
        "Group-DIR (LA, hard)", "Group-DIR (soft labels, hard)",
    }  # fmt: skip
    assert tables <= titles
    assert len(titles) == len(RECIPES)


def test_what_is_not_as_published_is_marked():
    marked = {name for name in RECIPES if make_recipe(name).note}
    resampled = {"smoter", "smogn", "smogn_lds"}
    balanced = {"bmc", "gai", "bni"}
    assert (
        marked == {"vae", "vir", "hca", "cisir", "srl"} | balanced | resampled
    )


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: make_recipe("ldsfds"), "`name` must be one of 'vanilla'"),
        (lambda: make_recipe("vanilla", beta=1), "recipe 'vanilla'.*beta"),
        (lambda: make_recipe("groupdir", targets="hot"), "`targets` must be"),
        (lambda: LabelTask(Y, 8), "`bins` must be a LabelGroups"),
        (lambda: LabelTask(Y, BINS, error="mse"), "`error` must be one of"),
        (
            lambda: LabelTask(Y, BINS, reweight="lds"),
            "`reweight` must be one of",
        ),
        (lambda: LabelTask([np.nan], BINS), "`labels` must be finite"),
        (lambda: LabelTask(Y + 50, BINS), "must lie in the range of `bins`"),
        (
            lambda: fitted("inv", zip(X, Y, strict=True), None),
            "for INV, which weighs samples.*Received: zip",
        ),
        (
            lambda: fitted("rrt", validation_data=zip(X, Y, strict=True)),
            "`validation_data` must be arrays.*Received: zip",
        ),
        (
            lambda: fitted("vanilla", validation_data=(X, Y, Y)),
            "`validation_data` must be .*Received: 3 parts",
        ),
        (
            lambda: fitted("inv", WithWeights(X, Y), None),
            r"Batches must be \(x, y\).*Received: 3 parts",
        ),
        (
            lambda: fitted("rank_n_contrast", WithWeights(X, Y), None),
            r"Batches must be \(x, y\).*Received: 3 parts",
        ),
        (
            lambda: fitted("vanilla", x=np.array([["a"]] * len(Y))),
            "`x` must hold numbers.*Received: an array of type <U1",
        ),
        (
            lambda: fitted("inv", [(np.array([["a"]] * len(Y)), Y)], None),
            "`x` must hold numbers.*Received: an array of type <U1",
        ),
        (
            lambda: fitted("vanilla", still_data=X),
            r"`still_data` must be \(x, y\). Received: 1 parts",
        ),
        (
            lambda: fitted("rrt", still_data=(X[:5], Y)),
            r"`still_data\[1\]` must hold one number for each",
        ),
        (
            lambda: fitted("smogn", sample_weight=Y),
            "`sample_weight` is not for SMOGN, which makes up",
        ),
        (
            lambda: fitted("vanilla", Batches(X, Y), None, sample_weight=Y),
            "`sample_weight` is for arrays",
        ),
        (
            lambda: fitted("vanilla", sample_weight=Y[:5]),
            "`sample_weight` must hold one number for each",
        ),
        (
            lambda: fitted("vanilla", sample_weight=-Y),
            "`sample_weight` must not be negative",
        ),
        (
            lambda: fitted("smogn", validation_split=0.1),
            "`validation_split` is not for",
        ),
        (
            lambda: fitted("vanilla", steps_per_epoch=3),
            "`steps_per_epoch` is for a data set",
        ),
        (
            lambda: fitted("vanilla", task=Y),
            "`task` must be a recipes.LabelTask",
        ),
        (
            lambda: fit_recipe(RECIPES["rrt"], small_encoder(), TASK, X, Y),
            "`recipe` must come from make_recipe",
        ),
    ],
)
def test_what_is_wrong_is_said(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_layers_that_a_recipe_trained_are_known_in_another_model():
    encoder = small_encoder()
    fit_recipe("vanilla", encoder, TASK, X, Y, verbose=0)
    again = keras.Model(encoder.input, encoder.output)
    around = keras.Sequential([keras.Input((4,)), encoder])
    for other in (again, around):
        with pytest.raises(ValueError, match="`encoder` must not have been"):
            fit_recipe("vanilla", other, TASK, X, Y, verbose=0)


def test_labels_must_be_those_of_the_task():
    with pytest.raises(ValueError, match="`y` must hold labels in the range"):
        fit_recipe("vanilla", small_encoder(), TASK, X, Y + 1000, verbose=0)


@pytest.mark.one_backend
@pytest.mark.parametrize("name", ["groupdir_corrected", on_torch("rrt")])
def test_weights_of_validation_batches_do_not_count(name):
    plain, weighed = (
        fitted(name, validation_data=kind(X, Y))
        for kind in (Batches, WithWeights)
    )
    np.testing.assert_array_equal(
        predictions(plain.model), predictions(weighed.model)
    )


@pytest.mark.one_backend
def test_a_correction_predicts_in_few_batches(monkeypatch):
    sizes = []
    predict = GroupRegressor.predict_outputs

    def watched(self, x, **kwargs):
        sizes.append(kwargs.get("batch_size"))
        return predict(self, x, **kwargs)

    monkeypatch.setattr(GroupRegressor, "predict_outputs", watched)
    for correction in ("weights", "routing"):
        recipe = make_recipe("groupdir_corrected", correction=correction)
        fitted(recipe, validation_data=(X, Y))
    # A data set has batches of its own.
    fitted("groupdir_corrected", validation_data=Batches(X, Y))
    assert sizes == [1024, 1024, None]


@pytest.mark.one_backend
def test_lists_of_numbers_are_labels_and_no_inputs():
    pair = (X.tolist(), Y)
    for name, value in {"x": X.tolist(), "validation_data": pair}.items():
        with pytest.raises(ValueError, match=rf"`{name}.*must hold arrays"):
            fitted("vanilla", **{name: value})
    fitted("vanilla", y=Y.tolist(), sample_weight=np.ones(len(Y)))


@pytest.mark.one_backend
@pytest.mark.parametrize("kind", ["py_dataset", "tf"])
def test_weights_of_training_batches_are_refused_before_training(kind):
    data = WithWeights(X, Y)
    if kind == "tf":
        tf = pytest.importorskip("tensorflow")
        parts = (X, Y, np.ones(len(Y)))
        data = tf.data.Dataset.from_tensor_slices(parts).batch(16)
    with pytest.raises(ValueError, match=r"must be \(x, y\).*3 parts"):
        checked_data(make_recipe("rrt"), data, None, None, None, TASK)


@pytest.mark.one_backend
@pytest.mark.parametrize("is_function", [False, True])
@pytest.mark.parametrize("name", ["rrt", "rank_n_contrast"])
def test_a_head_alone_is_not_saved_as_if_it_were_all(
    name, is_function, tmp_path
):
    saver = keras.callbacks.ModelCheckpoint(tmp_path / "best.keras")
    callbacks = (lambda: [saver]) if is_function else [saver]
    encoder = small_encoder()
    start = weights_of(encoder)
    with pytest.raises(ValueError, match=r"`callbacks` must not save"):
        fitted(name, encoder=encoder, callbacks=callbacks)
    # Before anything is trained.
    for old, new in zip(start, weights_of(encoder), strict=True):
        np.testing.assert_array_equal(old, new)
    assert not (tmp_path / "best.keras").exists()
    fitted("sqinv", callbacks=callbacks)
    assert (tmp_path / "best.keras").exists()
