"""What is tried: found by listing contracts and regressors."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any
from typing import NamedTuple

import keras
import numpy as np
from keras import ops

import tests.layers
import tests.losses
from tests.fuzz.batches import SIZE
from tests.fuzz.batches import nasty_labels
from tests.fuzz.batches import nasty_outputs
from tests.support.autodiff import values_and_gradient
from tests.support.contracts import LayerContract
from tests.support.contracts import LossContract

POOL = 64


class Target(NamedTuple):
    """One compiled function.

    Attributes:
        name: For the reader.
        draw: From a random generator to a batch, a list of arrays.
        run: From a batch to arrays, which must be finite.
    """

    name: str
    draw: Callable[[Any], list[np.ndarray]]
    run: Callable[..., list[np.ndarray]]


def targets() -> list[Target]:
    """Losses, also with settings far from tame ones, layers and models."""
    return [*_losses(), *_layers(), *_models()]


def _contracts(package, contract):
    for module in pkgutil.iter_modules(package.__path__):
        found = importlib.import_module(f"{package.__name__}.{module.name}")
        for name, kind in vars(found).items():
            if name.startswith("Test") and issubclass(kind, contract):
                yield kind()


def _losses():
    for contract in _contracts(tests.losses, LossContract):
        for settings, loss in _variants(contract.loss):
            name = f"{type(loss).__name__}({settings})"
            run = values_and_gradient(lambda z, y, loss=loss: loss.call(y, z))
            yield Target(name, _loss_batch(contract, loss), run)


def _variants(loss):
    """The loss, and with each number a hundredth or a hundred of it."""
    yield "", loss
    config = loss.get_config()
    for name, value in config.items():
        if not isinstance(value, float):
            continue
        for factor in (0.01, 100.0):
            try:
                other = {**config, name: factor * value}
                yield (
                    f"{name}={factor * value:g}",
                    type(loss).from_config(other),
                )
            except ValueError:  # outside what is documented
                continue


def _loss_batch(contract, loss):
    pool = [contract.batch(seed, SIZE) for seed in range(POOL)]
    groups = getattr(loss, "groups", None)
    places = np.concatenate(
        [labels for labels, _ in pool]
        if groups is None
        else [groups.edges, groups.centers]
    ).astype("float32")

    def draw(rng):
        labels, outputs = pool[rng.integers(POOL)]
        labels = nasty_labels(rng, labels, places)
        return [contract.legal(nasty_outputs(rng, outputs)), labels]

    return draw


def _layers():
    for contract in _contracts(tests.layers, LayerContract):
        layer = contract.built()
        run = values_and_gradient(
            lambda x, layer=layer, name=contract.trained_output: layer(x)[name]
        )
        pool = [contract.inputs(seed, SIZE) for seed in range(POOL)]

        def draw(rng, contract=contract, pool=pool):
            inputs = nasty_outputs(rng, pool[rng.integers(POOL)])
            return [contract.legal(inputs)]

        yield Target(type(layer).__name__, draw, run)


def _models():
    from tests.models.test_every_regressor import BUILDERS
    from tests.support.models import skewed_data

    pool = [skewed_data(SIZE, seed) for seed in range(POOL)]
    places = np.linspace(0, 8, 9, dtype="float32")

    def draw(rng):
        x, labels = pool[rng.integers(POOL)]
        return [nasty_outputs(rng, x), nasty_labels(rng, labels, places)]

    for name, build in BUILDERS.items():
        yield Target(name, draw, _trained(build()))


def _trained(model):
    """Outputs, loss, and weights after a step of length 0, as gradients."""
    model.compile(keras.optimizers.SGD(0.0))

    def run(x, labels):
        loss = model.train_on_batch(x, labels)
        weights = sum(ops.sum(w.value) for w in model.trainable_weights)
        outputs = model.predict_on_batch(x)
        return [np.asarray(loss), ops.convert_to_numpy(weights)] + [
            ops.convert_to_numpy(value) for value in outputs.values()
        ]

    return run
