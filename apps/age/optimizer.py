"""The optimizer of a stage, and how its learning rate goes."""

from typing import Any

import keras

from apps.age.settings import Settings


def make_optimizer(
    settings: Settings, steps: int
) -> keras.optimizers.Optimizer:
    """Adam with a schedule over so many steps."""
    return keras.optimizers.Adam(_learning_rate(settings, steps))


def _learning_rate(settings: Settings, steps: int) -> Any:
    schedules = keras.optimizers.schedules
    peak = settings.learning_rate
    if settings.schedule == "one_cycle":
        rising = max(1, steps // 4)
        return schedules.CosineDecay(
            peak / 25,
            max(1, steps - rising),
            warmup_target=peak,
            warmup_steps=rising,
        )
    if settings.schedule == "steps":
        # After epochs 60 and 80 of 90, in DIR.
        at = [steps * 60 // 90, steps * 80 // 90]
        return schedules.PiecewiseConstantDecay(
            at, [peak, peak / 10, peak / 100]
        )
    return peak
