import json

import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir import VanillaRegressor
from keras_groupdir import evaluate_shots
from keras_groupdir.labels import ShotThresholds
from keras_groupdir.resampling import box_plot_points
from keras_groupdir.resampling import relevance
from keras_groupdir.scores import shot_table
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

BINS = LabelGroups.equal_width(0, 4, num_groups=4)
LABELS = np.array([0.5, 0.5, 1.5, 3.5])
SHOTS = ["many", "many", "median", "median"]


@pytest.fixture
def table():
    predictions = {"a": LABELS + np.array([1, 3, 0, -2]), "b": LABELS}
    return shot_table(LABELS, predictions, SHOTS, BINS, extras={"x_y": 0.5})


def test_errors_are_averaged_over_the_samples_of_a_subset(table):
    assert table.counts == {"all": 4, "many": 2, "median": 2, "few": 0}
    mae = table.rows["a"]["mae"]
    assert (mae["all"], mae["many"], mae["median"]) == (6 / 4, 4 / 2, 2 / 2)
    assert table.rows["a"]["mse"]["all"] == (1 + 9 + 0 + 4) / 4
    assert table.rows["b"]["mae"]["all"] == 0


def test_the_balanced_error_is_averaged_over_bins(table):
    assert table.rows["a"]["balanced_mae"]["all"] == (4 / 2 + 0 + 2) / 3


def test_a_subset_without_samples_has_no_value(table):
    assert np.isnan(table.rows["a"]["mae"]["few"])
    written = json.dumps(table.as_dict(), allow_nan=False)
    assert json.loads(written)["rows"]["a"]["mae"]["few"] is None


def test_the_text_has_a_line_for_each_prediction_and_extra(table):
    lines = table.to_text(metrics=("mae",)).splitlines()
    assert lines[0].split() == ["samples", "4", "2", "2", "0"]
    assert lines[3].split() == ["a", "1.500", "2.000", "1.000", "-"]
    assert lines[-1] == "x y: 0.500"
    assert str(table).count("\na ") == 6


def test_a_group_regressor_has_a_row_for_each_routing_and_the_oracle():
    x, y = skewed_data()
    model = small_regressor()
    table = evaluate_shots(model, x, y, y, GROUPS, verbose=0)
    assert list(table.rows) == ["hard", "soft", "mixture", "oracle"]
    for routing in ("hard", "soft", "mixture"):
        routed = model.with_routing(routing).predict(x, verbose=0)[:, 0]
        assert table.rows[routing]["mae"]["all"] == pytest.approx(
            np.abs(y - routed).mean(), rel=1e-5
        )
    outputs = model.predict_outputs(x, verbose=0)
    true_ids = GROUPS.assign(y)
    own = outputs["expert_values"][np.arange(len(y)), true_ids]
    assert table.rows["oracle"]["mse"]["all"] == pytest.approx(
        np.square(y - own).mean(), rel=1e-5
    )
    found = outputs["group_logits"].argmax(axis=-1)
    assert table.extras["group_accuracy"] == (found == true_ids).mean()
    assert table.extras["mean_group_distance"] == pytest.approx(
        np.abs(found - true_ids).mean()
    )


def test_a_model_without_numbers_has_no_groups_to_be_right_about():
    model = small_regressor()
    x, y = skewed_data()
    lost = x.copy()
    lost[3] = np.nan
    for inputs in (lost, np.full_like(x, np.nan)):
        table = evaluate_shots(model, inputs, y, y, verbose=0)
        assert all(np.isnan(one) for one in table.extras.values())
        assert "group accuracy: -" in str(table)
        found = json.loads(json.dumps(table.as_dict(), allow_nan=False))
        assert found["group_accuracy"] is found["mean_group_distance"] is None


def test_group_weights_have_a_row_beside_those_without():
    x, y = skewed_data()
    plain = small_regressor()
    model = plain.with_routing("mixture", [1.0, 2.0, 3.0, 4.0])
    table = evaluate_shots(model, x, y, y, GROUPS, verbose=0)
    before = evaluate_shots(plain, x, y, y, GROUPS, verbose=0)
    assert [r for r in table.rows if r not in before.rows] == ["balanced"]
    own = np.abs(y - model.predict(x, verbose=0)[:, 0]).mean()
    assert table.rows["balanced"]["mae"]["all"] == pytest.approx(own, rel=1e-5)
    for routing, row in before.rows.items():
        same = pytest.approx(row["mae"], nan_ok=True)
        assert table.rows[routing]["mae"] == same


