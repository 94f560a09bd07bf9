"""Ordinal group-aware contrastive loss, eq. (2) of the paper."""

from typing import Any

import keras
from keras import ops

from keras_groupdir._contrast.all_samples import all_samples
from keras_groupdir._contrast.closed_form import MIN_TEMPERATURE
from keras_groupdir._contrast.closed_form import closed_form_losses
from keras_groupdir._contrast.full_matrix import full_matrix_losses
from keras_groupdir._contrast.row_plan import row_plan
from keras_groupdir._contrast.similarities import SIMILARITIES
from keras_groupdir._numerics import check_flat
from keras_groupdir._numerics import unit_norm
from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.soft_labels import check_ids
from keras_groupdir.losses.group_loss import GroupLoss
from keras_groupdir.types import Tensor


def ordinal_group_contrastive(
    group_ids: Tensor,
    embeddings: Tensor,
    num_groups: int,
    temperature: float = 0.2,
    similarity: str = "cosine",
    tile_rows: int | str | None = "auto",
) -> Tensor:
    """Orders embeddings by the distance between their groups.

    Each pair `(i, j)` of a batch is scored against all samples whose group is
    at least as far from the anchor's as `j`'s is, `j` and ties included. With
    `l_ij = similarity(z_i, z_j) / temperature` and `d_ij = |g_i - g_j|`,

    ```
    loss_i = -1 / (batch - 1) * sum_{j != i} (
        l_ij - log sum_{k != i, d_ik >= d_ij} exp(l_ik)
    )
    ```

    The mean over `i` is eq. (2). The inner sum depends on `j` only through the
    distance, so it is computed once per anchor and distance: work
    `O(batch**2 * (features + num_groups))`. For `"cosine"` the gradient is in
    closed form, and the memory with tiles is
    `O(batch * (features + num_groups + tile_rows))`. For `"l2"`, and below a
    temperature of 1/70, where `exp(1 / temperature)` would leave float32, it
    is `O(batch**2)`, and sums are kept as logs (tested down to 0.001). All is
    computed in float32; as distances come from products of embeddings, the
    gradient between two that are a thousandth of the spread apart is off by a
    hundredth. The anchor of a batch of one has a loss of 0. On torch the
    gradient in closed form cannot be differentiated again.

    With several replicas each anchor is compared with the samples of all, see
    `OrdinalGroupContrastive`.

    Args:
        group_ids: Group of each sample, in `0 .. num_groups - 1`. Shape
            `(batch,)`.
        embeddings: Encoder outputs; normalized here for `"cosine"`. Shape
            `(batch, features)`.
        num_groups: Number of groups, at least 2.
        temperature: Positive float. Defaults to `0.2`.
        similarity: `"cosine"`, or `"l2"` for the negative Euclidean distance
            of the embeddings as they come (Rank-N-Contrast's choice, with
            `temperature=2`). Defaults to `"cosine"`.
        tile_rows: How many anchors are compared with the batch at a time.
            None compares all at once and keeps the similarities for the
            gradient. A whole number keeps none and computes them again, for
            cosine from a temperature of 1/70. Defaults to `"auto"`: None up to
            4,096 samples, then tiles of 4 MiB. Where TensorFlow does not know
            the size of a batch when the graph is made, as in `fit` with a
            partial last batch, that is decided anew for each batch.

    Returns:
        Loss of each anchor. Shape `(batch,)`.

    Examples:

    >>> embeddings = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]
    >>> ordered = ordinal_group_contrastive([0, 1, 2], embeddings, 3, 1.0)
    >>> shuffled = ordinal_group_contrastive([0, 2, 1], embeddings, 3, 1.0)
    >>> bool(keras.ops.mean(ordered) < keras.ops.mean(shuffled))
    True

    Reference:
    - Pu et al., Group-DIR, AAAI 2025, eq. (2).
    - [Zha et al., 2023](https://arxiv.org/abs/2210.01189), Rank-N-Contrast.
    """
    num_groups = check_whole("num_groups", num_groups, at_least=2)
    temperature = check_positive("temperature", temperature)
    check_choice("similarity", similarity, SIMILARITIES)
    _check_tile_rows(tile_rows, temperature, similarity)
    embeddings = ops.cast(ops.convert_to_tensor(embeddings), "float32")
    group_ids = check_ids(group_ids, num_groups)
    check_flat("group_ids", group_ids, embeddings)
    batch = all_samples(group_ids, num_groups)
    if not _has_closed_form(temperature, similarity):
        return full_matrix_losses(batch, embeddings, temperature, similarity)
    plan = row_plan(batch.size, batch.all_size, tile_rows)
    return closed_form_losses(batch, unit_norm(embeddings), temperature, plan)


def _has_closed_form(temperature: float, similarity: str) -> bool:
    return similarity == "cosine" and temperature >= MIN_TEMPERATURE


def _check_tile_rows(
    tile_rows: int | str | None, temperature: float, similarity: str
) -> int | str | None:
    if tile_rows is None or tile_rows == "auto":
        return tile_rows
    if isinstance(tile_rows, str):
        raise ValueError(
            "`tile_rows` must be 'auto', None or a whole number. "
            f"Received: tile_rows={tile_rows!r}"
        )
    if not _has_closed_form(temperature, similarity):
        raise ValueError(
            "`tile_rows` needs similarity='cosine' and a temperature of at "
            f"least 1/70. Received: tile_rows={tile_rows}, "
            f"similarity={similarity!r}, temperature={temperature}"
        )
    return check_whole("tile_rows", tile_rows, at_least=1)


@keras.saving.register_keras_serializable(package="keras_groupdir")
class OrdinalGroupContrastive(GroupLoss):
    """Orders embeddings by the distance between their label groups.

    Takes the float label and the embedding; see `ordinal_group_contrastive`
    for the formula. With several replicas, of a `tf.distribute` strategy, of
    `keras.distribution` or of torch's `DistributedDataParallel`, anchors are
    compared with the samples of all: value and gradient are those of one device
    with the whole batch. On torch that holds while gradients are recorded;
    under `no_grad` a rank compares its own samples.

    Args:
        groups: `LabelGroups`.
        temperature: Positive float. Defaults to `0.2`.
        similarity: `"cosine"` or `"l2"`. Defaults to `"cosine"`.
        tile_rows: `"auto"`, None or how many anchors to compare with the batch
            at a time, see the function. Defaults to `"auto"`.
        **kwargs: `reduction`, `name`, `dtype`: as for `keras.losses.Loss`.

    Examples:

    >>> groups = LabelGroups.equal_width(0, 5, num_groups=5)
    >>> loss = OrdinalGroupContrastive(groups, temperature=0.5)
    >>> value = loss([0.3, 2.2, 4.9], [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]])
    >>> float(value) > 0
    True
    """

    def __init__(
        self,
        groups: LabelGroups,
        temperature: float = 0.2,
        similarity: str = "cosine",
        tile_rows: int | str | None = "auto",
        name: str = "ordinal_group_contrastive",
        **kwargs: Any,
    ) -> None:
        super().__init__(groups, name=name, **kwargs)
        self.temperature = check_positive("temperature", temperature)
        self.similarity = check_choice("similarity", similarity, SIMILARITIES)
        self.tile_rows = _check_tile_rows(
            tile_rows, self.temperature, self.similarity
        )

    def call(self, y_true: Tensor, y_pred: Tensor) -> Tensor:
        return ordinal_group_contrastive(
            *self.ids_of(y_true, ops.cast(y_pred, "float32")),
            self.groups.num_groups,
            self.temperature,
            self.similarity,
            self.tile_rows,
        )
