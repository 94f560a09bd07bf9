import numpy as np

from keras_groupdir import LabelGroups
from keras_groupdir.metrics import OracleMeanAbsoluteError
from tests.support.contracts import MetricContract
from tests.support.numeric import group_of

GROUPS = LabelGroups.from_edges([0, 1, 3, 4, 9, 10])


class TestOracleMeanAbsoluteError(MetricContract):
    metric = OracleMeanAbsoluteError(GROUPS, name="best_case")

    def batch(self, seed=0, size=8):
        rng = np.random.default_rng(seed)
        values = rng.uniform(0, 10, size=(size, 5)).astype("float32")
        return rng.uniform(0, 10, size).astype("float32"), values

    def reference(self, y_true, y_pred):
        return [
            abs(label - row[group_of(label, GROUPS.edges)])
            for label, row in zip(y_true, y_pred, strict=True)
        ]


def test_the_default_name_is_short():
    assert OracleMeanAbsoluteError(GROUPS).name == "oracle_mae"
