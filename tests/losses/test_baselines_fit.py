"""Every part of a baseline at once, each on a branch of one model."""

import keras
import numpy as np
import pytest

from keras_groupdir import LabelModel
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.label_mixture import fit_label_mixture
from keras_groupdir.layers import EvidentialHead
from keras_groupdir.layers import NoiseScale
from keras_groupdir.layers import evidential_uncertainty
from keras_groupdir.losses import BatchMonteCarlo
from keras_groupdir.losses import BinnedNumericalIntegration
from keras_groupdir.losses import ContrastiveRegularizer
from keras_groupdir.losses import EvidentialRegression
from keras_groupdir.losses import GaussianMixtureIntegration
from keras_groupdir.losses import RankSimilarity
from tests.support.models import skewed_data

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data(size=12)
BINS = LabelGroups.equal_width(0, 8, width=1)

LOSSES = {
    "batch": BatchMonteCarlo(),
    "mixture": GaussianMixtureIntegration(*fit_label_mixture(Y, 2)),
    "binned": BinnedNumericalIntegration(BINS, BINS.counts(Y)),
    "ranked": RankSimilarity(interpolation=1.0),
    "contrasted": ContrastiveRegularizer(window=2.0, temperature=0.5),
    "evidential": EvidentialRegression(),
}
NOISY = ("batch", "mixture", "binned")


def all_parts():
    """One branch of layers, named after its output, for every loss."""
    inputs = keras.Input((4,))
    outputs = {}
    for name in NOISY:
        prediction = keras.layers.Dense(1, name=f"{name}_unit")(inputs)
        outputs[name] = NoiseScale(2.0, name=f"{name}_noise")(prediction)
    outputs["ranked"] = keras.layers.Dense(3, name="ranked_unit")(inputs)
    embedding = keras.layers.Dense(3, name="contrasted_unit")(inputs)
    guess = keras.layers.Dense(1, trainable=False, name="guess")(embedding)
    join = keras.layers.Concatenate(dtype="float32")
    outputs["contrasted"] = join([embedding, guess])
    head = EvidentialHead(low=0, high=8, name="evidential_unit")
    outputs["evidential"] = head(inputs)
    outputs["prediction"] = outputs["evidential"][:, :1]
    return LabelModel(inputs, outputs)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Weights before, the model after two steps, its logs, and its file."""
    keras.utils.set_random_seed(2)
    model = all_parts()
    before = {w.path: np.array(w.numpy()) for w in model.weights}
    model.compile(keras.optimizers.SGD(0.01), loss=LOSSES)
    history = model.fit(X, Y, batch_size=6, verbose=0)
    path = tmp_path_factory.mktemp("baselines") / "model.keras"
    model.save(path)
    return before, model, history.history, path


@pytest.mark.parametrize("name", LOSSES)
def test_two_steps_of_plain_fit_train_each_part(trained, name):
    before, model, logs, _ = trained
    assert np.isfinite(logs[f"{name}_loss"]).all()
    layers = [f"{name}_unit"] + [f"{name}_noise"] * (name in NOISY)
    for layer in layers:
        for weight in model.get_layer(layer).trainable_weights:
            # A bias before a cosine or a rank may well stay.
            if name in ("ranked", "contrasted") and "bias" in weight.path:
                continue
            change = weight.numpy() - before[weight.path]
            assert np.isfinite(change).all()
            assert change.any(), weight.path


def test_the_file_brings_losses_and_outputs_back(trained):
    _, model, _, path = trained
    loaded = keras.saving.load_model(path)
    assert isinstance(loaded, LabelModel)
    expected = model.predict_outputs(X, verbose=0)
    for name, value in loaded.predict_outputs(X, verbose=0).items():
        np.testing.assert_allclose(
            value, expected[name], rtol=1e-5, atol=1e-6, err_msg=name
        )
    for name, loss in LOSSES.items():
        assert loaded.loss[name].get_config() == loss.get_config()
    logs = loaded.evaluate(X, Y, verbose=0, return_dict=True)
    assert logs == pytest.approx(
        model.evaluate(X, Y, verbose=0, return_dict=True), rel=1e-4
    )


def test_the_prediction_is_in_label_units_and_has_its_uncertainty(trained):
    _, model, _, _ = trained
    outputs = model.predict_outputs(X, verbose=0)
    np.testing.assert_array_equal(
        outputs["prediction"], outputs["evidential"][:, :1]
    )
    for variance in evidential_uncertainty(outputs["evidential"]):
        assert keras.ops.min(variance) > 0
