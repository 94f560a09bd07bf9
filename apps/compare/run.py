"""One method, trained and judged once."""

import math
import time
from typing import Any

import keras
import numpy as np

from apps.compare.describe import TRAINING
from apps.compare.describe import describe
from apps.compare.problem import Problem
from apps.compare.problem import Training
from apps.compare.problem import x_and_y
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir import evaluate_shots
from keras_groupdir.evaluation import BALANCED
from keras_groupdir.recipes import fit_recipe
from keras_groupdir.recipes import make_recipe


def run(
    problem: Problem,
    method: str,
    settings: dict[str, Any],
    seed: int,
    splits: tuple[str, ...],
    verbose: Any = 0,
) -> dict[str, Any]:
    """Trains a method and evaluates it.

    Args:
        problem: The data set.
        method: Name of a recipe.
        settings: Of the recipe, and of the training where it differs from the
            problem's.
        seed: Of everything.
        splits: What to evaluate on, of `"val"` and `"test"`.
        verbose: As for `keras.Model.fit`.

    Returns:
        What goes into the results, as JSON.
    """
    keras.utils.clear_session(free_memory=True)
    keras.utils.set_random_seed(seed)
    described = describe(problem, method, settings, seed)
    training = Training(**described["training"])
    recipe = make_recipe(
        method, **{k: v for k, v in settings.items() if k not in TRAINING}
    )
    data = problem.make_train(seed, recipe.views)
    x, y = data if isinstance(data, tuple) else (data, None)
    monitor = f"val_prediction_{problem.metric}"
    started = time.perf_counter()
    model, histories = fit_recipe(
        recipe,
        problem.make_encoder(seed),
        problem.task,
        x,
        y,
        validation_data=problem.val,
        optimizer=_optimizer(training, len(problem.task.labels)),
        callbacks=lambda: _callbacks(monitor, training.patience),
        batch_size=training.batch_size,
        seed=seed,
        epochs=training.epochs,
        verbose=verbose,
    )
    errors = [float(error) for error in histories[-1][monitor]]
    is_finite = all(math.isfinite(error) for error in errors)
    best = int(np.argmin(errors)) if is_finite else None
    line = {
        **described,
        "seconds": round(time.perf_counter() - started, 1),
        "diverged": not is_finite,
        "best_epoch": None if best is None else best + 1,
        "best_error": None if best is None else round(errors[best], 6),
        "routing": _routing(model),
    }
    if is_finite:
        line |= {split: _evaluate(problem, model, split) for split in splits}
    return line


def _optimizer(training: Training, size: int) -> keras.optimizers.Optimizer:
    steps = -(-size // training.batch_size) * training.epochs
    return keras.optimizers.AdamW(
        keras.optimizers.schedules.CosineDecay(training.learning_rate, steps),
        weight_decay=training.weight_decay,
        global_clipnorm=training.clip_norm,
    )


def _callbacks(monitor: str, patience: int) -> list[keras.callbacks.Callback]:
    return [
        keras.callbacks.EarlyStopping(
            monitor, mode="min", patience=patience, restore_best_weights=True
        ),
        keras.callbacks.TerminateOnNaN(),
    ]


def _routing(model: LabelModel) -> str:
    """Which row of the shot table is the model's own prediction."""
    if not isinstance(model, GroupRegressor):
        return "model"
    if model.head.group_weights is not None:
        return BALANCED
    return model.head.routing


def _evaluate(
    problem: Problem, model: LabelModel, split: str
) -> dict[str, Any]:
    x, y = x_and_y(problem.val if split == "val" else problem.test)
    return evaluate_shots(
        model,
        x,
        y,
        problem.task.labels,
        problem.task.bins,
        problem.many_above,
        problem.few_below,
        problem.epsilon,
        verbose=0,
    ).as_dict()
