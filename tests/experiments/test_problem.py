"""What a problem knows of its data."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from tests.experiments.problem import make_encoder
from tests.experiments.problem import make_problem


def test_the_task_is_that_of_the_training_labels():
    x, y = make_problem().train
    problem = Problem(make_encoder, (x, y), (x, y), (x, y))
    np.testing.assert_allclose(problem.task.labels, y)
    assert problem.metric == "mae"
    assert problem.task.bins.count_outside(y) == 0


def test_encoders_of_one_seed_are_alike():
    problem = make_problem()
    one, same, other = (problem.encoder(seed) for seed in (0, 0, 1))
    kernels = [encoder.get_weights()[0] for encoder in (one, same, other)]
    np.testing.assert_array_equal(kernels[0], kernels[1])
    assert not np.allclose(kernels[0], kernels[2])


def test_an_encoder_may_ask_for_its_seed():
    seen = []

    def make(seed):
        seen.append(seed)
        return make_encoder()

    x, y = make_problem().train
    Problem(make, (x, y), (x, y), (x, y)).encoder(7)
    assert seen == [7]


def test_training_data_may_depend_on_seed_and_views():
    asked = []

    def make_train(seed, views):
        asked.append((seed, views))
        return make_problem().train

    problem = make_problem(train=make_train)
    problem.train_data(3, 2)
    assert asked[-1] == (3, 2)


def test_the_digest_is_of_the_data_alone():
    assert make_problem().digest == make_problem(epochs=9).digest
    x, y = make_problem().train
    assert make_problem(train=(x + 1, y)).digest != make_problem().digest


def tables(x):
    return pytest.importorskip("pandas").DataFrame(x)


def sparse(x):
    return pytest.importorskip("scipy.sparse").csr_matrix(x)


def tensors(x):
    return keras.ops.convert_to_tensor(x)


def words(x):
    return np.array([[str(value) for value in row] for row in x], object)


@pytest.mark.parametrize(
    "kind",
    [dict, tables, sparse, tensors, words],
    ids=["dict", "tables", "sparse", "tensors", "words"],
)
def test_inputs_of_every_kind_are_in_the_digest(kind):
    (x, y), (x_val, y_val) = make_problem().train, make_problem().val

    def digest(x):
        inputs = {"a": x} if kind is dict else kind(x)
        problem = replace(make_problem(train=(inputs, y)), val=(x_val, y_val))
        return problem.digest

    assert digest(x) == digest(x.copy()) != digest(x + 1)


class Shuffled(keras.utils.PyDataset):
    """In another order each time it is gone through."""

    def __init__(self):
        super().__init__()
        self.turn = 0

    def __len__(self):
        return 3

    def __getitem__(self, index):
        x, y = make_problem().train
        self.turn += 1
        rows = np.random.default_rng(self.turn).permutation(48)[:16]
        return x[rows], y[rows]


@pytest.mark.parametrize("split", ["val", "test"])
def test_what_is_shuffled_is_not_evaluated_on(split):
    problem = make_problem()
    with pytest.raises(ValueError, match=f"`{split}` must .* same order"):
        replace(problem, **{split: Shuffled()}).held_out(split)
    replace(problem, train=Shuffled())


class Permuted(keras.utils.PyDataset):
    """All samples, in another order for each pass."""

    def __init__(self, x, y, seed):
        super().__init__()
        self._x, self._y, self._rng = x, y, np.random.default_rng(seed)

    def __len__(self):
        return len(self._y) // 4

    def __getitem__(self, index):
        if index == 0:
            self._order = self._rng.permutation(len(self._y))
        rows = self._order[4 * index : 4 * index + 4]
        return self._x[rows], self._y[rows]


def test_the_order_of_a_shuffled_training_set_is_not_in_the_digest():
    x, y = np.zeros((40, 3), "float32"), np.arange(40.0)
    held_out = x[:8], y[:8]
    digests = [
        Problem(
            make_encoder, Permuted(x, labels, seed), held_out, held_out
        ).digest
        for labels, seed in ((y, 0), (y, 1), (y + 1, 0))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_label_of_a_data_set_that_is_nan_is_named():
    x, y = make_problem().train
    bad = np.where(np.arange(len(y)) == 3, np.nan, y)
    batches = [(x[:24], bad[:24]), (x[24:], bad[24:])]
    with pytest.raises(ValueError, match=r"`val\[1\]` must be finite"):
        replace(make_problem(), val=batches).held_out("val")


def test_the_rate_falls_to_nothing_or_stays():
    for schedule, last in (("cosine", 0.0), ("constant", 0.01)):
        budget = Budget(epochs=2, learning_rate=0.01, schedule=schedule)
        optimizer = budget.optimizer(num_samples=256)
        optimizer.build([keras.Variable(0.0)])
        optimizer.iterations.assign(4)
        assert float(optimizer.learning_rate) == pytest.approx(last, abs=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"patience": 0},
        {"batch_size": 2.5},
        {"learning_rate": float("nan")},
        {"clip_norm": 0},
        {"schedule": "steps"},
    ],
)
def test_a_budget_that_cannot_be_is_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"`{name}` must"):
        Budget(**wrong)


def test_the_seed_goes_to_no_other_argument():
    seen = []

    def of_its_own(units=4, *, seed):
        seen.append((units, seed))
        return make_encoder()

    def of_units(units=4):
        seen.append(units)
        return make_encoder()

    data = make_problem().train
    for make in (of_its_own, of_units):
        Problem(make, data, data, data).encoder(7)
    assert seen == [(4, 7), 4]
    with pytest.raises(ValueError, match="`make_encoder` must take nothing"):
        Problem(lambda units, depth: None, data, data, data)


@pytest.mark.parametrize("split", ["val", "test"])
def test_what_is_held_out_is_checked_before_anything_is_trained(split):
    x, y = data = make_problem().train
    splits = {"train": data, "val": data, "test": data}
    short = {**splits, split: (x, y[:-1])}
    with pytest.raises(ValueError, match=rf"`{split}\[1\]` must hold one"):
        Problem(make_encoder, **short)
    weighed = {**splits, split: (x, y, y)}
    with pytest.raises(ValueError, match=rf"`{split}` must be \(x, y\)"):
        Problem(make_encoder, **weighed)


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize(
    "wrong",
    [
        lambda x, y: None,
        lambda x, y: x,
        lambda x, y: [x, y],
        lambda x, y: {"x": x, "y": y},
        lambda x, y: "prices.csv",
        lambda x, y: iter([(x, y)]),
    ],
    ids=["none", "array", "list", "dict", "text", "once"],
)
def test_a_split_must_be_pairs_that_can_be_read_again(split, wrong):
    pair = make_problem().train
    splits = dict.fromkeys(("train", "val", "test"), pair)
    Problem(make_encoder, **{**splits, split: [pair, pair]})
    received = wrong(*pair)
    said = rf"`{split}` must be \(x, y\).* {type(received).__name__}$"
    with pytest.raises(ValueError, match=said):
        Problem(make_encoder, **{**splits, split: received})


def test_epochs_of_a_method_take_the_place_of_steps():
    budget = Budget(steps=4000, patience=1000)
    found = budget.with_settings({"epochs": 20})
    assert (found.steps, found.epochs, found.patience) == (None, 20, 5)
    found = budget.with_settings({"epochs": 20, "patience": 3})
    assert (found.steps, found.epochs, found.patience) == (None, 20, 3)
    with pytest.raises(ValueError, match="one of `epochs` and `steps`"):
        budget.with_settings({"epochs": 20, "steps": 9})
    with pytest.raises(ValueError, match="`epochs` must be a whole number"):
        budget.with_settings({"epochs": "a"})


def test_steps_of_a_method_take_the_place_of_epochs():
    budget = Budget(epochs=20, patience=8)
    found = budget.with_settings({"steps": 4000})
    assert (found.steps, found.patience) == (4000, 1600)
    found = budget.with_settings({"steps": 4000, "patience": 3})
    assert (found.steps, found.patience) == (4000, 3)
    with pytest.raises(ValueError, match="one of `epochs` and `steps`"):
        budget.with_settings({"epochs": 10, "steps": 500})
    with pytest.raises(ValueError, match="`steps` must be a whole number"):
        budget.with_settings({"steps": "a"})


class Weighed(keras.utils.PyDataset):
    """Two batches with weights."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        rows = np.arange(4.0) + index
        return rows[:, None], rows, rows


def test_held_out_batches_may_have_weights_and_training_batches_may_not():
    pair = np.zeros((4, 1)), np.arange(4.0)
    made = Problem(make_encoder, pair, Weighed(), Weighed())
    np.testing.assert_array_equal(
        made.held_out("val")[1], [0, 1, 2, 3, 1, 2, 3, 4]
    )
    with pytest.raises(ValueError, match=r"must be \(x, y\).*3 parts"):
        Problem(make_encoder, Weighed(), pair, pair)
