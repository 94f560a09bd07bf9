"""Variables of losses and metrics, made before the first step is traced."""

from collections.abc import Callable
from typing import Any

import keras


def make_state_of_training(
    model: keras.Model,
    label_shape: tuple[int, ...],
    labels_by_output: Callable[..., Any],
) -> None:
    """Makes the variables that Keras would make in the first step.

    TensorFlow traces a function that makes variables a second time. The
    other backends have this from Keras.

    Args:
        model: A compiled one.
        label_shape: Shape of the labels of one sample.
        labels_by_output: From labels and outputs to what each output learns
            from.
    """
    if keras.config.backend() != "tensorflow":
        return
    labels = labels_by_output(keras.Input(label_shape), model.output)
    with model.distribute_strategy.scope():
        for name in ("_compile_loss", "_compile_metrics"):
            # Without, in another version of Keras, the step is traced twice.
            part = getattr(model, name, None)
            if part is not None and not part.built:
                part.build(labels, model.output)
