"""Intervals of models: those of their own, and calibrated ones."""

import json

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir import LabelModel
from keras_groupdir import VanillaRegressor
from keras_groupdir.models import CalibratedIntervals
from keras_groupdir.models import EvidentialRegressor
from keras_groupdir.models import FeatureSmoothingRegressor
from keras_groupdir.models import VariationalRegressor
from keras_groupdir.models import calibrate_intervals
from keras_groupdir.models.mixture_interval import mixture_interval
from keras_groupdir.models.quantile_interval import quantile_interval
from keras_groupdir.models.student_interval import student_interval
from keras_groupdir.models.student_interval import student_reach
from keras_groupdir.scores import ShotCalibration
from keras_groupdir.scores import calibrate_shots
from tests.layers.test_routing import reference as routing_reference
from tests.support.models import skewed_data
from tests.support.models import small_encoder

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data(48)
# Groups of different widths.
GROUPS = LabelGroups.from_edges([0, 1, 3, 8])


def grouped(**settings):
    return GroupRegressor(small_encoder(), GROUPS, **settings)


def evidential():
    return EvidentialRegressor(small_encoder(), low=0, high=8)


def test_a_mixture_holds_its_share_by_a_fine_grid():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.full(5, 0.5), 20)
    values, widths = rng.uniform(0, 10, (20, 5)), rng.uniform(0.1, 3, 5)
    for coverage in (0.1, 0.5, 0.9, 0.999):
        found = mixture_interval(weights, values, widths, coverage)
        for weight, value, ends in zip(weights, values, found, strict=True):
            below = [
                sum(
                    w * min(max((end - v + d / 2) / d, 0), 1)
                    for w, v, d in zip(weight, value, widths, strict=True)
                )
                for end in ends
            ]
            assert below[0] == pytest.approx((1 - coverage) / 2, abs=1e-12)
            assert below[1] == pytest.approx((1 + coverage) / 2, abs=1e-12)


def test_one_group_alone_is_uniform():
    found = mixture_interval([[0, 1, 0]], [[9, 4, 2]], [1, 2, 3], 0.9)
    np.testing.assert_allclose(found, [[3.1, 4.9]])
    broken = mixture_interval([[1, 1]], [[np.nan, 4]], [1, 2], 0.9)
    assert np.isnan(broken).all()
    broken = mixture_interval([[np.nan, 1]], [[3, 4]], [1, 2], 0.9)
    assert np.isnan(broken).all()


@pytest.mark.parametrize("coverage", [0.01, 0.5, 0.9, 0.99, 0.99999])
def test_the_reach_of_student_is_that_of_scipy(coverage):
    stats = pytest.importorskip("scipy.stats")
    freedom = np.array([2.0, 2.5, 3, 7, 30, 1e3, 1e6, 1e7, 1e12])
    expected = stats.t.ppf((1 + coverage) / 2, freedom)
    found = student_reach(freedom, coverage)
    rtol = 1e-10 if coverage < 0.9999 else 1e-7
    np.testing.assert_allclose(found, expected, rtol=rtol)
    ends = student_reach(np.array([np.nan, np.inf, 2.0]), coverage)
    assert np.isnan(ends).tolist() == [True, False, False]
    normal = stats.norm.ppf((1 + coverage) / 2)
    np.testing.assert_allclose(ends[1], normal, rtol=rtol)


def test_the_evidential_interval_holds_its_share_of_draws():
    gamma, nu, alpha, beta = 30.0, 0.5, 2.5, 8.0
    rng = np.random.default_rng(0)
    variance = beta / rng.gamma(alpha, size=200_000)
    mean = gamma + np.sqrt(variance / nu) * rng.normal(size=len(variance))
    labels = mean + np.sqrt(variance) * rng.normal(size=len(variance))
    ((low, high),) = student_interval([[gamma, nu, alpha, beta]], 0.9)
    assert np.mean(labels < low) == pytest.approx(0.05, abs=0.002)
    assert np.mean(labels > high) == pytest.approx(0.05, abs=0.002)
    empty = student_interval([[gamma, 0.0, 1.0, beta]], 0.9)
    assert np.isfinite(empty).all()


def test_quantiles_are_read_between_their_levels_and_not_beyond():
    levels, quantiles = (0.1, 0.5, 0.8), [[1.0, 5.0, 2.0]]
    found = quantile_interval(quantiles, levels, 0.6)
    np.testing.assert_allclose(found, [[1 + 0.1 / 0.4, 5]])
    with pytest.raises(ValueError, match="`coverage` must lie between the"):
        quantile_interval(quantiles, levels, 0.9)


@pytest.mark.parametrize("routing", ["hard", "soft", "mixture"])
@pytest.mark.parametrize("group_weights", [None, [1.0, 2.0, 6.0]])
def test_groups_are_as_likely_as_they_are_routed(routing, group_weights):
    model = grouped(
        routing=routing, group_weights=group_weights, temperature=2.0
    )
    outputs = model.predict_outputs(X, verbose=0)
    plain = "mixture" if routing == "hard" else routing
    weights = np.asarray(routing_reference(outputs["group_logits"], plain, 1.0))
    weights = np.sqrt(weights)
    if group_weights is not None:
        weights = weights * group_weights
    expected = mixture_interval(
        weights, outputs["expert_values"], [1, 2, 5], 0.8
    )
    found = model.predict_interval(X, 0.8, verbose=0)
    assert found.shape == (48, 2)
    assert found.dtype == "float64"
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("make", [grouped, evidential])
def test_intervals_grow_with_the_coverage_around_the_median(make):
    model = make()
    before = model.predict_interval(X, 1e-6, verbose=0)
    for coverage in (0.2, 0.5, 0.9, 0.99):
        found = model.predict_interval(X, coverage, verbose=0)
        assert (found[:, 0] < before[:, 0]).all()
        assert (found[:, 1] > before[:, 1]).all()
        before = found


