"""RankSim: neighbors in label space as neighbors in embedding space."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.custom_gradient import Backward
from keras_groupdir._backend.custom_gradient import custom_gradient
from keras_groupdir._backend.inverse_permutations import inverse_permutations
from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import unit_norm
from keras_groupdir._numerics import where_nan
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


def rank_similarity(
    labels: Tensor, embeddings: Tensor, interpolation: float = 2.0
) -> Tensor:
    """Ranks the others alike, by label and by embedding, from every sample.

    One sample stands for each distinct label of the batch: the first, which in
    a shuffled batch is any. With `n` of them, `s_ij` the cosine similarity of
    the embeddings, and `rank(a)_j` the share of the `n` entries of `a` that are
    not below `a_j`, from `1 / n` for the largest to 1 for the smallest,

    ```
    loss_i = batch * mean_j (rank(-|y_i - y|)_j - rank(s_i)_j)**2
    ```

    over the representatives `j`; samples that represent no label have a loss
    of 0. Of equal entries the first in the batch ranks higher. The mean over
    the batch, which Keras takes, is the sum over labels of the paper.

    Ranks are steps. In place of their gradient, 0, comes that of a piecewise
    linear function through them, with `g` the gradient of the loss by the
    ranks:

    ```
    gradient by s_i =
        (rank(s_i + interpolation * g) - rank(s_i)) / interpolation
    ```

    The weight of the loss is part of `g`, as published, and so is whatever
    else scales losses. On torch's replicas, which average gradients afterwards,
    that makes `interpolation` count times their number; the loss scale of
    `mixed_float16` makes it far too large, where `mixed_bfloat16` has none.

    With several replicas each sample is ranked among those of all. Work
    `O(batch**2 * (features + log(batch)))`, memory `O(batch**2)`.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        embeddings: Encoder outputs, normalized here. Shape
            `(batch, features)`.
        interpolation: Positive float; larger values make for smoother, less
            faithful gradients. Defaults to `2.0`, as published.

    Returns:
        Loss of each sample. Shape `(batch,)`.

    Examples:

    >>> fan = [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]]
    >>> ordered = rank_similarity([10.0, 20.0, 40.0, 80.0], fan)
    >>> shuffled = rank_similarity([10.0, 80.0, 20.0, 40.0], fan)
    >>> float(keras.ops.sum(ordered)), bool(keras.ops.sum(shuffled) > 0)
    (0.0, True)

    Reference:
    - [Gong et al., 2022](https://arxiv.org/abs/2205.15236)
    """
    interpolation = check_positive("interpolation", interpolation)
    labels = plain_labels(labels, embeddings)
    embeddings = unit_norm(ops.cast(embeddings, "float32"))
    embeddings = where_nan(labels[:, None], embeddings)
    replicas = current_replicas(ops.shape(embeddings)[0])
    all_labels = replicas.gather(labels)
    everyone = replicas.gather(embeddings)
    all_size = ops.cast(ops.shape(everyone)[0], "float32")

    # 1 for representatives, shape (batch,); the rest is (anchors, batch).
    stands = _first_of_each_label(all_labels)
    label_ranks = _ranks(
        -ops.abs(labels[:, None] - all_labels[None, :]), stands
    )
    similarity = ops.matmul(embeddings, ops.transpose(everyone))
    ranks = _ranks_with_gradient(similarity, stands, interpolation)
    squared = ops.sum(ops.square(label_ranks - ranks), axis=-1)
    # A sort gives NaN a rank like any other.
    squared = where_nan(similarity, squared)
    return (
        all_size
        * ops.take(stands, replicas.row)
        * ops.divide_no_nan(squared, ops.sum(stands))
    )


def _first_of_each_label(labels: Tensor) -> Tensor:
    """1 for samples whose label no earlier sample has, else 0."""
    position = ops.arange(ops.shape(labels)[0], dtype="int32")
    is_earlier = position[None, :] < position[:, None]
    is_same = ops.equal(labels[:, None], labels[None, :])
    came_before = ops.any(ops.logical_and(is_same, is_earlier), axis=-1)
    return ops.cast(ops.logical_not(came_before), "float32")


def _ranks(scores: Tensor, stands: Tensor) -> Tensor:
    """Share of the representatives that rank at or above each.

    Args:
        scores: The largest ranks highest. Shape `(anchors, batch)`.
        stands: 1 for representatives, else 0. Shape `(batch,)`.

    Returns:
        In `(0, 1]`, and 0 for the rest. Shape `(anchors, batch)`.
    """
    # Sorts are stable on every backend; the rest comes after everybody.
    keys = ops.where(stands[None, :] > 0, -scores, 1e30)
    position = inverse_permutations(ops.argsort(keys, axis=-1))
    rank = (ops.cast(position, "float32") + 1) * stands[None, :]
    return ops.divide_no_nan(rank, ops.sum(stands))


def _ranks_with_gradient(
    scores: Tensor, stands: Tensor, interpolation: float
) -> Tensor:
    """`_ranks`, with a gradient by `scores` that is not 0."""

    def ranks(scores: Tensor) -> tuple[Tensor, Backward]:
        here = _ranks(scores, stands)

        def gradient(upstream: Tensor) -> Tensor:
            there = _ranks(scores + interpolation * upstream, stands)
            return (there - here) / interpolation

        return here, gradient

    return custom_gradient(ranks)(scores)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class RankSimilarity(LabelLoss):
    """Neighbors by label as neighbors by embedding (RankSim).

    Takes the float label and the embedding; see `rank_similarity` for the
    formula. It regularizes the embedding of a regression; the published
    weights are 100 beside an absolute error in years and 3e-4 beside the
    squared error of STS-B's scores divided by 5. Weights of samples count for
    those that stand for a label.

    Args:
        interpolation: Positive float. Defaults to `2.0`, as published.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> loss = RankSimilarity()
    >>> fan = [[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-1.0, 0.0]]
    >>> float(loss([10.0, 20.0, 40.0, 80.0], fan))
    0.0

    Reference:
    - [Gong et al., 2022](https://arxiv.org/abs/2205.15236)
    """

    def __init__(
        self,
        interpolation: float = 2.0,
        name: str = "rank_similarity",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.interpolation = check_positive("interpolation", interpolation)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return rank_similarity(y_true, y_pred, self.interpolation)
