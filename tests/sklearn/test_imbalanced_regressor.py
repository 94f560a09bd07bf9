import random
import warnings

import keras
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")
pytest.importorskip("pandas")

import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import GridSearchCV
from sklearn.model_selection import cross_val_score
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from keras_groupdir.experiments import Budget
from keras_groupdir.labels import LabelGroups
from keras_groupdir.models import table_encoder
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.sklearn import ImbalancedRegressor
from keras_groupdir.sklearn.fit_budget import fit_budget
from keras_groupdir.sklearn.validation_part import validation_part
from tests.sklearn.problem import FRAME
from tests.sklearn.problem import X
from tests.sklearn.problem import Y
from tests.sklearn.problem import encoder_of_four
from tests.sklearn.problem import predictions
from tests.sklearn.problem import small
from tests.support.models import small_encoder

# Around one `fit_recipe`, which is tried on every backend.
pytestmark = [pytest.mark.no_backend, pytest.mark.usefixtures("eager")]


@pytest.mark.parametrize("weights", [None, Y + 1])
def test_it_is_the_recipe_on_the_part_that_is_trained_on(weights):
    estimator = small("sqinv", error="squared", random_state=3)
    estimator.fit(X, Y, weights)
    seed = int(np.random.RandomState(3).randint(2**31 - 1))
    labels = Y.astype("float64")
    bins = LabelGroups.histogram(labels)
    train, held_out = validation_part(labels, bins, 0.1, False, seed)
    if weights is not None:
        weights = (weights / weights.mean())[train]
    keras.utils.set_random_seed(seed)
    budget = Budget(2, 1, 16, 0.05)
    metric = "val_prediction_mse"
    model, histories = fit_recipe(
        "sqinv",
        table_encoder(X[train], 4),
        LabelTask(labels[train], bins, "squared"),
        X[train],
        Y[train],
        validation_data=(X[held_out], Y[held_out]),
        optimizer=budget.optimizer(len(train)),
        callbacks=[
            keras.callbacks.EarlyStopping(
                metric, mode="min", patience=1, restore_best_weights=True
            )
        ],
        batch_size=16,
        seed=seed,
        sample_weight=weights,
        epochs=2,
        verbose=0,
    )
    assert estimator.bins_ == bins
    np.testing.assert_allclose(
        estimator.histories_[-1][metric], histories[-1][metric], rtol=1e-4
    )
    expected = model.predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(estimator.predict(X), expected, rtol=1e-4)


@pytest.mark.parametrize(
    "method", ["smogn", "rrt_lds", "lds_fds", "groupdir_balanced", "quantile"]
)
def test_recipes_of_every_kind_are_trained(method):
    predicted = predictions(method=method, epochs=1)
    assert predicted.shape == (48,)
    assert predicted.dtype == "float64"
    assert np.isfinite(predicted).all()


def test_the_best_epoch_is_kept():
    # Steps so long that later epochs are worse.
    estimator = small(epochs=12, learning_rate=1.0, patience=3).fit(X, Y)
    errors = estimator.histories_[-1]["val_prediction_mae"]
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    labels = Y.astype("float64")
    bins = LabelGroups.histogram(labels)
    _, held_out = validation_part(labels, bins, 0.1, False, seed)
    error = np.abs(estimator.predict(X[held_out]) - Y[held_out]).mean()
    assert min(errors) < errors[-1]
    assert error == pytest.approx(min(errors), rel=1e-4)
    assert len(errors) == np.argmin(errors) + 1 + 3


def test_without_a_validation_part_it_trains_to_the_end():
    estimator = small(validation_fraction=0, epochs=3).fit(X, Y)
    (history,) = estimator.histories_
    assert len(history["loss"]) == 3
    assert not [name for name in history if name.startswith("val_")]


@pytest.mark.parametrize(
    ("epochs", "patience", "expected"),
    [
        # 200 samples in batches of 16 are 13 steps; 4000 are 307.7 epochs.
        (None, None, (308, 77)),
        (10, None, (10, 3)),
        (10, 7, (10, 7)),
        (None, 7, (308, 7)),
    ],
)
def test_epochs_and_patience_follow_from_steps(epochs, patience, expected):
    budget = fit_budget(200, epochs, patience, 16, 0.01)
    assert (budget.epochs, budget.patience) == expected


def test_units_of_a_column_and_where_it_starts_are_nothing_to_it():
    model = small().fit(X * [1, 1000, 0.001, 1] + [0, 50, 0, 1], Y)
    moved = model.predict(X * [1, 1000, 0.001, 1] + [0, 50, 0, 1])
    np.testing.assert_allclose(moved, predictions(), rtol=1e-2)


