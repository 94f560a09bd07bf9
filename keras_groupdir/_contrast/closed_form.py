"""Eq. (2) for cosine similarity, with its gradient in closed form."""

from collections.abc import Callable

from keras import ops

from keras_groupdir._backend.custom_gradient import Backward
from keras_groupdir._backend.custom_gradient import custom_gradient
from keras_groupdir._contrast.all_samples import AllSamples
from keras_groupdir._contrast.by_distance import fold
from keras_groupdir._contrast.by_distance import unfold
from keras_groupdir._contrast.pair_rows import PairRows
from keras_groupdir._contrast.row_plan import RowPlan
from keras_groupdir.types import Tensor

# `exp(1 / t)`, its inverse, and either times any batch size stay inside
# float32 (which ends at `exp(88)`) without the usual shift by the largest.
MIN_TEMPERATURE = 1 / 70


def closed_form_losses(
    batch: AllSamples, directions: Tensor, temperature: float, plan: RowPlan
) -> Tensor:
    """Loss of each anchor of this replica against the samples of all.

    With `s_ij = exp(z_i . z_j / t)`, `n = batch - 1`, `C[i, d]` the number of
    pairs of anchor `i` at distance `d`, and `D[i, d]` the sum of `s_ik` over
    all `k` at least that far,

    ```
    loss_i = (sum_d C[i, d] log D[i, d] - z_i . sum_{j != i} z_j / t) / n

    w_ij = sum_{d <= |g_i - g_j|} C[i, d] / D[i, d]
    gradient_i =
        sum_{j != i} ((u_i w_ij + u_j w_ji) s_ij - u_i - u_j) z_j / (t n)
    ```

    `u` is the gradient that arrives. `D` needs one column per group and `w`
    too, so a pair of samples costs an exponential and three products of
    vectors. The gradient of ALL replicas' losses is returned for the rows here,
    for which only `directions` and the columns of `w` are gathered.

    Args:
        batch: Groups of the anchors and of all samples.
        directions: Rows of length 1 or 0, float32. Shape
            `(anchors, features)`.
        temperature: At least `MIN_TEMPERATURE`.
        plan: Which rows of `s` are kept from the value to the gradient.

    Returns:
        Shape `(anchors,)`.
    """
    replicas = batch.replicas
    pairs_at = fold(batch.counts, batch.group_ids, 0.0, ops.add)
    has_pairs = pairs_at > 0

    def losses(z: Tensor) -> tuple[Tensor, Backward]:
        everyone = replicas.gather(z)
        pairs = PairRows(
            _exponentials(everyone, batch.columns, temperature),
            (z, batch.row),
            plan,
        )
        sums = pairs.map(lambda s: ops.matmul(s, batch.all_one_hot))
        farther = _suffix_sums(fold(sums, batch.group_ids, 0.0, ops.add))
        farther = ops.where(has_pairs, farther, 1.0)
        total = ops.sum(everyone, axis=0, keepdims=True)
        near = ops.sum(z * (total - z), axis=-1) / temperature
        far = ops.sum(pairs_at * ops.log(farther), axis=-1)

        def gradient(upstream: Tensor) -> Tensor:
            share = ops.divide_no_nan(upstream, batch.others)[:, None]
            per_distance = ops.cumsum(pairs_at / farther, axis=-1)
            own = share * unfold(per_distance, batch.group_ids)
            # Pair weights `u_i w_ij + u_j w_ji` as one product of matrices.
            left = ops.concatenate([own, batch.one_hot], axis=-1)
            right = ops.transpose(
                ops.concatenate(
                    [batch.all_one_hot, replicas.gather(own)], axis=-1
                )
            )
            pushed = pairs.map(
                lambda s, left: ops.matmul(
                    s * ops.matmul(left, right), everyone
                ),
                left,
            )
            shares = replicas.gather(share)
            pulled = share * (total - 2 * z) + ops.sum(
                shares * everyone, axis=0, keepdims=True
            )
            return (pushed - pulled) / temperature

        return ops.divide_no_nan(far - near, batch.others), gradient

    return custom_gradient(losses)(directions)


def _exponentials(
    everyone: Tensor, columns: Tensor, temperature: float
) -> Callable[[Tensor, Tensor], Tensor]:
    """Returns the function from anchors and their rows to rows of `s`."""
    transposed = ops.transpose(everyone)

    def exponentials(z: Tensor, row: Tensor) -> Tensor:
        s = ops.exp(ops.matmul(z / temperature, transposed))
        return ops.where(columns == row[:, None], 0.0, s)

    return exponentials


def _suffix_sums(x: Tensor) -> Tensor:
    return ops.flip(ops.cumsum(ops.flip(x, axis=-1), axis=-1), axis=-1)
