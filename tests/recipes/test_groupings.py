"""Edges of groups of each kind."""

import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.recipes import LabelTask
from keras_groupdir.recipes import make_recipe
from keras_groupdir.recipes.groupings import task_groups
from tests.support.models import small_encoder

pytestmark = pytest.mark.no_backend

LABELS = np.array([0.0, 1, 1, 2, 2, 3, 5, 8, 13, 40])
TASK = LabelTask(LABELS, LabelGroups.equal_width(0, 40, 8))


def test_edges_lie_at_widths_at_quantiles_or_halfway():
    width = task_groups(TASK, 4, "width").edges
    np.testing.assert_allclose(width, [0, 10, 20, 30, 40])
    quantile = task_groups(TASK, 4, "quantile").edges
    np.testing.assert_allclose(quantile, [0, 1.25, 2.5, 7.25, 40])
    halfway = task_groups(TASK, 4, "halfway").edges
    np.testing.assert_allclose(halfway, (width + quantile) / 2)


def test_quantiles_that_coincide_are_one_edge():
    labels = np.append(np.full(60, 2.0), LABELS)
    task = LabelTask(labels, TASK.bins)
    edges = task_groups(task, 8, "quantile").edges
    np.testing.assert_allclose(edges, [0, 2, 40])
    assert task_groups(task, 8, "halfway").num_groups == 8


def test_labels_that_are_one_number_have_no_quantiles():
    task = LabelTask(np.append(np.zeros(90), 40.0), TASK.bins)
    with pytest.raises(ValueError, match="`grouping` must be 'width' or"):
        task_groups(task, 4, "quantile")


@pytest.mark.parametrize("grouping", ["width", "halfway", "quantile"])
def test_labels_too_near_to_each_other_for_their_size_are_named(grouping):
    labels = 10_000_000.0 + np.arange(48) % 8
    task = LabelTask(labels, LabelGroups.histogram(labels))
    with pytest.raises(ValueError, match="`labels` must differ by more than"):
        task_groups(task, 10, grouping)


def test_a_recipe_is_told_by_a_setting():
    (stage,) = make_recipe("groupdir", grouping="quantile").stages
    model = stage.build(small_encoder(), TASK)
    widths = np.diff(model.groups.edges)
    assert widths.max() > 1.5 * widths.min()
    with pytest.raises(ValueError, match="`grouping` must be one of"):
        make_recipe("groupdir", grouping="log")
