"""Rules about the library itself."""

import ast
import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

import keras_groupdir
from keras_groupdir import callbacks
from keras_groupdir import layers
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import models
from keras_groupdir import resampling
from tests.support.contracts import LayerContract
from tests.support.contracts import LossContract
from tests.support.contracts import MetricContract

PACKAGE = Path(keras_groupdir.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
BACKENDS = {"tensorflow", "jax", "torch"}

# A room may import those in the lines above its own, never its siblings.
FLOORS = [
    {"version", "types"},
    {"checks", "numerics", "backend"},
    {"groups", "contrast"},
    {"targets", "density", "label_mixture", "splits"},
    {"balance_weights", "dense_weights", "resampling"},
    {"losses", "layers", "metrics"},
    {"callbacks"},
    {"models"},
    {"evaluation", "recipes"},
]


def room_of(path):
    """Top-level part of the package a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def floor_of(room):
    floors = [i for i, rooms in enumerate(FLOORS) if room in rooms]
    assert floors, f"`{room}` has no floor: give it one in FLOORS"
    return floors[0]


def imported_modules(path):
    """Full names of what a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    "path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_imports_point_down(path):
    room = room_of(path)
    if room == "__init__":
        return
    for name in imported_modules(path):
        parts = name.split(".")
        if parts[0] == "keras_groupdir" and parts[1] != room:
            assert floor_of(parts[1]) < floor_of(room), f"it imports {name}"


@pytest.mark.parametrize(
    "path", FILES, ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_only_keras_and_numpy_are_imported(path):
    allowed = {"keras", "numpy", "keras_groupdir", *sys.stdlib_module_names}
    if path == PACKAGE / "backend.py":  # the one file that may
        allowed |= BACKENDS
    for name in imported_modules(path):
        parts = name.split(".")
        assert parts[0] in allowed, f"it imports {name}"
        assert parts[:2] not in (["keras", "src"], ["keras", "backend"]), name


def test_importing_the_package_loads_no_second_backend():
    # Keras itself may load one beside its own; only what is new counts.
    code = (
        "import sys, keras, numpy; before = set(sys.modules); "
        "import keras_groupdir; print(sorted("
        "{m.partition('.')[0] for m in set(sys.modules) - before}"
        " - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(ast.literal_eval(result.stdout.splitlines()[-1]))
    others = BACKENDS - {keras.config.backend()}
    assert "keras_groupdir" in loaded
    assert not loaded & others


def exported(room, base):
    values = [getattr(room, name) for name in room.__all__]
    return [v for v in values if inspect.isclass(v) and issubclass(v, base)]


def contracted(contract, attribute):
    """Classes that a collected test class holds to a contract."""
    found = set()
    for subclass in contract.__subclasses__():
        assert subclass.__name__.startswith("Test"), subclass
        value = getattr(subclass, attribute)
        found.add(value if inspect.isclass(value) else type(value))
    return found


@pytest.mark.parametrize(
    ("room", "base", "contract", "attribute"),
    [
        (losses, keras.losses.Loss, LossContract, "loss"),
        (layers, keras.layers.Layer, LayerContract, "layer"),
        (metrics, keras.metrics.Metric, MetricContract, "metric"),
    ],
    ids=["losses", "layers", "metrics"],
)
def test_every_exported_class_is_held_to_a_contract(
    room, base, contract, attribute
):
    folder = room.__name__.rpartition(".")[2]
    for path in (TESTS / folder).glob("test_*.py"):
        importlib.import_module(f"tests.{folder}.{path.stem}")
    classes = exported(room, base)
    assert classes
    assert set(classes) <= contracted(contract, attribute)


SAVED = [
    keras_groupdir.LabelGroups,
    *exported(losses, keras.losses.Loss),
    *exported(layers, keras.layers.Layer),
    *exported(metrics, keras.metrics.Metric),
    *exported(models, keras.Model),
]


@pytest.mark.parametrize("saved", SAVED, ids=lambda c: c.__name__)
def test_every_class_of_a_file_is_registered_under_the_package(saved):
    name = keras.saving.get_registered_name(saved)
    assert name == f"keras_groupdir>{saved.__name__}"
    assert keras.saving.get_registered_object(name) is saved


@pytest.mark.parametrize("room", [callbacks, losses, layers, metrics, models])
def test_a_public_class_lives_in_the_file_of_its_name(room):
    for name in room.__all__:
        value = getattr(room, name)
        if inspect.isclass(value):
            stem = inspect.getmodule(value).__name__.rpartition(".")[2]
            assert stem.replace("_", "") == name.lower()


@pytest.mark.parametrize(
    "room",
    [keras_groupdir, callbacks, losses, layers, metrics, models, resampling],
)
def test_what_is_exported_is_sorted_documented_and_there(room):
    assert list(room.__all__) == sorted(room.__all__)
    for name in room.__all__:
        value = getattr(room, name)
        if not name.startswith("__"):
            assert inspect.getdoc(value), f"`{name}` has no docstring"
