"""Variables of losses and metrics, made before the first step is traced."""

from typing import Any

import keras


def make_state_of_training(
    model: keras.Model, labels: dict[str, Any], outputs: dict[str, Any]
) -> None:
    """Makes the variables that Keras would make in the first step.

    TensorFlow traces a function that makes variables a second time. The
    other backends have this from Keras.

    Args:
        model: A compiled one.
        labels: What each output learns from, symbolic.
        outputs: Symbolic outputs.
    """
    if keras.config.backend() != "tensorflow":
        return
    with model.distribute_strategy.scope():
        for name in ("_compile_loss", "_compile_metrics"):
            # Without, in another version of Keras, the step is traced twice.
            part = getattr(model, name, None)
            if part is not None and not part.built:
                part.build(labels, outputs)