def test_weights_of_samples():
    weights = np.where(np.arange(48) % 3, Y + 0.1, 0)
    weighted = predictions(sample_weight=weights)
    # Those of weight 0 might as well not be there, and the unit is nothing.
    rows = weights > 0
    alone = predictions(X[rows], Y[rows], weights[rows])
    np.testing.assert_allclose(weighted, alone, rtol=1e-6)
    doubled = predictions(sample_weight=pd.Series(2 * weights))
    np.testing.assert_allclose(weighted, doubled, rtol=1e-4)
    assert not np.allclose(weighted, predictions(X[rows], Y[rows]))


def test_a_state_of_ones_own_draws_each_fit():
    state = np.random.RandomState(5)
    estimator = small(random_state=state)
    first, second = (estimator.fit(X, Y).predict(X) for _ in range(2))
    assert not np.allclose(first, second)
    again = predictions(random_state=np.random.RandomState(5))
    np.testing.assert_allclose(again, first, rtol=1e-6)
    # Without one it is NumPy's own, as everywhere in scikit-learn.
    np.random.seed(5)  # noqa: NPY002
    again = predictions(random_state=None)
    np.testing.assert_allclose(again, first, rtol=1e-6)


def test_generators_of_the_caller_stay_as_they_are():
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    expected = random.random(), np.random.random()  # noqa: NPY002
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002
    small().fit(X, Y)
    assert (random.random(), np.random.random()) == expected  # noqa: NPY002


def test_labels_in_a_column_are_taken_with_a_warning():
    with pytest.warns(DataConversionWarning):
        found = predictions(y=Y[:, None])
    np.testing.assert_allclose(found, predictions(), rtol=1e-6)
    with pytest.raises(ValueError, match="y should be a 1d array"):
        predictions(y=np.stack([Y, Y], axis=1))


def test_a_method_without_intervals_says_so():
    with pytest.raises(ValueError, match="has no intervals of its own"):
        small(epochs=1).fit(X, Y).predict_interval(X)


def test_a_frame_is_its_numbers():
    model = small("groupdir").fit(FRAME, pd.Series(Y, name="price"))
    np.testing.assert_allclose(
        model.predict(FRAME), predictions(method="groupdir"), rtol=1e-6
    )


def test_it_goes_into_a_pipeline_and_a_search():
    frame = FRAME.assign(city=["a", "b", "c"] * 16)
    columns = ColumnTransformer(
        [("city", OneHotEncoder(), ["city"])], remainder="passthrough"
    )
    pipeline = make_pipeline(columns, small("groupdir", epochs=1))
    name = "imbalancedregressor"
    search = GridSearchCV(
        pipeline,
        {
            f"{name}__settings": [{"num_groups": 2}, {"num_groups": 3}],
            f"{name}__error": ["squared"],
        },
        cv=2,
        scoring="neg_mean_absolute_error",
    ).fit(frame, Y)
    best = search.best_estimator_[-1]
    assert best.model_.groups.num_groups == best.settings["num_groups"]
    assert best.n_features_in_ == 4 + 3
    assert search.predict(frame).shape == (48,)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_it_is_cross_validated_with_a_function_for_an_encoder():
    estimator = small(encoder=encoder_of_four, epochs=1)
    assert np.isfinite(cross_val_score(estimator, X, Y, cv=2)).all()
    again = clone(estimator)
    assert again.encoder is encoder_of_four
    found = again.fit(X, Y).model_.encoder
    assert [type(layer).__name__ for layer in found.layers] == [
        "InputLayer",
        "Dense",
    ]


def test_parameters_of_numpy_are_saved_and_no_names_are_none(tmp_path):
    estimator = small(
        epochs=np.int64(1), settings={"level": np.float64(0.1)}
    ).set_params(method="quantile", hidden_units=np.array([4, 3]))
    estimator.fit(X, Y).save(tmp_path / "a.keras")
    loaded = ImbalancedRegressor.load(tmp_path / "a.keras")
    assert loaded.settings == {"level": 0.1}
    assert loaded.hidden_units == [4, 3]
    assert not hasattr(loaded, "feature_names_in_")
    assert clone(loaded).fit(X, Y).predict(X).shape == (48,)


def test_a_function_is_given_again(tmp_path):
    path = tmp_path / "a.keras"
    fitted = small(encoder=encoder_of_four, epochs=1).fit(X, Y)
    fitted.save(path)
    loaded = ImbalancedRegressor.load(path)
    np.testing.assert_allclose(loaded.predict(X), fitted.predict(X), rtol=1e-6)
    with pytest.raises(ValueError, match="`encoder` was a function"):
        loaded.fit(X, Y)
    again = ImbalancedRegressor.load(path, encoder=encoder_of_four)
    again.fit(X, Y)
    np.testing.assert_allclose(again.predict(X), fitted.predict(X), rtol=1e-6)


