"""Models that are compiled once and trained many times."""

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import ops


class CompiledModels:
    """Compiled models of one recipe, to be trained again from new weights.

    Building a model takes far less than what comes when it is first trained:
    tracing and compiling. Handed to `fit_recipe` again and again, with the same
    recipe, task, optimizer and kind of encoder, this keeps the models of the
    first run. Each further run takes the weights, the states of random layers
    and the optimizer's variables of a fresh build, so that its numbers are
    those of a fresh build (but for dropout on torch, which draws from torch's
    own generator). The model that `fit_recipe` returns is then the same object
    each time, or one with the same encoder: use it before the next run.

    An encoder whose layers have been adapted to other data, such as a
    `keras.layers.Normalization`, is compiled anew.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[keras.Model, keras.Model, list[Any]]] = {}

    def take(
        self,
        place: str,
        fresh: keras.Model,
        trained_part: Callable[[Any], Any] | None,
        arguments: dict[str, Any],
    ) -> tuple[keras.Model, keras.Model]:
        """A model to train, with the weights of a fresh one.

        Args:
            place: Which model of the recipe it is.
            fresh: The model, built anew.
            trained_part: From the model to what is compiled and fitted;
                `None` for the model itself.
            arguments: Of `compile`.

        Returns:
            The model and the part of it that is trained, which may be itself.
        """
        key = f"{place} {_key(fresh, arguments)}"
        if key not in self._kept:
            part = fresh if trained_part is None else trained_part(fresh)
            part.compile(**arguments)
            part.optimizer.build(part.trainable_variables)
            start = _values(part.optimizer.variables)
            self._kept[key] = fresh, part, start
        model, part, start = self._kept[key]
        if model is not fresh:
            for kept, new in zip(model.variables, fresh.variables, strict=True):
                kept.assign(new.value)
            for kept, value in zip(
                part.optimizer.variables, start, strict=True
            ):
                kept.assign(value)
        return model, part


def _form(model: keras.Model) -> list[Any]:
    """Layers and their settings, which a step that is compiled contains."""
    form = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            form += _form(layer)
            continue
        try:
            config = layer.get_config()
        except NotImplementedError:  # a layer of the user's that has none
            config = {}
        shapes = [(list(v.shape), str(v.dtype)) for v in layer.variables]
        form.append([type(layer).__name__, {"config": _stored(config)}, shapes])
        if hasattr(layer, "finalize_state"):
            form.append(_adapted(layer))
    return form


def _adapted(layer: keras.layers.Layer) -> list[Any]:
    """What a layer has seen by `adapt`, which a compiled step contains."""
    words: list[Any] = getattr(layer, "get_vocabulary", list)()
    return [*words, *(value.tolist() for value in _values(layer.variables))]


def _key(model: keras.Model, arguments: dict[str, Any]) -> str:
    parts = [_form(model), _stored(arguments)]
    return json.dumps(_without_names(parts), sort_keys=True, default=str)


def _stored(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        name: keras.saving.serialize_keras_object(value)
        for name, value in settings.items()
    }


def _without_names(stored: Any) -> Any:
    """Settings of objects, whose names Keras may count up with each build."""
    if isinstance(stored, list | tuple):
        return [_without_names(value) for value in stored]
    if not isinstance(stored, dict):
        return stored
    kept = {key: _without_names(value) for key, value in stored.items()}
    if isinstance(kept.get("config"), dict):
        kept["config"].pop("name", None)
    return kept


def _values(variables: list[Any]) -> list[np.ndarray]:
    return [np.array(ops.convert_to_numpy(variable)) for variable in variables]
