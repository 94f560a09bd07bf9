"""Rules about the library itself."""

import ast
import importlib
import inspect
import sys
from pathlib import Path

import keras
import pytest

import keras_groupdir
from keras_groupdir import callbacks
from keras_groupdir import checks
from keras_groupdir import labels
from keras_groupdir import layers
from keras_groupdir import losses
from keras_groupdir import metrics
from keras_groupdir import models
from keras_groupdir import recipes
from keras_groupdir import resampling
from keras_groupdir import scores
from keras_groupdir.models import EncoderRegressor
from tests.support.contracts import LayerContract
from tests.support.contracts import LossContract
from tests.support.contracts import MetricContract

# The text of files, and what classes say of themselves.
pytestmark = pytest.mark.no_backend

PACKAGE = Path(keras_groupdir.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
BACKENDS = {"tensorflow", "jax", "torch"}
# What a room may load once it is needed, never when it is imported.
EXTRAS = {"experiments": {"scipy"}, "reports": {"matplotlib"}}
# What a room needs that is not imported with the package.
APART = {"sklearn": {"sklearn"}}

# A room may import those in the lines above its own, never its siblings.
FLOORS = [
    {"version", "types"},
    {"checks", "_numerics", "_backend", "_own_config"},
    {"labels", "_contrast"},
    {"losses", "layers", "metrics", "resampling"},
    {"callbacks", "scores"},
    {"models"},
    {"recipes"},
    {"experiments"},
    {"reports", "sklearn"},
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
    allowed |= {**EXTRAS, **APART}.get(room_of(path), set())
    if room_of(path) == "_backend":  # the one room that may
        allowed |= BACKENDS
    for name in imported_modules(path):
        parts = name.split(".")
        assert parts[0] in allowed, f"it imports {name}"
        assert parts[:2] not in (["keras", "src"], ["keras", "backend"]), name


@pytest.mark.parametrize("room", EXTRAS)
def test_extras_are_imported_inside_of_functions(room):
    for path in (PACKAGE / room).rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            else:
                continue
            tops = {name.partition(".")[0] for name in names}
            assert not tops & EXTRAS[room], path.name


@pytest.mark.parametrize("room", APART)
def test_a_room_apart_is_not_imported_with_the_package(room):
    names = set(imported_modules(PACKAGE / "__init__.py"))
    assert not {n for n in names if n.startswith(f"keras_groupdir.{room}")}
    assert room not in keras_groupdir.__all__


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


# The base of models alone is never in a file.
SAVED = [
    keras_groupdir.LabelGroups,
    *exported(losses, keras.losses.Loss),
    *exported(layers, keras.layers.Layer),
    *exported(metrics, keras.metrics.Metric),
    *(m for m in exported(models, keras.Model) if m is not EncoderRegressor),
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


def constants_first(name):
    """Constants, classes, then the rest, each by name, as ruff sorts."""
    return not name.isupper(), not name[:1].isupper(), name


@pytest.mark.parametrize(
    "room",
    [
        keras_groupdir,
        callbacks,
        checks,
        labels,
        layers,
        losses,
        metrics,
        models,
        recipes,
        resampling,
        scores,
    ],
)
def test_what_is_exported_is_sorted_documented_and_there(room):
    assert list(room.__all__) == sorted(room.__all__, key=constants_first)
    for name in room.__all__:
        value = getattr(room, name)
        if not name.startswith("__"):
            assert inspect.getdoc(value), f"`{name}` has no docstring"


APPS = TESTS.parent / "apps"
APP_FILES = sorted(APPS.rglob("*.py"))
EVERY_APP = pytest.mark.parametrize(
    "path", APP_FILES, ids=lambda p: p.relative_to(APPS).as_posix()
)


def why_not_public(name):
    """What is wrong with an import from the package, or `None`."""
    _, *parts = name.split(".")
    if not parts:
        return None  # `import keras_groupdir`
    if any(part.startswith("_") for part in parts if part != "__version__"):
        return "it is private"
    if len(parts) == 1:
        known = parts[0] in keras_groupdir.__all__
        return None if known else "it is not in keras_groupdir.__all__"
    room = importlib.import_module(f"keras_groupdir.{parts[0]}")
    if len(parts) > 2:
        return f"it is from a file inside keras_groupdir.{parts[0]}"
    public = getattr(room, "__all__", ())
    return None if parts[1] in public else f"{room.__name__} has no such name"


@pytest.mark.parametrize(
    ("name", "is_public"),
    [
        ("keras_groupdir", True),
        ("keras_groupdir.LabelGroups", True),
        ("keras_groupdir.losses", True),
        ("keras_groupdir.losses.RoutedError", True),
        ("keras_groupdir.checks.check_labels", True),
        ("keras_groupdir.types.Tensor", True),
        ("keras_groupdir.nothing", False),
        ("keras_groupdir.checks.np", False),
        ("keras_groupdir.losses.routed_error", False),
        ("keras_groupdir.losses.routed_error.RoutedError", False),
        ("keras_groupdir._numerics.sized_error", False),
        ("keras_groupdir.labels._label_range", False),
    ],
)
def test_what_is_public_can_be_told(name, is_public):
    assert (why_not_public(name) is None) == is_public


@EVERY_APP
def test_apps_use_what_is_public_of_the_package(path):
    for name in imported_modules(path):
        if name.partition(".")[0] == "keras_groupdir":
            reason = why_not_public(name)
            assert reason is None, f"it imports {name}: {reason}"


@EVERY_APP
def test_apps_share_what_is_common_and_nothing_else(path):
    own = path.relative_to(APPS).with_suffix("").parts[0]
    # The common part is the lowest: it imports nothing but the package.
    shared = {own} if own == "common" else {own, "common", "data"}
    for name in imported_modules(path):
        top, *rest = name.split(".")
        assert top != "tests", f"it imports {name}"
        if top == "apps":
            assert rest, "it imports all apps"
            assert rest[0] in shared, f"it imports {name}"
