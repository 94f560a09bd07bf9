import keras
import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.losses import LaplaceLikelihood
from keras_groupdir.models import VotingRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
BINS = LabelGroups.equal_width(0, 8, width=1)
COUNTS = BINS.counts(Y)


def weighted(**settings):
    return VotingRegressor(small_encoder(), 0, 8, BINS, COUNTS, **settings)


@pytest.fixture(scope="module")
def trained():
    keras.utils.set_random_seed(0)
    model = weighted()
    model.compile(keras.optimizers.Adam(0.02))
    # One region of the inputs has labels that nothing explains.
    noise = np.where(X[:, 3] > 0, 3 * np.sign(X[:, 2] * X[:, 1]), 0)
    noisy = np.clip(Y + noise, 0, 8)
    model.fit(*repeated(12, X, noisy), epochs=5, verbose=0)
    return model


@pytest.mark.one_backend
def test_it_predicts_what_the_surest_head_does(trained):
    outputs = trained.predict_outputs(X, verbose=0)
    heads = np.stack([outputs[f"head_{k}"] for k in range(3)])
    surest = heads[:, :, 1].argmin(axis=0)
    rows = np.arange(48)
    np.testing.assert_array_equal(
        outputs["prediction"][:, 0], heads[surest, rows, 0]
    )
    np.testing.assert_allclose(
        outputs["scale"][:, 0], np.exp(heads[surest, rows, 1]), rtol=1e-5
    )


@pytest.mark.one_backend
def test_its_scale_is_larger_where_labels_are_noisy(trained):
    scale = trained.predict_outputs(X, verbose=0)["scale"][:, 0]
    noisy = X[:, 3] > 0
    assert np.median(scale[noisy]) > np.median(scale[~noisy])


def test_heads_weigh_from_all_labels_alike_to_all_bins_alike():
    losses = weighted(num_heads=3).default_losses()
    assert list(losses) == ["head_0", "head_1", "head_2"]
    filled = np.maximum(COUNTS, 1)
    for power, loss in zip((0, 0.5, 1), losses.values(), strict=True):
        weights = np.array(loss.bin_weights)
        # A power of the count times a number, whose mean is 1.
        share = weights * filled**power
        np.testing.assert_allclose(share, share[0], rtol=1e-9)
        assert np.average(weights, weights=COUNTS) == pytest.approx(1)
    assert losses["head_0"].bin_weights == pytest.approx([1.0] * 8)


def test_without_counts_and_with_one_head_nothing_is_weighed():
    model = VotingRegressor(small_encoder(), 0, 8)
    assert all(
        type(loss) is LaplaceLikelihood and loss.bins is None
        for loss in model.default_losses().values()
    )
    (loss,) = weighted(num_heads=1).default_losses().values()
    assert loss.bin_weights == pytest.approx([1.0] * 8)


def test_from_labels_counts_them():
    model = VotingRegressor.from_labels(small_encoder(), Y, num_heads=2)
    assert model.bins == LabelGroups.histogram(Y)
    assert sum(model.counts) == 48
    assert model.label_range == (float(Y.min()), float(Y.max()))


def test_a_file_keeps_bins_and_votes(trained, tmp_path):
    trained.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert (loaded.bins, loaded.counts) == (BINS, COUNTS.tolist())
    before = trained.predict_outputs(X, verbose=0)
    for name, values in loaded.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(values, before[name], rtol=1e-5)


@pytest.mark.parametrize("settings", [{"bins": BINS}, {"counts": COUNTS}])
def test_counts_come_with_their_bins(settings):
    with pytest.raises(ValueError, match="`bins` and `counts` must be given"):
        VotingRegressor(small_encoder(), 0, 8, **settings)
