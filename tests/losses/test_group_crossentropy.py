import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.losses import GroupCrossentropy
from keras_groupdir.losses import SoftGroupCrossentropy
from tests.support.contracts import LossContract
from tests.support.numeric import group_of
from tests.support.numeric import log_softmax

GROUPS = LabelGroups.from_edges([0, 1, 2, 4, 8])


class TestGroupCrossentropy(LossContract):
    loss = GroupCrossentropy(GROUPS)

    def batch(self, seed=0, size=6):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 4), scale=2).astype("float32")
        return rng.uniform(0, 8, size).astype("float32"), logits

    def reference(self, y_true, y_pred):
        losses = []
        for label, row in zip(y_true, y_pred, strict=True):
            losses.append(-log_softmax(row)[group_of(label, GROUPS.edges)])
        return np.array(losses, dtype="float64")


@given(
    labels=hnp.arrays("float32", (6,), elements=st.floats(-9, 19, width=32)),
    logits=hnp.arrays("float32", (6, 4), elements=st.floats(-99, 99, width=32)),
)
def test_it_is_never_negative(labels, logits):
    loss = ops.convert_to_numpy(GroupCrossentropy(GROUPS).call(labels, logits))
    assert loss.min() >= 0
    assert np.isfinite(loss).all()


def test_it_is_what_soft_labels_become_for_a_large_beta():
    y_true, y_pred = TestGroupCrossentropy().batch()
    np.testing.assert_allclose(
        ops.convert_to_numpy(GroupCrossentropy(GROUPS).call(y_true, y_pred)),
        ops.convert_to_numpy(
            SoftGroupCrossentropy(GROUPS, beta=50.0).call(y_true, y_pred)
        ),
        rtol=1e-5,
    )
