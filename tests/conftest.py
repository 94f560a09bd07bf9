"""How much hypothesis tries, the seed of every test, what is left of one."""

import gc
import os

import pytest

# Traced functions are many objects that stay: look for garbage less often.
gc.set_threshold(100_000, 50, 100)


def pytest_configure(config):
    """How much hypothesis tries, in a process that runs tests."""
    if config.getoption("numprocesses") and not hasattr(config, "workerinput"):
        return
    import keras
    from hypothesis import settings

    # Many on one backend: what differs between backends is tried by
    # `tests.fuzz`.
    many = os.environ.get("CI") and keras.config.backend() == "torch"
    settings.register_profile("dev", max_examples=15, deadline=None)
    settings.register_profile("ci", max_examples=60, deadline=None)
    settings.load_profile("ci" if many else "dev")


@pytest.fixture(autouse=True)
def _seed():
    import keras

    keras.utils.set_random_seed(0)


@pytest.fixture(autouse=True)
def _backends_of_row(request):
    """A row of docs/ecosystem.md is tried on the backends it names."""
    import keras

    mark = request.node.get_closest_marker("ecosystem")
    backends = mark.kwargs.get("backends") if mark else None
    if backends and keras.config.backend() not in backends:
        pytest.skip(f"The row is of {', '.join(backends)}.")


@pytest.fixture(autouse=True, scope="module")
def _freeze():
    """Traced functions of one file are not looked at again by the next.

    Millions of their objects stay: every full collection, and Keras makes one
    whenever it clears its session, would take seconds.
    """
    yield
    gc.collect()
    gc.freeze()


@pytest.fixture
def eager_here():
    """As `eager`, for one test of a file."""
    from tests.support.eagerly import eagerly

    with eagerly():
        yield


@pytest.fixture(scope="module")
def eager():
    """Nothing is traced, which for steps of a test takes most of its time.

    For what does not ask how a step is run; that models and recipes train, save
    and export as graphs is asked in `tests/models/test_every_regressor.py` and
    `tests/recipes/test_every_recipe.py`.
    """
    from tests.support.eagerly import eagerly

    with eagerly():
        yield
