"""An order of samples in which every batch holds labels of the whole range."""

import numpy as np


def stratified_order(
    labels: np.ndarray, batch_size: int, rng: np.random.Generator
) -> np.ndarray:
    """Rows in an order whose batches draw evenly across quantiles of labels.

    With `m` full batches, sorted labels are cut into `batch_size` strata of `m`
    rows, and each batch gets one of each, at random; where labels are equal,
    chance says which comes first. What fills no batch is a last, smaller one,
    drawn beforehand in the same way.

    Args:
        labels: Shape `(n,)`.
        batch_size: Samples a batch.
        rng: Of the order.

    Returns:
        Every row once. Shape `(n,)`.

    Examples:

    >>> labels = np.arange(6.0)
    >>> order = stratified_order(labels, 2, np.random.default_rng(0))
    >>> [sorted((batch < 3).tolist()) for batch in order.reshape(3, 2)]
    [[False, True], [False, True], [False, True]]
    """
    size = len(labels)
    by_label = np.lexsort((rng.random(size), labels))
    num_full, num_last = divmod(size, batch_size)
    last = by_label[:0]
    if num_last:
        edges = size * np.arange(num_last + 1) // num_last
        places = rng.integers(edges[:-1], edges[1:])
        last = by_label[places]
        by_label = np.delete(by_label, places)
    strata = by_label.reshape(batch_size, num_full)
    batches = rng.permuted(strata, axis=1).T
    # Inside a batch as well, the order says nothing of the label.
    batches = rng.permuted(batches, axis=1)
    return np.concatenate([batches.reshape(-1), rng.permutation(last)])
