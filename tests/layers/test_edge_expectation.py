import math
from itertools import pairwise

import numpy as np
import pytest
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.layers import EdgeExpectation
from tests.support.autodiff import gradient
from tests.support.contracts import LayerContract

GROUPS = LabelGroups.from_edges([-4, 0, 2, 6, 7])


def probabilities(row, conditional):
    """To be above each edge, and of each group, one after the other."""
    above = []
    for z in row:
        own = 1 / (1 + math.exp(-z))
        above.append(own * above[-1] if conditional and above else own)
    ends = [1.0, *above, 0.0]
    return above, [a - b for a, b in pairwise(ends)]


class TestEdgeExpectation(LayerContract):
    layer = EdgeExpectation
    settings = {"groups": GROUPS, "conditional": True}  # noqa: RUF012
    trained_output = "prediction"
    num_weights = 0

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 3)).astype("float32")

    def reference(self, weights, x, conditional=True):
        found = [probabilities(row, conditional) for row in x]
        mean = [
            [sum(p * c for p, c in zip(of_groups, GROUPS.centers, strict=True))]
            for _, of_groups in found
        ]
        above = np.array([above for above, _ in found])
        return {"prediction": np.array(mean), "above": above}


def test_cumulative_logits_stand_for_themselves():
    contract = TestEdgeExpectation()
    # Also where they rise: differences are never looked at.
    x = contract.inputs(size=9)
    expected = contract.reference({}, x.astype("float64"), conditional=False)
    for name, values in EdgeExpectation(GROUPS)(x).items():
        np.testing.assert_allclose(
            ops.convert_to_numpy(values), expected[name], rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize("conditional", [False, True])
@pytest.mark.parametrize("size", [99.0, 1e4, 1e30])
def test_large_logits_lead_to_the_ends_and_have_finite_gradients(
    conditional, size
):
    layer = EdgeExpectation(GROUPS, conditional)
    logits = size * np.array([[1.0] * 3, [-1.0] * 3], "float32")
    found = ops.convert_to_numpy(layer(logits)["prediction"])
    np.testing.assert_allclose(found, [[6.5], [-2.0]], rtol=1e-5)
    slope = gradient(lambda x: ops.sum(layer(x)["prediction"]), logits)
    assert np.isfinite(slope).all()


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_does_not_matter(unit):
    logits = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    logits = logits[:, :3]
    scaled = EdgeExpectation(LabelGroups.from_edges(GROUPS.edges * unit))
    np.testing.assert_allclose(
        ops.convert_to_numpy(scaled(logits)["prediction"]) / unit,
        ops.convert_to_numpy(EdgeExpectation(GROUPS)(logits)["prediction"]),
        rtol=1e-4,
        atol=1e-5,
    )
