"""The figures of the page are those of the committed lines."""

import json
from pathlib import Path

import pytest

from apps.molecules.methods import SETTINGS
from apps.molecules.methods import TITLES
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import change
from keras_groupdir.experiments import interval
from keras_groupdir.reports import SUBSETS

pytestmark = pytest.mark.no_backend

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def methods():
    path = ROOT / "results" / "molecules" / "melting.json"
    if not path.is_file():
        pytest.skip("the committed results are not here")
    lines = json.loads(path.read_text())["runs"]
    found = {one.name: one for one in Comparison.from_lines(lines).methods}
    assert list(TITLES) == [line["method"] for line in lines[:3]]
    for name, settings in SETTINGS.items():
        assert found[name].settings == settings
        assert sorted(found[name].finite) == [0, 1, 2, 3, 4]
    return found


def test_the_table_of_the_page_is_that_of_the_lines(methods):
    page = (ROOT / "docs" / "molecules.md").read_text(encoding="utf-8")
    for name, title in TITLES.items():
        cells = []
        for subset in SUBSETS:
            own = interval([*methods[name].errors("mae", subset).values()])
            cells.append(f"{own.mean:.2f} ± {own.half:.2f}")
        row = " | ".join(cells)
        assert f"| {row} |" in page, title


@pytest.mark.parametrize("subset", ["few", "all"])
def test_group_dir_beats_a_plain_regression_beyond_the_noise(methods, subset):
    ours, theirs = (
        methods[name].errors("mae", subset)
        for name in ("groupdir_balanced", "vanilla")
    )
    found = change(ours, theirs)
    assert found.percent < 0
    assert found.excludes_zero
