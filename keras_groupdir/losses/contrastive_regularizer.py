"""ConR: part the samples that the prediction confuses."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._backend.replicas import current_replicas
from keras_groupdir._numerics import LOG_ZERO
from keras_groupdir._numerics import log_sum_exp
from keras_groupdir._numerics import plain_labels
from keras_groupdir._numerics import unit_norm
from keras_groupdir.checks import check_positive
from keras_groupdir.losses.label_loss import LabelLoss
from keras_groupdir.types import Tensor


def contrastive_regularizer(
    labels: Tensor,
    embeddings: Tensor,
    predictions: Tensor,
    window: float = 1.0,
    temperature: float = 0.07,
    push: float = 0.01,
) -> Tensor:
    """Pulls near labels together, parts far ones that are predicted near.

    Of the other samples `j` of the batch, the positives `P(i)` of an anchor
    have `|y_i - y_j| <= window`; the negatives `N(i)` do not, but have
    `|f_i - f_j| <= window` for the predictions `f`, which choose pairs and get
    no gradient. With `s_ij` the cosine similarity of the embeddings over
    `temperature`,

    ```
    loss_i = mean_{p in P(i)} -log(
        exp(s_ip) / (
            sum_{j in P(i)} exp(s_ij)
            + sum_{j in N(i)} exp(push * |y_i - y_j|) exp(s_ij)
        )
    )
    ```

    An anchor without positives, or without negatives, has a loss of 0, as it
    confuses nothing. Only positives and negatives are in the denominator; the
    published code also adds 1 to it for each sample that is neither, the anchor
    among them, and there
    weights of samples push as well (here they only weigh the anchors).

    With several replicas each anchor is compared with the samples of all.

    Args:
        labels: Float labels. Shape `(batch,)` or `(batch, 1)`.
        embeddings: Encoder outputs, normalized here. Shape
            `(batch, features)`.
        predictions: In label units. Shape `(batch,)` or `(batch, 1)`.
        window: Positive float, in label units. Defaults to `1.0`, published
            for ages.
        temperature: Positive float. Defaults to `0.07`, as published.
        push: Positive float, by label units: how much more a negative of a
            farther label counts. Defaults to `0.01`, published for ages.

    Returns:
        Loss of each anchor. Shape `(batch,)`.

    Examples:

    >>> labels, fan = [30.0, 30.0, 60.0], [[1.0, 0.0], [0.6, 0.8], [0.8, 0.6]]
    >>> confused = contrastive_regularizer(labels, fan, [30.0, 30.0, 30.0])
    >>> told_apart = contrastive_regularizer(labels, fan, [30.0, 30.0, 60.0])
    >>> [float(sum(losses)) > 0 for losses in (confused, told_apart)]
    [True, False]

    Reference:
    - [Keramati et al., 2024](https://arxiv.org/abs/2309.06651)
    """
    window = check_positive("window", window)
    temperature = check_positive("temperature", temperature)
    push = check_positive("push", push)
    labels = plain_labels(labels, embeddings)
    predictions = plain_labels(predictions, embeddings, "predictions")
    embeddings = unit_norm(ops.cast(embeddings, "float32"))

    replicas = current_replicas(ops.shape(embeddings)[0])
    everyone = replicas.gather(embeddings)
    column = ops.arange(ops.shape(everyone)[0], dtype="int32")

    # All are (anchors, batch).
    is_self = ops.equal(replicas.row[:, None], column[None, :])
    distance = _distances(labels, replicas.gather(labels))
    is_near = distance <= window
    looks_near = _distances(predictions, replicas.gather(predictions)) <= window
    positive = ops.logical_and(is_near, ops.logical_not(is_self))
    negative = ops.logical_and(ops.logical_not(is_near), looks_near)
    logits = ops.matmul(embeddings, ops.transpose(everyone)) / temperature

    compared = ops.where(
        positive,
        logits,
        ops.where(negative, logits + push * distance, LOG_ZERO),
    )
    log_total = log_sum_exp(compared, keepdims=True)
    # Without positives or negatives the sum may be empty, near LOG_ZERO.
    counts = ops.logical_and(positive, ops.any(negative, -1, keepdims=True))
    pairs = ops.where(counts, log_total - logits, 0.0)
    num_pairs = ops.sum(ops.cast(counts, "float32"), axis=-1)
    return ops.divide_no_nan(ops.sum(pairs, axis=-1), num_pairs)


def _distances(values: Tensor, others: Tensor) -> Tensor:
    return ops.abs(values[:, None] - others[None, :])


@keras.saving.register_keras_serializable(package="keras_groupdir")
class ContrastiveRegularizer(LabelLoss):
    """Parts the samples that the prediction confuses (ConR).

    Takes the float label, and the embedding and the prediction as one output,
    the prediction in the last column; see `contrastive_regularizer` for the
    formula. It regularizes a regression; the published weight is 4 beside an
    absolute error in years, with two random views of every sample in the batch,
    under its label once more. One view is enough where labels come within
    `window` of each other.

    Args:
        window: Positive float, in label units. Defaults to `1.0`.
        temperature: Positive float. Defaults to `0.07`.
        push: Positive float, by label units. Defaults to `0.01`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> inputs = keras.Input((4,))
    >>> embedding = keras.layers.Dense(8)(inputs)
    >>> prediction = keras.layers.Dense(1)(embedding)
    >>> join = keras.layers.Concatenate(dtype="float32")
    >>> both = join([embedding, prediction])
    >>> model = keras.Model(inputs, {"prediction": prediction, "both": both})
    >>> model.compile(
    ...     "adam", loss={"prediction": "mae", "both": ContrastiveRegularizer()}
    ... )

    Reference:
    - [Keramati et al., 2024](https://arxiv.org/abs/2309.06651)
    """

    def __init__(
        self,
        window: float = 1.0,
        temperature: float = 0.07,
        push: float = 0.01,
        name: str = "contrastive_regularizer",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.window = check_positive("window", window)
        self.temperature = check_positive("temperature", temperature)
        self.push = check_positive("push", push)

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        shape = tuple(y_pred.shape)
        if len(shape) != 2 or shape[1] == 1:
            raise ValueError(
                "`y_pred` must have shape (batch, features + 1), with the "
                f"prediction in the last column. Received: shape {shape}"
            )
        return contrastive_regularizer(
            y_true,
            y_pred[:, :-1],
            y_pred[:, -1],
            self.window,
            self.temperature,
            self.push,
        )