@pytest.mark.parametrize("kind", [GroupRegressor, EvidentialRegressor])
@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_intervals_are_in_label_units(kind, unit):
    def build(scale):
        if kind is EvidentialRegressor:
            return kind(small_encoder(), low=0, high=8 * scale)
        edges = GROUPS.edges * scale
        return kind(small_encoder(), LabelGroups.from_edges(edges))

    model, other = build(1), build(unit)
    other.set_weights(model.get_weights())
    np.testing.assert_allclose(
        other.predict_interval(X, verbose=0) / unit,
        model.predict_interval(X, verbose=0),
        rtol=1e-4,
        atol=1e-4,
    )


def test_what_wraps_a_model_has_its_intervals():
    model = grouped()
    smoothed = FeatureSmoothingRegressor(model, GROUPS)
    np.testing.assert_allclose(
        smoothed.predict_interval(X, verbose=0),
        model.predict_interval(X, verbose=0),
        rtol=1e-5,
    )
    random = VariationalRegressor(small_encoder(), 0, 8, evidential=True)
    outputs = random.predict_outputs(X, verbose=0)
    np.testing.assert_allclose(
        random.predict_interval(X, verbose=0),
        student_interval(outputs["evidential"], 0.9),
        rtol=1e-5,
    )


def quantile_model():
    encoder = small_encoder()
    unit = keras.layers.Dense(3)(encoder.output)
    outputs = {"prediction": unit[:, 1:2], "quantiles": unit}
    model = LabelModel(encoder.input, outputs)
    model.quantile_levels = (0.05, 0.5, 0.95)
    return model


def test_a_model_of_quantiles_has_those():
    model = quantile_model()
    quantiles = model.predict_outputs(X, verbose=0)["quantiles"]
    found = model.predict_interval(X, verbose=0)
    np.testing.assert_allclose(found, np.sort(quantiles)[:, ::2], rtol=1e-6)


def test_a_model_of_points_has_none_and_says_so():
    for model in (
        VanillaRegressor(small_encoder(), low=0, high=8),
        VariationalRegressor(small_encoder(), 0, 8),
    ):
        with pytest.raises(ValueError, match="calibrate_intervals makes some"):
            model.predict_interval(X, verbose=0)


def plain_model():
    encoder = small_encoder()
    return keras.Model(encoder.input, keras.layers.Dense(1)(encoder.output))


BUILDERS = {
    "groups": grouped,
    "evidential": evidential,
    "quantiles": quantile_model,
    "points": lambda: VanillaRegressor(small_encoder(), low=0, high=8),
    "keras": plain_model,
}


@pytest.mark.parametrize("name", BUILDERS)
def test_every_model_can_be_calibrated(name):
    model = BUILDERS[name]()
    settings = {"few_below": 5, "many_above": 9, "coverage": 0.7}
    own = calibrate_intervals(
        model, X, Y, np.tile(Y, 2), GROUPS, **settings, verbose=0
    )
    if name in ("points", "keras"):
        raw = model.predict(X, verbose=0).repeat(2, axis=1)
    else:
        raw = model.predict_interval(X, 0.7, verbose=0)
    expected = calibrate_shots(raw, Y, np.tile(Y, 2), GROUPS, **settings)
    assert own.calibration == expected
    found = own.predict_interval(X, verbose=0)
    np.testing.assert_allclose(found, expected.adjust(raw), rtol=1e-6)
    ranges = own.predict_ranges(X, verbose=0)
    np.testing.assert_allclose(ranges, expected.ranges(raw), rtol=1e-6)
    state = json.loads(json.dumps(own.calibration.as_dict(), allow_nan=False))
    again = CalibratedIntervals(model, ShotCalibration.from_dict(state))
    assert again.calibration == own.calibration
    # Of the samples of the calibration themselves, each shot holds its share.
    shots = np.array(own.calibration.shots)
    inside = (found[:, 0] <= Y) & (found[:, 1] >= Y)
    starts = np.array(own.calibration.edges)[1:-1]
    stretch = np.searchsorted(starts.astype("float32"), Y, side="right")
    for shot in own.calibration.margins:
        assert inside[shots[stretch] == shot].mean() >= 0.7


def test_no_samples_have_no_intervals():
    model = plain_model()
    raw = calibrate_intervals(model, X, Y, Y, GROUPS, coverage=0.5, verbose=0)
    for predict in (raw.predict_interval, raw.predict_ranges):
        with pytest.raises(ValueError, match="`x` must hold at least one"):
            predict(X[:0])


def test_a_model_of_several_outputs_is_refused():
    inputs = keras.Input((4,))
    outputs = {name: keras.layers.Dense(1)(inputs) for name in "ab"}
    model = keras.Model(inputs, outputs)
    with pytest.raises(ValueError, match=r"must predict one array.*a dict"):
        calibrate_intervals(model, X, Y, Y, GROUPS, verbose=0)