def test_a_json_file_of_somebody_else_is_not_replaced(tmp_path):
    model, path = small().fit(X, Y), tmp_path / "config.keras"
    other = tmp_path / "config.json"
    for text in ('{"mine": 1}', "[1, 2]", "not JSON"):
        other.write_text(text)
        with pytest.raises(ValueError, match=r"`path` must .*config\.json"):
            model.save(path)
        assert other.read_text() == text
        assert [one.name for one in tmp_path.iterdir()] == ["config.json"]
    other.unlink()
    model.save(path)
    model.save(path)


def test_columns_that_float32_makes_one_number_are_warned_of():
    x = X.astype("float64")
    x[:, 1] = 1.7e9 + 60 * np.random.default_rng(0).random(len(x))
    with pytest.warns(UserWarning, match="Column 1 of `x` varies by"):
        small().fit(x, Y)


def test_labels_that_float32_does_not_tell_apart_are_named():
    labels = 10_000_000 + np.arange(len(X)) % 8
    with pytest.raises(ValueError, match=r"`labels` must differ by more than"):
        small(method="groupdir").fit(X, labels)


def test_what_files_cannot_hold_is_refused(tmp_path):
    fitted = small(epochs=1).fit(X, Y)
    path = tmp_path / "a.keras"
    with pytest.raises(ValueError, match=r"`path` must end in \.keras"):
        fitted.save(tmp_path / "a")
    state = small(random_state=np.random.RandomState(0), epochs=1).fit(X, Y)
    with pytest.raises(ValueError, match="`save` writes parameters as JSON"):
        state.save(path)
    assert not list(tmp_path.iterdir())
    # The model of one and the JSON of another.
    fitted.save(path)
    small(epochs=1).fit(X, Y).save(tmp_path / "b.keras")
    (tmp_path / "b.keras").replace(path)
    with pytest.raises(ValueError, match="`path` must be a file that `save`"):
        ImbalancedRegressor.load(path)


def test_several_targets_are_an_estimator_each():
    both = np.stack([Y, X[:, 0]], axis=1)
    found = MultiOutputRegressor(small()).fit(X, both).predict(X)
    np.testing.assert_allclose(found[:, 0], predictions(), rtol=1e-6)
    np.testing.assert_allclose(found[:, 1], predictions(y=X[:, 0]), rtol=1e-6)


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"method": "best"}, "`method` must be one of 'vanilla'"),
        ({"settings": {"beta": 1}}, "`settings` must be those of the recipe"),
        ({"settings": ["beta"]}, "`settings` must be a dict"),
        ({"method": ["groupdir"]}, "`method` must be one of"),
        ({"encoder": small_encoder()}, "`encoder` must be a function"),
        ({"encoder": "resnet"}, "`encoder` must be a function"),
        ({"hidden_units": 0}, "`hidden_units` must be a whole number"),
        ({"hidden_units": []}, "`hidden_units` must be the units of at least"),
        ({"error": "mae"}, "`error` must be one of"),
        ({"epochs": 0}, "`epochs` must be a whole number"),
        ({"patience": 0}, "`patience` must be a whole number"),
        ({"batch_size": 2.5}, "`batch_size` must be a whole number"),
        ({"learning_rate": 0}, "`learning_rate` must be a positive"),
        ({"validation_fraction": 1}, "`validation_fraction` must be at least"),
        (
            {"method": "groupdir_corrected", "validation_fraction": 0},
            "`validation_fraction` must be above 0 for 'groupdir_corrected'",
        ),
        ({"method": "smogn", "sample_weight": Y}, "`sample_weight` is not for"),
        ({"sample_weight": -Y}, "`sample_weight` must not be negative"),
        ({"sample_weight": Y[:5]}, "`sample_weight` must hold one number for"),
        ({"sample_weight": 0 * Y}, "`sample_weight` must not be zero"),
        ({"y": np.ones(48)}, "`y` must have different values"),
        ({"y": np.where(Y > 3, np.nan, Y)}, "Input y contains NaN"),
        ({"x": np.where(X > 1, np.nan, X)}, "Input X contains NaN"),
        (
            {"x": X.astype("float64") * 1e39},
            "Input X contains infinity or",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_is_wrong_is_said(params, match):
    with pytest.raises(ValueError, match=match):
        predictions(**params)


def test_nothing_is_warned_of():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        small("groupdir").fit(X, Y).predict(X)
