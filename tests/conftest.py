"""How much hypothesis tries, and the seed of every test."""

import os

import keras
import pytest
from hypothesis import settings

settings.register_profile("dev", max_examples=15, deadline=None)
settings.register_profile("ci", max_examples=60, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(autouse=True)
def _seed():
    keras.utils.set_random_seed(0)
