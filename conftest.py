"""Settings that must come before a backend is imported, and doctest names."""

import datetime
import os
import random

# Idle OpenMP threads of torch spin by default, which on two cores makes small
# operations many times slower. Read once, when torch is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import keras
import numpy as np
import pytest

import keras_groupdir


@pytest.fixture(autouse=True)
def _doctest_names(doctest_namespace):
    """Names that the docstring examples use without importing them."""
    doctest_namespace.update(
        np=np, keras=keras, LabelGroups=keras_groupdir.LabelGroups
    )


def pytest_addoption(parser):
    """Whether tests depend on each other shows in another order."""
    parser.addoption(
        "--order",
        choices=["reverse", "random"],
        help="of all tests, or of files and of the tests in each, by the day",
    )


def pytest_collection_modifyitems(config, items):
    """Puts tests in the order asked for; those of a file stay together."""
    order = config.getoption("--order")
    if order == "reverse":
        items.reverse()
    if order == "random":
        draw = random.Random(datetime.date.today().toordinal())
        files = {item.path: draw.random() for item in items}
        keys = {item: (files[item.path], draw.random()) for item in items}
        items.sort(key=keys.__getitem__)
