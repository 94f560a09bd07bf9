"""Losses, weights and metrics of `compile`, by the name of the output."""

from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

from keras_groupdir.checks import check_not_negative

PREDICTION = "prediction"
TORCH_OPTIMIZERS = "keras.src.backend.torch.optimizers"


def by_output(name: str, given: Any, outputs: Collection[str]) -> Any:
    """What is given of an argument, by output.

    Args:
        name: The argument, for messages.
        given: A dict by output; or what is for the prediction: one thing, or
            of metrics a list.
        outputs: Names there are.
    """
    if isinstance(given, Mapping):
        unknown = sorted(set(map(str, given)) - set(outputs))
        if unknown:
            raise ValueError(
                f"`{name}` must go by the names of outputs, which are "
                f"{sorted(outputs)}. Received: {unknown}"
            )
        return dict(given)
    is_list = isinstance(given, list | tuple)
    nested = is_list and any(isinstance(one, list | tuple) for one in given)
    if nested or (is_list and not name.endswith("metrics")):
        raise ValueError(
            f"`{name}` must be a dict by the names of outputs, which are "
            f"{sorted(outputs)}, or what is for the prediction alone. "
            f"Received: {name}={given!r}"
        )
    return given if given is None else {PREDICTION: given}


def with_default_weights(
    given: Any, defaults: dict[str, float]
) -> dict[str, float]:
    """Weights of the default losses, with those given."""
    if given is None:
        return defaults
    if not isinstance(given, Mapping) or not given.keys() <= defaults.keys():
        raise ValueError(
            "`loss_weights` must be a dict by output name, of "
            f"{list(defaults)} with the default losses. "
            f"Received: loss_weights={given!r}"
        )
    return {**defaults, **given}


def weighed_losses(losses: Any, given: Any) -> tuple[Any, Any]:
    """Losses by output, and weights, one for each.

    Keras goes by their places where some are left out, and computes a loss
    whose weight is 0: those are left out here.
    """
    if not isinstance(given, Mapping) or not isinstance(losses, Mapping):
        return losses, given
    own = {name for name, loss in losses.items() if loss is not None}
    if not given.keys() <= own:
        raise ValueError(
            "`loss_weights` must be of outputs that have a loss, which are "
            f"{sorted(own)}. Received: loss_weights={given!r}"
        )
    for name, weight in given.items():
        check_not_negative(f"loss_weights[{name!r}]", weight)
    weights = {name: given.get(name, 1.0) for name in losses if name in own}
    counting = {name: weight for name, weight in weights.items() if weight}
    if not counting:
        raise ValueError(
            "`loss_weights` must not all be 0: nothing would be trained. "
            f"Received: loss_weights={given!r}"
        )
    return {name: losses[name] for name in counting}, counting


def of_this_backend(config: Any) -> Any:
    """What `compile` was given, as a file has it, for the backend in use.

    On torch, Keras 3.15 stores optimizers as classes of torch alone, which
    cannot train what another backend loads; their public name means the class
    of the backend in use.
    """
    if isinstance(config, list | tuple):
        return [of_this_backend(value) for value in config]
    if not isinstance(config, dict):
        return config
    parts = {name: of_this_backend(value) for name, value in config.items()}
    if str(parts.get("module")).startswith(TORCH_OPTIMIZERS):
        parts |= {"module": "keras.optimizers", "registered_name": None}
    return parts
