"""One small table for all tests of the estimator."""

import pytest

pytest.importorskip("sklearn", reason="scikit-learn is an extra")
pytest.importorskip("pandas")

import pandas as pd

from keras_groupdir.sklearn import ImbalancedRegressor
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
FRAME = pd.DataFrame(X, columns=["area", "age", "rooms", "floor"])


def encoder_of_four(num_columns):
    assert num_columns == 4
    return small_encoder()


def small(method="vanilla", **params):
    given = {
        "hidden_units": 4,
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 0.05,
        "random_state": 0,
    }
    return ImbalancedRegressor(method, **{**given, **params})


def predictions(x=X, y=Y, sample_weight=None, **params):
    return small(**params).fit(x, y, sample_weight).predict(X)
