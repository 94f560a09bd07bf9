"""The kinds of data that plain Keras trains on, each with the same samples."""

import keras
import numpy as np
import pytest

BATCH = 8


class Batches(keras.utils.PyDataset):
    """A data set that says how many batches it has, and has no length."""

    def __init__(self, x, y):
        super().__init__()
        self._x, self._y = x, y

    @property
    def num_batches(self):
        return -(-len(self._y) // BATCH)

    def __getitem__(self, index):
        rows = slice(BATCH * index, BATCH * (index + 1))
        return self._x[rows], self._y[rows]


def generator(x, y):
    """Batches without end."""
    while True:
        yield from (Batches(x, y)[i] for i in range(Batches(x, y).num_batches))


def tf_data(x, y):
    tf = pytest.importorskip("tensorflow")
    return tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)


def torch_loader(x, y):
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.tensor(x), torch.tensor(y))
    return torch.utils.data.DataLoader(data, batch_size=BATCH)


def frames(x, y):
    pd = pytest.importorskip("pandas")
    index = range(5, 5 + len(y))
    return pd.DataFrame(x, index), pd.Series(y, index)


def sparse(x, y):
    scipy_sparse = pytest.importorskip("scipy.sparse")
    return scipy_sparse.csr_matrix(x), y


# Data sets may take the place of `x` and `y`; those of pairs, too.
KINDS = {
    "arrays": lambda x, y: (x, y),
    "column": lambda x, y: (x, y[:, None].astype("float64")),
    "list of labels": lambda x, y: (x, y.tolist()),
    "object labels": lambda x, y: (x, y.astype(object)),
    "tensors": lambda x, y: tuple(map(keras.ops.convert_to_tensor, (x, y))),
    "frames": frames,
    "sparse": sparse,
    "py_dataset": Batches,
    "tf_data": tf_data,
    "torch_loader": torch_loader,
    "generator": generator,
}
ENDLESS = {"generator"}
# What this backend's plain Keras does not take.
REFUSED = {"torch": {"sparse"}}.get(keras.config.backend(), set())


def training(kind, x, y):
    """Arguments of `fit` for a kind of data."""
    made = KINDS[kind](x, y)
    steps = {"steps_per_epoch": -(-len(y) // BATCH)} if kind in ENDLESS else {}
    if isinstance(made, tuple):
        return {"x": made[0], "y": made[1], "batch_size": BATCH}
    return {"x": made, **steps}


def validation(kind, x, y):
    """Arguments of `fit` that validate on a kind of data."""
    made = KINDS[kind](x, y)
    steps = {"validation_steps": -(-len(y) // BATCH)}
    return {"validation_data": made, **(steps if kind in ENDLESS else {})}


def with_nan(y):
    return np.where(np.arange(len(y)) == 3, np.nan, y).astype("float32")
