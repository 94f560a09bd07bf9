"""What an estimator does once it is fitted, on every backend."""

import copy
import pickle
from pathlib import Path

import keras
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")
pytest.importorskip("pandas")

import pandas as pd

from keras_groupdir import evaluate_shots
from keras_groupdir.sklearn import ImbalancedRegressor
from tests.sklearn.problem import FRAME
from tests.sklearn.problem import X
from tests.sklearn.problem import Y
from tests.sklearn.problem import small

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def fitted(eager):
    return small("groupdir").fit(FRAME, pd.Series(Y, name="price"))


@pytest.mark.one_backend
def test_names_of_columns_are_kept_and_checked(fitted):
    assert fitted.feature_names_in_.tolist() == list(FRAME)
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(FRAME[["age", "area", "rooms", "floor"]])
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        bare = fitted.predict(X)
    np.testing.assert_array_equal(bare, fitted.predict(FRAME))


def test_the_model_inside_is_one_of_keras(fitted):
    table = evaluate_shots(
        fitted.model_, FRAME, Y, train_labels=Y, bins=fitted.bins_, verbose=0
    )
    assert list(table.rows) == ["hard", "soft", "mixture", "oracle"]
    own = fitted.model_.predict(FRAME, verbose=0)[:, 0]
    np.testing.assert_allclose(fitted.predict(FRAME), own, rtol=1e-6)
    interval = fitted.predict_interval(FRAME, coverage=0.5)
    np.testing.assert_allclose(
        interval,
        fitted.model_.predict_interval(FRAME, 0.5, verbose=0),
        rtol=1e-6,
    )
    assert fitted.score(FRAME, Y) == pytest.approx(
        1 - ((own - Y) ** 2).mean() / Y.var(), rel=1e-5
    )


@pytest.mark.one_backend
@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))],
    ids=["deepcopy", "pickle"],
)
def test_a_copy_predicts_the_same(fitted, copied):
    before = fitted.predict(FRAME)
    found = copied(fitted)
    assert found.model_ is not fitted.model_
    np.testing.assert_allclose(found.predict(FRAME), before, rtol=1e-6)
    assert found.get_params() == fitted.get_params()
    # They share no weight.
    found.model_.set_weights([0 * w for w in found.model_.get_weights()])
    np.testing.assert_array_equal(fitted.predict(FRAME), before)


@pytest.mark.one_backend
@pytest.mark.parametrize("writes", [1, 2])
def test_an_interrupted_save_leaves_an_old_or_a_new_estimator(
    fitted, tmp_path, monkeypatch, writes
):
    path = tmp_path / "prices.keras"
    old = copy.deepcopy(fitted)
    old.model_.set_weights([0 * w for w in old.model_.get_weights()])
    old.histories_ = [{"loss": [9.0]}]
    old.save(path)
    done, replace = [], Path.replace

    def interrupted(part, place):
        if len(done) == writes:
            raise KeyboardInterrupt
        done.append(place)
        return replace(part, place)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            fitted.save(path)
    loaded = ImbalancedRegressor.load(path)
    expected = old if writes == 1 else fitted
    assert loaded.histories_ == expected.histories_
    found, wanted = loaded.predict(FRAME), expected.predict(FRAME)
    np.testing.assert_allclose(found, wanted, rtol=1e-6)
    old.save(path)
    assert ImbalancedRegressor.load(path).histories_ == old.histories_


def test_files_bring_everything_back(fitted, tmp_path):
    path = tmp_path / "prices.keras"
    fitted.save(path)
    fitted.save(str(path))  # over what is there
    names = sorted(one.name for one in tmp_path.iterdir())
    assert names == ["prices.json", "prices.keras"]
    loaded = ImbalancedRegressor.load(path)
    assert loaded.get_params() == fitted.get_params()
    assert loaded.histories_ == fitted.histories_
    assert loaded.bins_ == fitted.bins_
    assert loaded.feature_names_in_.tolist() == list(FRAME)
    np.testing.assert_allclose(
        loaded.predict(FRAME), fitted.predict(FRAME), rtol=1e-6
    )
    with pytest.raises(ValueError, match="feature names should match"):
        loaded.predict(FRAME[["age", "area", "rooms", "floor"]])
    alone = keras.saving.load_model(path).predict(X, verbose=0)[:, 0]
    np.testing.assert_allclose(alone, fitted.predict(FRAME), rtol=1e-6)


@pytest.mark.one_backend
@pytest.mark.parametrize("epochs", [1, "wrong"])
def test_a_fit_leaves_torchs_generator_where_it_was(epochs):
    torch = pytest.importorskip("torch")
    if keras.config.backend() != "torch":
        pytest.skip("the generator is of another backend")
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    if epochs == 1:
        small("groupdir", epochs=epochs).fit(X, Y)
    else:
        with pytest.raises(ValueError, match="`epochs` must be"):
            small("groupdir", epochs=epochs).fit(X, Y)
    assert torch.equal(torch.rand(1), expected)