def test_shots_come_from_the_training_labels():
    x, y = skewed_data()
    train = np.full(25, y[0])
    table = evaluate_shots(
        small_regressor(), x, y, train, GROUPS, many_above=24, verbose=0
    )
    same_bin = GROUPS.assign(y) == GROUPS.assign(y)[0]
    assert table.counts["many"] == same_bin.sum()
    assert table.counts["few"] == (~same_bin).sum()


def test_training_labels_scale_the_balanced_error_and_say_what_is_far_out():
    train = [0.5, 1.5, 1.5, 1.5, 1.6, 3.5]
    predictions = {"a": LABELS + np.array([1, 3, 0, -2])}
    table = shot_table(LABELS, predictions, SHOTS, BINS, train_labels=train)
    # Of the constant 1.5: 1 and 1 in the first bin, 0, 2.
    assert table.rows["a"]["balanced_mase"]["all"] == pytest.approx(4 / 3)
    assert table.rows["a"]["balanced_mase"]["many"] == 2 / 1
    points = box_plot_points(train)
    sizes = relevance(LABELS, points) * [1, 9, 0, 4]
    assert points[:, 1].any()
    assert table.rows["a"]["sera"]["median"] == pytest.approx(sizes[2:].mean())
    assert np.isnan(table.rows["a"]["sera"]["few"])
    even = shot_table(LABELS, predictions, SHOTS, BINS, train_labels=LABELS)
    assert not box_plot_points(LABELS)[:, 1].any()
    assert np.isnan(even.rows["a"]["sera"]["all"])
    assert "sera" not in shot_table(LABELS, predictions, SHOTS, BINS).rows["a"]


@pytest.mark.parametrize("relative", [False, True])
def test_a_table_says_what_made_its_shots(relative):
    x, y = skewed_data()
    table = evaluate_shots(
        small_regressor(),
        x,
        y,
        y,
        GROUPS,
        relative_shots=relative,
        verbose=0,
    )
    counts = GROUPS.counts(y)
    mean = counts[counts > 0].mean()
    high, low = (mean, 0.2 * mean) if relative else (100, 20)
    own = counts[GROUPS.assign(y)]
    assert table.counts["many"] == np.sum(own > high)
    assert table.counts["few"] == np.sum(own < low)
    kept = json.loads(json.dumps(table.as_dict(), allow_nan=False))["shots"]
    assert ShotThresholds(**kept) == table.thresholds
    assert kept["mean_count"] == (mean if relative else None)
    assert str(table).splitlines()[1] == str(table.thresholds)
    assert ("relative" in str(table)) == relative


def test_another_model_has_one_row():
    x, y = skewed_data()
    model = VanillaRegressor(small_encoder(), low=0, high=8)
    table = evaluate_shots(model, x, y, y, GROUPS, verbose=0)
    assert list(table.rows) == ["model"]
    assert table.extras == {}


def test_a_vanilla_model_starts_in_the_middle_and_trains():
    x, y = skewed_data()
    model = VanillaRegressor(small_encoder(), low=2, high=8)
    assert model.predict(np.zeros((1, 4)), verbose=0)[0, 0] == 5
    model.compile("adam", loss={"prediction": "mse"})
    logs = model.fit(x, y, epochs=3, verbose=0).history
    assert logs["loss"][-1] < logs["loss"][0]
    with pytest.raises(ValueError, match="`low` must be below `high`"):
        VanillaRegressor(small_encoder(), low=1, high=1)


def test_labels_and_predictions_of_other_lengths_are_refused():
    x, y = skewed_data()
    with pytest.raises(ValueError, match="23 labels"):
        evaluate_shots(small_regressor(), x, y[:-1], y, GROUPS, verbose=0)


def test_labels_that_are_all_the_same_are_called_by_their_name():
    x, y = skewed_data()
    model = small_regressor()
    with pytest.raises(ValueError, match="`train_labels` must have different"):
        evaluate_shots(model, x, y, np.ones(10), verbose=0)
    bins = LabelGroups.equal_width(0, 8, num_groups=4)
    table = evaluate_shots(model, x, y, np.ones(10), bins, verbose=0)
    assert table.counts["all"] == len(y)
    with pytest.raises(ValueError, match="`labels` must have different"):
        VanillaRegressor.from_labels(small_encoder(), np.ones(10))
