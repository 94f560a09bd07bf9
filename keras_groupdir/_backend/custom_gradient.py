"""One signature for gradients in closed form."""

from collections.abc import Callable

from keras import ops

from keras_groupdir.types import Tensor

# From the gradient that arrives to that of the input.
Backward = Callable[[Tensor], Tensor]


def custom_gradient(
    function: Callable[[Tensor], tuple[Tensor, Backward]],
) -> Callable[[Tensor], Tensor]:
    """A function of one tensor with a gradient of its own.

    Args:
        function: From a tensor to the value and a function that takes the
            gradient which arrives. (`ops.custom_gradient` hands it over by name
            on torch and by place elsewhere.)
    """

    def with_both(x: Tensor) -> tuple[Tensor, Callable[..., Tensor]]:
        value, backward = function(x)

        def gradient(*args: Tensor, upstream: Tensor = None) -> Tensor:
            return backward(args[0] if upstream is None else upstream)

        return value, gradient

    wrapped: Callable[[Tensor], Tensor] = ops.custom_gradient(with_both)
    return wrapped
