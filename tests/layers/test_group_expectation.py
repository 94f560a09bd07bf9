import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.layers import GroupExpectation
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract
from tests.support.numeric import softmax

GROUPS = LabelGroups.from_edges([-4, 0, 2, 6])
VALUES = [-1.5, 0.5, 5.0]


class TestGroupExpectation(OneOutput, LayerContract):
    layer = GroupExpectation
    settings = {"groups": GROUPS, "values": VALUES}  # noqa: RUF012
    num_weights = 0

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 3)).astype("float32")

    def output_reference(self, weights, x):
        return np.array(
            [[sum(p * v for p, v in zip(softmax(row), VALUES, strict=True))]
             for row in x]
        )  # fmt: skip


def test_groups_stand_for_their_centers_unless_told():
    logits = 99 * np.eye(3, dtype="float32")
    np.testing.assert_allclose(
        ops.convert_to_numpy(GroupExpectation(GROUPS)(logits)),
        [[-2.0], [1.0], [4.0]],
        rtol=1e-6,
    )


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_does_not_matter(unit):
    logits = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    scaled = GroupExpectation(LabelGroups.from_edges(GROUPS.edges * unit))
    np.testing.assert_allclose(
        ops.convert_to_numpy(scaled(logits)) / unit,
        ops.convert_to_numpy(GroupExpectation(GROUPS)(logits)),
        rtol=1e-4,
        atol=1e-5,
    )


def test_no_logit_leads_out_of_the_values():
    logits = np.array([[1e30, -1e30, 0], [0, 0, 1e30]], "float32")
    found = ops.convert_to_numpy(GroupExpectation(GROUPS, VALUES)(logits))
    np.testing.assert_allclose(found, [[-1.5], [5.0]], rtol=1e-6)
