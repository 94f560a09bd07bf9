"""Made-up files of the benchmark's form."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[5] / "shared" / "data"


@pytest.fixture
def dummy_dir():
    return Path(__file__).parent / "dummy_data"


@pytest.fixture
def real_dir():
    """The benchmark's files, which are not part of this project."""
    folder = DATA / "sts_b_dir"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/sts_b_dir")
    return folder


@pytest.fixture
def real_glove():
    path = DATA / "glove6b" / "glove6b_subset.npz"
    if not path.is_file():
        pytest.skip("needs ../shared/data/glove6b")
    return path
