"""A head whose outputs are quantiles that do not cross."""

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from keras_groupdir._own_config import own_config
from keras_groupdir.checks import check_number
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_quantiles
from keras_groupdir.types import Tensor

MEDIAN = 0.5


def check_with_median(
    name: str, quantiles: Sequence[float]
) -> tuple[float, ...]:
    """Returns levels as floats if they rise and the median is among them."""
    levels = check_quantiles(name, quantiles)
    if MEDIAN not in levels:
        raise ValueError(
            f"`{name}` must hold the median, 0.5. Received: {name}={levels}"
        )
    return levels


@keras.saving.register_keras_serializable(package="keras_groupdir")
class QuantileHead(keras.layers.Layer):
    """Several quantiles of a label, in order by construction.

    With `z` the outputs of as many linear units on the embedding, and `m` the
    place of the median,

    ```
    f_m = start + spread * z_m
    f_k = f_(k - 1) + spread * softplus(z_k)    above it
    f_k = f_(k + 1) - spread * softplus(z_k)    below it
    ```

    so that the median is a linear unit, as in `models.VanillaRegressor`, and
    the others lie as far from it as they have to, never on its other side.
    Train it with `losses.Pinball` of the same quantiles.

    Under a mixed policy give it `dtype="float32"`, as any last layer.

    Args:
        quantiles: Rising, between 0 and 1, with the median 0.5 among them.
        start: What the unit's 0 means, in label units. Defaults to `0.0`.
        spread: Positive float: what its 1 adds. Defaults to `1.0`.
        **kwargs: As for `keras.layers.Layer`.

    Call arguments:
        embeddings: Encoder outputs. Shape `(batch, features)`.

    Returns:
        Quantiles that do not fall, in label units. Shape
        `(batch, num_quantiles)`.

    Examples:

    >>> head = QuantileHead([0.05, 0.5, 0.95], start=50.0, spread=10.0)
    >>> quantiles = head(np.zeros((1, 4), "float32"))
    >>> low, median, high = keras.ops.convert_to_numpy(quantiles)[0].tolist()
    >>> median, low < median, median < high
    (50.0, True, True)
    """

    def __init__(
        self,
        quantiles: Sequence[float],
        start: float = 0.0,
        spread: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.quantiles = list(check_with_median("quantiles", quantiles))
        self.start = check_number("start", start)
        self.spread = check_positive("spread", spread)
        self.units = keras.layers.Dense(
            len(self.quantiles), dtype=self.dtype_policy, name="units"
        )

    @property
    def median(self) -> int:
        """Column of the median."""
        return self.quantiles.index(MEDIAN)

    def build(self, input_shape: Any) -> None:
        self.units.build(input_shape)

    def call(self, embeddings: Tensor) -> Tensor:
        units = self.units(embeddings)
        columns = [units[:, k : k + 1] for k in range(len(self.quantiles))]
        middle = self.start + self.spread * columns[self.median]
        above, below = [middle], [middle]
        for column in columns[self.median + 1 :]:
            above.append(above[-1] + self.spread * ops.softplus(column))
        for column in reversed(columns[: self.median]):
            below.append(below[-1] - self.spread * ops.softplus(column))
        return ops.concatenate([*reversed(below), *above[1:]], axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **own_config(self)}
