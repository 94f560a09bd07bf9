import keras
import numpy as np
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir.losses import ConditionalCrossentropy
from keras_groupdir.losses import CumulativeCrossentropy
from keras_groupdir.models import OrdinalRegressor
from tests.support.models import repeated
from tests.support.models import skewed_data
from tests.support.models import small_encoder

X, Y = skewed_data(48)
GROUPS = LabelGroups.from_edges([0, 0.5, 1, 2, 4, 8])


@pytest.fixture(scope="module", params=[False, True], ids=["coral", "corn"])
def trained(request):
    keras.utils.set_random_seed(0)
    model = OrdinalRegressor(small_encoder(), GROUPS, request.param)
    model.compile(keras.optimizers.Adam(0.02))
    model.fit(*repeated(12, X, Y), epochs=5, verbose=0)
    return model


@pytest.mark.one_backend
def test_the_prediction_is_the_mean_of_its_distribution(trained):
    outputs = trained.predict_outputs(X, verbose=0)
    ends = np.ones((48, 1)), np.zeros((48, 1))
    above = np.concatenate([ends[0], outputs["above"], ends[1]], axis=1)
    probs = above[:, :-1] - above[:, 1:]
    assert probs.min() >= 0
    np.testing.assert_allclose(
        outputs["prediction"][:, 0], probs @ GROUPS.centers, rtol=1e-4
    )
    logits = outputs["edge_logits"]
    own = 1 / (1 + np.exp(-logits.astype("float64")))
    expected = np.cumprod(own, axis=1) if trained.conditional else own
    np.testing.assert_allclose(outputs["above"], expected, rtol=1e-4, atol=1e-6)


@pytest.mark.one_backend
def test_it_learns(trained):
    assert np.corrcoef(trained.predict(X, verbose=0)[:, 0], Y)[0, 1] > 0.9
    above = trained.predict_outputs(X, verbose=0)["above"]
    is_above = Y[:, None] >= GROUPS.edges[None, 1:-1]
    assert np.mean((above > 0.5) == is_above) > 0.85


def test_each_has_its_loss():
    coral = OrdinalRegressor(small_encoder(), GROUPS)
    corn = OrdinalRegressor(small_encoder(), GROUPS, conditional=True)
    for model, kind in (
        (coral, CumulativeCrossentropy),
        (corn, ConditionalCrossentropy),
    ):
        losses = model.default_losses()
        assert {name: type(loss) for name, loss in losses.items()} == {
            "edge_logits": kind
        }
    # One score and five groups: a kernel, a first bias and three gaps.
    assert coral.count_params() - coral.encoder.count_params() == 6 + 1 + 3
    assert corn.count_params() - corn.encoder.count_params() == (6 + 1) * 4
