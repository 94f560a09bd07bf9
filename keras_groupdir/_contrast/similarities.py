"""Similarity of every pair of embeddings."""

from keras import ops

from keras_groupdir._numerics import unit_norm
from keras_groupdir.types import Tensor

SIMILARITIES = ("cosine", "l2")


def similarities(anchors: Tensor, others: Tensor, similarity: str) -> Tensor:
    """Compares each anchor with all others.

    Distances come from one product of matrices: those below about a thousandth
    of the spread of `others` drown in rounding.

    Args:
        anchors: Embeddings. Shape `(anchors, features)`.
        others: Embeddings. Shape `(batch, features)`.
        similarity: `"cosine"`, or `"l2"` for the negative Euclidean distance.

    Returns:
        Shape `(anchors, batch)`.
    """
    if similarity == "cosine":
        return ops.matmul(unit_norm(anchors), ops.transpose(unit_norm(others)))
    # Distances do not change with the origin; around the mean the products
    # below cancel less.
    origin = ops.mean(others, axis=0, keepdims=True)
    a, b = anchors - origin, others - origin
    squared = (
        ops.sum(ops.square(a), axis=-1)[:, None]
        + ops.sum(ops.square(b), axis=-1)[None, :]
        - 2 * ops.matmul(a, ops.transpose(b))
    )
    # The gradient of a square root at 0 is infinite: equal rows take the other
    # branch, where value and gradient are 0.
    is_same = squared <= 1e-12
    distance = ops.sqrt(ops.where(is_same, 1.0, squared))
    return -ops.where(is_same, 0.0, distance)
