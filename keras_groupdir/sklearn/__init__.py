"""A scikit-learn estimator of every recipe; needs the extra `sklearn`."""

from importlib.util import find_spec

if find_spec("sklearn") is None:
    raise ImportError(
        "keras_groupdir.sklearn needs scikit-learn: "
        "pip install 'keras-groupdir[sklearn]'"
    )

from keras_groupdir.sklearn.imbalanced_regressor import ImbalancedRegressor

__all__ = ["ImbalancedRegressor"]
