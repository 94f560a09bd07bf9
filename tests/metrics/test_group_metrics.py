import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.metrics import GroupAccuracy
from keras_groupdir.metrics import MeanGroupDistance
from tests.support.contracts import MetricContract
from tests.support.numeric import group_of

GROUPS = LabelGroups.from_edges([0, 1, 3, 4, 9, 10])


class LogitBatch:
    def batch(self, seed=0, size=8):
        rng = np.random.default_rng(seed)
        logits = rng.normal(size=(size, 5)).astype("float32")
        return rng.uniform(0, 10, size).astype("float32"), logits

    def distances(self, y_true, y_pred):
        distances = []
        for label, row in zip(y_true, y_pred, strict=True):
            predicted = list(row).index(max(row))
            distances.append(abs(predicted - group_of(label, GROUPS.edges)))
        return distances


class TestGroupAccuracy(LogitBatch, MetricContract):
    metric = GroupAccuracy(GROUPS, name="accuracy_of_groups")

    def reference(self, y_true, y_pred):
        return [d == 0 for d in self.distances(y_true, y_pred)]


class TestMeanGroupDistance(LogitBatch, MetricContract):
    metric = MeanGroupDistance(GROUPS, name="distance_of_groups")

    def reference(self, y_true, y_pred):
        return self.distances(y_true, y_pred)


def test_right_and_wrong_groups_are_told_apart():
    labels = np.array([0.5, 3.5, 9.5], dtype="float32")
    right = 5.0 * np.eye(5, dtype="float32")[[0, 2, 4]]
    wrong = 5.0 * np.eye(5, dtype="float32")[[4, 0, 0]]
    for logits, accuracy, distance in ((right, 1, 0), (wrong, 0, 10 / 3)):
        metrics = GroupAccuracy(GROUPS), MeanGroupDistance(GROUPS)
        for metric in metrics:
            metric.update_state(labels, logits)
        results = [float(metric.result()) for metric in metrics]
        assert results == pytest.approx([accuracy, distance])


@pytest.mark.parametrize(
    ("metric", "name"),
    [
        (GroupAccuracy, "group_accuracy"),
        (MeanGroupDistance, "mean_group_distance"),
    ],
)
def test_the_default_name_is_the_class_in_snake_case(metric, name):
    assert metric(GROUPS).name == name
