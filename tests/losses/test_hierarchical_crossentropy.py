import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import HierarchicalCrossentropy
from tests.support.contracts import LossContract
from tests.support.contracts import assert_no_setting_is_a_default
from tests.support.numeric import group_of
from tests.support.numeric import log_softmax

LEVELS = [
    LabelGroups.from_edges([0, 2, 8]),
    LabelGroups.from_edges([0, 2, 5, 8]),
    LabelGroups.from_edges([0, 1, 2, 5, 8]),
]


class TestHierarchicalCrossentropy(LossContract):
    loss = HierarchicalCrossentropy(LEVELS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 9), scale=2).astype("float32")
        return rng.uniform(0, 8, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        losses = []
        for label, row in zip(y_true, y_pred, strict=True):
            loss = 0.0
            for part, level in zip(
                (row[:2], row[2:5], row[5:]), LEVELS, strict=True
            ):
                loss -= log_softmax(part)[group_of(label, level.edges)]
            losses.append(loss)
        return np.array(losses)

    def test_the_contract_is_on_settings_of_its_own(self):
        # A list of them has no default to differ from.
        assert_no_setting_is_a_default(
            self.loss, ignore={"levels", "reduction", "name", "dtype"}
        )


def test_one_level_is_the_plain_crossentropy():
    labels, logits = TestHierarchicalCrossentropy().batch()
    one, plain = (
        HierarchicalCrossentropy(LEVELS[2:]),
        GroupCrossentropy(LEVELS[2]),
    )
    np.testing.assert_allclose(
        ops.convert_to_numpy(one.call(labels, logits[:, :4])),
        ops.convert_to_numpy(plain.call(labels, logits[:, :4])),
        rtol=1e-6,
    )


def test_other_columns_are_refused():
    match = r"column for each group of each level, shape \(batch, 9\)"
    with pytest.raises(ValueError, match=match):
        HierarchicalCrossentropy(LEVELS)([1.0], [[0.0] * 4])
