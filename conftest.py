"""Settings that must come before a backend is imported, and doctest names."""

import os

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
