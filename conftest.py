"""Settings that must come before a backend is imported, and doctest names."""

import contextlib
import datetime
import os
import random
from importlib.util import find_spec

# Idle OpenMP threads of torch spin by default, which on two cores makes small
# operations many times slower. Read once, when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

from tests.support.xla import QUICKLY

if os.environ.get("KERAS_BACKEND") == "jax":
    os.environ.setdefault("XLA_FLAGS", QUICKLY)

import pytest

# Its examples need an extra; its tests say that they are skipped.
collect_ignore = [] if find_spec("sklearn") else ["keras_groupdir/sklearn"]


@pytest.fixture(autouse=True)
def _doctest_names(request, doctest_namespace):
    """Names that the docstring examples use without importing them.

    They run without graphs, of which they do not tell.
    """
    import keras
    import numpy as np

    import keras_groupdir
    from tests.support.eagerly import eagerly

    doctest_namespace.update(
        np=np, keras=keras, LabelGroups=keras_groupdir.LabelGroups
    )
    is_doctest = isinstance(request.node, pytest.DoctestItem)
    with eagerly() if is_doctest else contextlib.nullcontext():
        yield


def pytest_addoption(parser):
    """Whether tests depend on each other shows in another order."""
    parser.addoption(
        "--order",
        choices=["reverse", "random"],
        help="of all tests, or of files and of the tests in each, by the day",
    )
    parser.addoption(
        "--all",
        action="store_true",
        help="on this backend, also tests that need none",
    )


def pytest_configure(config):
    """Imports the backend where tests run.

    The first of several processes tells the others what to do: seconds for
    which they would wait.
    """
    if hasattr(config, "workerinput") or not config.getoption("numprocesses"):
        from tests.support.backend_settings import set_up_backend

        set_up_backend()


def pytest_collection_modifyitems(config, items):
    """Leaves out what another backend tests, and orders the rest."""
    import keras

    if keras.config.backend() != "torch" and not config.getoption("--all"):
        leave_out_what_torch_tests(config, items)
    order_as_asked(config, items)
    slow_files_first(items)


def leave_out_what_torch_tests(config, items):
    """Tests marked `no_backend` or `one_backend` run on torch, the fastest.

    The former are of what Python and NumPy compute alone, such as texts, files,
    flags and densities: it cannot differ between backends. The latter train,
    often for long, but ask for nothing of the backend that is not asked more
    closely of its parts: how apps put them together, and that models learn.
    """
    out = [
        item
        for item in items
        if item.get_closest_marker("no_backend")
        or item.get_closest_marker("one_backend")
    ]
    if out:
        config.hook.pytest_deselected(items=out)
        items[:] = [item for item in items if item not in set(out)]


def slow_files_first(items):
    """Starts with files that have slow tests, and ends with quick ones.

    Then no process is left with a long one while the other has nothing to do.
    """
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def order_as_asked(config, items):
    """Puts tests in the order asked for; those of a file stay together."""
    order = config.getoption("--order")
    if order == "reverse":
        items.reverse()
    if order == "random":
        draw = random.Random(datetime.date.today().toordinal())
        files = {item.path: draw.random() for item in items}
        keys = {item: (files[item.path], draw.random()) for item in items}
        items.sort(key=keys.__getitem__)
