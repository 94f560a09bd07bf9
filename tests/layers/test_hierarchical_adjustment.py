import numpy as np
from keras import ops

from keras_groupdir import LabelGroups
from keras_groupdir.layers import HierarchicalAdjustment
from tests.layers.test_noise_scale import OneOutput
from tests.support.contracts import LayerContract
from tests.support.contracts import assert_no_setting_is_a_default
from tests.support.numeric import log_softmax
from tests.support.numeric import softmax

LEVELS = [
    LabelGroups.from_edges([0, 2, 8]),
    LabelGroups.from_edges([0, 2, 5, 8]),
    LabelGroups.from_edges([0, 1, 2, 5, 8]),
]
# The group of each level that each of the finest lies in.
HOLDERS = [(0, 0), (0, 0), (1, 1), (1, 2)]


class TestHierarchicalAdjustment(OneOutput, LayerContract):
    layer = HierarchicalAdjustment
    settings = {"levels": LEVELS}  # noqa: RUF012
    num_weights = 0

    def inputs(self, seed=0, size=4):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(size, 9)).astype("float32")

    def output_reference(self, weights, x):
        rows = []
        for row in x:
            halves, thirds = log_softmax(row[:2]), log_softmax(row[2:5])
            rows.append(
                [
                    row[5 + k] + halves[half] + thirds[third]
                    for k, (half, third) in enumerate(HOLDERS)
                ]
            )
        return np.array(rows)

    def test_the_contract_is_on_settings_of_its_own(self):
        # A list of them has no default to differ from.
        assert_no_setting_is_a_default(self.built(), ignore={"levels"})


def test_probabilities_of_all_levels_are_multiplied():
    x = TestHierarchicalAdjustment().inputs().astype("float64")
    layer = HierarchicalAdjustment(LEVELS)
    found = ops.convert_to_numpy(ops.softmax(layer(x.astype("float32"))))
    for row, probs in zip(x, found, strict=True):
        product = [
            softmax(row[5:])[k]
            * softmax(row[:2])[half]
            * softmax(row[2:5])[third]
            for k, (half, third) in enumerate(HOLDERS)
        ]
        np.testing.assert_allclose(probs, product / np.sum(product), rtol=1e-4)


def test_a_single_level_stays_as_it_is():
    x = np.array([[1.0, 2.0]], "float32")
    found = HierarchicalAdjustment(LEVELS[:1])(x)
    np.testing.assert_array_equal(ops.convert_to_numpy(found), x)
