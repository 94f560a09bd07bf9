"""Labels that were read before, and a data set that is gone through again."""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelGroups
from keras_groupdir.models import calibrate_intervals
from keras_groupdir.models import choose_prior_correction
from keras_groupdir.models import fit_group_weights
from keras_groupdir.scores import evaluate_shots
from keras_groupdir.scores.check_order import check_order
from tests.support.models import skewed_data
from tests.support.models import small_encoder

pytestmark = pytest.mark.usefixtures("eager")

X, Y = skewed_data(40)
REFUSED = "`y` must be the labels of `x` in their order"

# Whatever predicts from data and compares with labels of another pass.
JUDGES = {
    "evaluate_shots": lambda model, x: evaluate_shots(
        model, x, Y, Y, verbose=0
    ),
    "fit_group_weights": lambda model, x: fit_group_weights(
        model, x, Y, verbose=0
    ),
    "choose_prior_correction": lambda model, x: choose_prior_correction(
        model, x, Y, Y, verbose=0
    ),
    "calibrate_intervals": lambda model, x: calibrate_intervals(
        model, x, Y, Y, verbose=0
    ),
}


class Batches(keras.utils.PyDataset):
    """Eight samples at a time; shuffled, each pass has another order."""

    def __init__(self, shuffled, form=lambda y: (y,)):
        super().__init__()
        self._form, self._shuffled = form, shuffled
        self._rng, self._order = np.random.default_rng(0), np.arange(len(Y))
        self.on_epoch_end()

    def __len__(self):
        return len(Y) // 8

    def __getitem__(self, index):
        rows = self._order[8 * index : 8 * index + 8]
        return X[rows], *self._form(Y[rows])

    def on_epoch_end(self):
        if self._shuffled:
            self._rng.shuffle(self._order)


def tf_data(shuffled):
    tf = pytest.importorskip("tensorflow")
    data = tf.data.Dataset.from_tensor_slices((X, Y))
    return (data.shuffle(40, seed=0) if shuffled else data).batch(8)


def torch_loader(shuffled):
    utils = pytest.importorskip("torch.utils.data")
    data = list(zip(X, Y, strict=True))
    return utils.DataLoader(data, batch_size=8, shuffle=shuffled)


@pytest.fixture(scope="module")
def model():
    groups = LabelGroups.from_labels(Y, 4)
    model = GroupRegressor(small_encoder(), groups)
    model.compile("adam")
    return model


@pytest.mark.parametrize("judge", JUDGES.values(), ids=JUDGES)
def test_all_who_compare_look_at_the_order(model, judge):
    with pytest.raises(ValueError, match=REFUSED):
        judge(model, Batches(shuffled=True))
    judge(model, Batches(shuffled=False))


@pytest.mark.parametrize("kind", [Batches, tf_data, torch_loader])
def test_data_sets_of_every_kind(kind):
    check_order(kind(shuffled=False), Y)
    with pytest.raises(ValueError, match=REFUSED):
        check_order(kind(shuffled=True), Y)


@pytest.mark.parametrize(
    "form",
    [
        lambda y: (y[:, None],),
        lambda y: (y.tolist(),),
        lambda y: ({"prediction": y},),
        lambda y: (y, np.ones(len(y))),
        lambda y: (keras.ops.convert_to_tensor(y),),
    ],
    ids=["a column", "a list", "by name", "with weights", "tensors"],
)
def test_labels_of_every_form(form):
    check_order(Batches(False, form), Y)
    with pytest.raises(ValueError, match=REFUSED):
        check_order(Batches(True, form), Y)


@pytest.mark.parametrize(
    "x",
    [
        X,
        {"a": X},
        [X, X],
        # Without labels, with those of two targets, with other names.
        Batches(True, lambda y: ()),
        Batches(True, lambda y: (np.stack([y, y], 1),)),
        Batches(True, lambda y: ({"other": y},)),
        Batches(True, lambda y: (np.array(["a"] * len(y)),)),
    ],
)
def test_what_says_nothing_of_labels_passes(x):
    check_order(x, Y)


def test_a_generator_is_not_begun():
    batches = iter([(X, Y[::-1])])
    check_order(batches, Y)
    assert next(batches) is not None
