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

import keras
import numpy as np
import pytest

import keras_groupdir
from tests.support.eagerly import eagerly

if keras.config.backend() == "tensorflow":
    import tensorflow as tf

    # Steps of this size gain nothing from more, and a core has a process.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    # A test runs its graphs a few times: optimizing takes longer than that.
    tf.config.optimizer.set_experimental_options(
        {"disable_meta_optimizer": True}
    )
if keras.config.backend() == "torch":
    import torch

    # torch warns once a process, so that which example of ours fails for it
    # would depend on which of them a process ran first.
    torch.set_warn_always(True)

# Its examples need an extra; its tests say that they are skipped.
collect_ignore = [] if find_spec("sklearn") else ["keras_groupdir/sklearn"]


@pytest.fixture(autouse=True)
def _doctest_names(request, doctest_namespace):
    """Names that the docstring examples use without importing them.

    They run without graphs, of which they do not tell.
    """
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


def pytest_collection_modifyitems(config, items):
    """Leaves out what another backend tests, and orders the rest."""
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
